//! A `graphql-transport-ws` client that shows every message.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(10);

/// An open WebSocket.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    next_id: usize,
}

impl Socket {
    /// Opens a socket and is let in with this token.
    pub async fn open(url: &str, token: &str) -> Self {
        let mut request = url.replacen("http", "ws", 1).into_client_request().unwrap();
        let protocol = "graphql-transport-ws".parse().unwrap();
        request
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", protocol);
        let (stream, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        let mut socket = Self { stream, next_id: 0 };
        let payload = json!({ "authorization": format!("Bearer {token}") });
        socket
            .send(json!({ "type": "connection_init", "payload": payload }))
            .await;
        assert_eq!(socket.message().await["type"], "connection_ack");
        socket
    }

    /// Sends a message.
    pub async fn send(&mut self, message: Value) {
        self.stream
            .send(Message::text(message.to_string()))
            .await
            .unwrap();
    }

    /// Closes it, and waits until the server has answered that.
    pub async fn close(&mut self) {
        self.stream.close(None).await.unwrap();
        while let Some(Ok(_)) = self.stream.next().await {}
    }

    /// Subscribes; the operation's id.
    pub async fn subscribe(&mut self, query: &str, variables: Value) -> String {
        self.next_id += 1;
        let id = self.next_id.to_string();
        let payload = json!({ "query": query, "variables": variables });
        self.send(json!({ "id": id, "type": "subscribe", "payload": payload }))
            .await;
        id
    }

    /// The next message, pings aside; a close is `{"type":"close","code":…,"reason":…}`.
    pub async fn message(&mut self) -> Value {
        self.message_within(PATIENCE)
            .await
            .expect("no message came")
    }

    /// The next pong, which must be the next message.
    pub async fn pong(&mut self) -> Value {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.stream.next()).await;
            if let Message::Text(text) = next.expect("no pong came").unwrap().unwrap() {
                let message: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(message["type"], "pong", "{message}");
                return message;
            }
        }
    }

    /// The next message, if one comes in this time.
    pub async fn message_within(&mut self, time: Duration) -> Option<Value> {
        tokio::time::timeout(time, async {
            loop {
                match self
                    .stream
                    .next()
                    .await
                    .expect("the socket has ended")
                    .unwrap()
                {
                    Message::Text(text) => {
                        let message: Value = serde_json::from_str(&text).unwrap();
                        if message["type"] != "ping" && message["type"] != "pong" {
                            return message;
                        }
                    }
                    Message::Close(Some(frame)) => {
                        return json!({
                            "type": "close",
                            "code": u16::from(frame.code),
                            "reason": frame.reason.as_str(),
                        });
                    }
                    Message::Close(None) => return json!({ "type": "close" }),
                    _ => {}
                }
            }
        })
        .await
        .ok()
    }

    /// The data of the next event, which must be one.
    pub async fn event(&mut self) -> Value {
        let message = self.message().await;
        assert_eq!(message["type"], "next", "{message}");
        let payload = &message["payload"];
        assert!(payload.get("errors").is_none(), "{payload}");
        payload["data"].clone()
    }
}
