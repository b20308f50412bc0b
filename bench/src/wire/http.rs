//! A POST over a connection that stays open, repeated as fast as answers come.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::websocket::find;
use crate::Result;

/// One connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What several connections did for a while.
pub struct Load {
    /// Requests that were answered.
    pub answered: u64,
    /// How long it took all of them.
    pub seconds: f64,
    /// From the first byte of a request to the last of its answer, in microseconds.
    pub latencies: Vec<u32>,
}

/// Stands in a request where each asking has another number, of as many digits.
const EACH: &[u8] = b"0000000000";

/// The bytes of a GraphQL request that is another question each time that it is [loaded](load): by a
/// variable that nothing uses, so the answer is of the same kind and no cache has it.
pub fn post_each(port: u16, token: &str, query: &str) -> Vec<u8> {
    let number = String::from_utf8_lossy(EACH);
    of(
        port,
        token,
        &serde_json::json!({ "query": query, "variables": { "n": number } }),
    )
}

/// The bytes of a GraphQL request.
pub fn post(port: u16, token: &str, query: &str) -> Vec<u8> {
    of(port, token, &serde_json::json!({ "query": query }))
}

fn of(port: u16, token: &str, body: &serde_json::Value) -> Vec<u8> {
    let body = body.to_string();
    format!(
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nAccept: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// The bytes of a request for a path.
pub fn get(port: u16, path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").into_bytes()
}

impl Connection {
    /// Connects.
    pub async fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let buffer = vec![0; 64 * 1024];
        Ok(Self { stream, buffer })
    }

    /// Sends a request and reads its answer; the body. Fails on any status but 200.
    pub async fn ask(&mut self, request: &[u8]) -> Result<&[u8]> {
        self.stream.write_all(request).await?;
        let mut end = 0;
        let (head, length) = loop {
            end += self.read(end).await?;
            let so_far = &self.buffer[..end];
            if let Some(head) = find(so_far, b"\r\n\r\n") {
                if !so_far.starts_with(b"HTTP/1.1 200 ") {
                    let answer = String::from_utf8_lossy(so_far).into_owned();
                    return Err(format!("refused: {answer}").into());
                }
                break (head + 4, content_length(&so_far[..head])?);
            }
        };
        if self.buffer.len() < head + length {
            self.buffer.resize(head + length, 0);
        }
        while end < head + length {
            end += self.read(end).await?;
        }
        Ok(&self.buffer[head..head + length])
    }

    async fn read(&mut self, from: usize) -> Result<usize> {
        match self.stream.read(&mut self.buffer[from..]).await? {
            0 => Err("the server closed a connection".into()),
            read => Ok(read),
        }
    }
}

fn content_length(head: &[u8]) -> Result<usize> {
    let head = std::str::from_utf8(head)?;
    let value = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then_some(value.trim())
    });
    Ok(value.ok_or("an answer without a length")?.parse()?)
}

/// Sends the request over so many connections for so long; with a number of its own each time, where
/// it has room for one.
pub async fn load(port: u16, request: &[u8], clients: u32, time: Duration) -> Result<Load> {
    let mut connections = Vec::new();
    for _ in 0..clients {
        connections.push(Connection::open(port).await?);
    }
    let number = find(request, EACH).map(|at| at..at + EACH.len());
    let asked = Arc::new(AtomicU64::new(1));
    let begin = Instant::now();
    let mut tasks = JoinSet::new();
    for mut connection in connections {
        let (mut request, number, asked) = (request.to_vec(), number.clone(), asked.clone());
        tasks.spawn(async move {
            let mut latencies = Vec::new();
            while begin.elapsed() < time {
                if let Some(number) = number.clone() {
                    let next = asked.fetch_add(1, Ordering::Relaxed);
                    request[number].copy_from_slice(format!("{next:010}").as_bytes());
                }
                let sent = Instant::now();
                connection.ask(&request).await?;
                latencies.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
            }
            Result::Ok(latencies)
        });
    }
    let mut latencies = Vec::new();
    while let Some(done) = tasks.join_next().await {
        latencies.extend(done??);
    }
    Ok(Load {
        answered: crate::measure::count(latencies.len()),
        seconds: begin.elapsed().as_secs_f64(),
        latencies,
    })
}
