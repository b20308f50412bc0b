//! A subscriber over `graphql-transport-ws`: one socket, one operation, frames read by hand.
//!
//! Frames from a client must be masked; the mask here is zero, so that nothing has to be computed.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Result;

/// Held by each subscriber; grows when a frame needs more.
const BUFFER: usize = 2 * 1024;

const CLOSE: u8 = 8;
const PING: u8 = 9;

/// A connection.
pub struct Socket {
    stream: TcpStream,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

/// A frame within the buffer.
struct Frame {
    opcode: u8,
    from: usize,
    to: usize,
}

impl Socket {
    /// Connects, authenticates, and subscribes; what is subscribed to may begin a little later.
    pub async fn subscribe(port: u16, token: &str, query: &str) -> Result<Self> {
        let mut socket = Self::open(port).await?;
        let payload = json!({ "authorization": format!("Bearer {token}") });
        socket
            .send(&json!({ "type": "connection_init", "payload": payload }))
            .await?;
        let acknowledged = socket.next().await?.ok_or("closed before the greeting")?;
        if find(acknowledged, b"connection_ack").is_none() {
            return Err("the server does not greet".into());
        }
        socket.also("1", query).await?;
        Ok(socket)
    }

    /// Begins another operation, under this id.
    pub async fn also(&mut self, id: &str, query: &str) -> Result<()> {
        let payload = json!({ "query": query });
        let message = json!({ "id": id, "type": "subscribe", "payload": payload });
        self.send(&message).await
    }

    async fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let mut socket = Self {
            stream,
            buffer: vec![0; BUFFER],
            start: 0,
            end: 0,
        };
        let request = format!(
            "GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
        );
        socket.stream.write_all(request.as_bytes()).await?;
        loop {
            let so_far = &socket.buffer[..socket.end];
            if let Some(head) = find(so_far, b"\r\n\r\n") {
                if !so_far.starts_with(b"HTTP/1.1 101 ") {
                    return Err("the server does not upgrade".into());
                }
                socket.start = head + 4;
                return Ok(socket);
            }
            if !socket.fill().await? {
                return Err("closed during the handshake".into());
            }
        }
    }

    async fn send(&mut self, message: &Value) -> Result<()> {
        self.write(0x81, message.to_string().as_bytes()).await
    }

    async fn write(&mut self, first: u8, payload: &[u8]) -> Result<()> {
        let mut frame = vec![first];
        if let Ok(short @ 0..126) = u8::try_from(payload.len()) {
            frame.push(0x80 | short);
        } else {
            frame.push(0xfe);
            frame.extend_from_slice(&u16::try_from(payload.len())?.to_be_bytes());
        }
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(payload);
        Ok(self.stream.write_all(&frame).await?)
    }

    /// The next message; none when the server closed. Pings are answered.
    pub async fn next(&mut self) -> Result<Option<&[u8]>> {
        loop {
            match self.frame() {
                Some(Frame { opcode: CLOSE, .. }) => return Ok(None),
                Some(Frame {
                    opcode: PING,
                    from,
                    to,
                }) => {
                    let payload = self.buffer[from..to].to_vec();
                    self.write(0x8a, &payload).await?;
                }
                Some(Frame { from, to, .. }) => return Ok(Some(&self.buffer[from..to])),
                None => {
                    if !self.fill().await? {
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// Takes a whole frame out of the buffer, if there is one.
    fn frame(&mut self) -> Option<Frame> {
        let held = &self.buffer[self.start..self.end];
        let (opcode, length) = (held.first()? & 0x0f, held.get(1)? & 0x7f);
        let (head, length) = match length {
            126 => (
                4,
                usize::from(u16::from_be_bytes(held.get(2..4)?.try_into().ok()?)),
            ),
            127 => {
                let length = u64::from_be_bytes(held.get(2..10)?.try_into().ok()?);
                (10, usize::try_from(length).ok()?)
            }
            short => (2, usize::from(short)),
        };
        let from = self.start + head;
        let to = from + length;
        if to > self.end {
            return None;
        }
        self.start = to;
        Some(Frame { opcode, from, to })
    }

    /// Reads more; false when there is none.
    async fn fill(&mut self) -> Result<bool> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let read = self.stream.read(&mut self.buffer[self.end..]).await?;
        self.end += read;
        Ok(read > 0)
    }
}

/// Where the needle begins.
pub fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(at) = haystack[from..].iter().position(|byte| *byte == first) {
        if haystack[from + at..].starts_with(needle) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

/// The text of a field in JSON that was written without blanks.
pub fn text_of<'j>(json: &'j [u8], quoted_name: &[u8]) -> Option<&'j [u8]> {
    let rest = &json[find(json, quoted_name)? + quoted_name.len()..];
    let rest = rest.strip_prefix(b":\"")?;
    Some(&rest[..rest.iter().position(|byte| *byte == b'"')?])
}

/// From the event's instant until now, in microseconds.
pub fn late(message: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(text_of(message, b"\"committedAt\"")?).ok()?;
    let then = DateTime::parse_from_rfc3339(text).ok()?;
    u32::try_from((Utc::now() - then.to_utc()).num_microseconds()?).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_where_it_is() {
        let json = br#"{"cursors":"no","cursor":"abc","at":"x"}"#;
        assert_eq!(text_of(json, b"\"cursor\""), Some(&b"abc"[..]));
        assert_eq!(text_of(json, b"\"absent\""), None);
    }
}
