//! A `graphql-transport-ws` client that shows every message.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a socket gives next.
pub enum Next {
    /// A message, pings aside.
    Message(Value),
    /// None in that time.
    Nothing,
    /// The connection is gone.
    Ended,
}

/// An open WebSocket.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    next_id: usize,
}

impl Socket {
    /// Opens a socket and is let in with this token.
    pub async fn open(url: &str, token: &str) -> Self {
        Self::try_open(url, token).await.expect("no socket opens")
    }

    /// Opens a socket and is let in with this token; none when the server is not there, or goes.
    pub async fn try_open(url: &str, token: &str) -> Option<Self> {
        let mut request = url.replacen("http", "ws", 1).into_client_request().unwrap();
        let protocol = "graphql-transport-ws".parse().unwrap();
        request
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", protocol);
        let (stream, _) = tokio_tungstenite::connect_async(request).await.ok()?;
        let mut socket = Self { stream, next_id: 0 };
        let payload = json!({ "authorization": format!("Bearer {token}") });
        let init = json!({ "type": "connection_init", "payload": payload });
        socket.try_send(init).await?;
        let Next::Message(message) = socket.next_within(PATIENCE).await else {
            return None;
        };
        assert_eq!(message["type"], "connection_ack");
        Some(socket)
    }

    /// Sends a message.
    pub async fn send(&mut self, message: Value) {
        self.try_send(message).await.expect("the socket has ended");
    }

    /// Sends messages in one write.
    pub async fn send_together(&mut self, messages: &[Value]) {
        for message in messages {
            let message = Message::text(message.to_string());
            self.stream.feed(message).await.unwrap();
        }
        self.stream.flush().await.unwrap();
    }

    /// Sends a message; none when the server is no longer there.
    async fn try_send(&mut self, message: Value) -> Option<()> {
        let message = Message::text(message.to_string());
        self.stream.send(message).await.ok()
    }

    /// Closes it, and waits until the server has answered that.
    pub async fn close(&mut self) {
        self.stream.close(None).await.unwrap();
        while let Some(Ok(_)) = self.stream.next().await {}
    }

    /// Cuts the connection, without a goodbye.
    pub async fn cut(&mut self) {
        self.stream.get_mut().shutdown().await.unwrap();
    }

    /// Subscribes; the operation's id.
    pub async fn subscribe(&mut self, query: &str, variables: Value) -> String {
        let subscribed = self.try_subscribe(query, variables).await;
        subscribed.expect("the socket has ended")
    }

    /// Subscribes; the operation's id, or none when the server is no longer there.
    pub async fn try_subscribe(&mut self, query: &str, variables: Value) -> Option<String> {
        self.next_id += 1;
        let id = self.next_id.to_string();
        let payload = json!({ "query": query, "variables": variables });
        let subscribe = json!({ "id": id, "type": "subscribe", "payload": payload });
        self.try_send(subscribe).await?;
        Some(id)
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

    /// The next message, pongs with them.
    pub async fn any_message(&mut self) -> Value {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.stream.next()).await;
            if let Message::Text(text) = next.expect("no message came").unwrap().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// The next message, if one comes in this time.
    pub async fn message_within(&mut self, time: Duration) -> Option<Value> {
        match self.next_within(time).await {
            Next::Message(message) => Some(message),
            Next::Nothing => None,
            Next::Ended => panic!("the socket has ended"),
        }
    }

    /// The next message, or none when the server is silent: four times nothing came for a while, and
    /// the server answered a ping after it. A machine that stalls delays those answers too, so that
    /// its pause is not taken for the server's silence.
    pub async fn next_unless_silent(&mut self) -> Option<Value> {
        for _ in 0..4 {
            if let Some(message) = self.message_within(Duration::from_millis(100)).await {
                return Some(message);
            }
            // Where this fails, what comes next says why.
            let _ = self.try_send(json!({ "type": "ping" })).await;
            let next = tokio::time::timeout(PATIENCE, async {
                loop {
                    match self.frame().await {
                        Next::Message(message) if message["type"] == "ping" => {}
                        next => return next,
                    }
                }
            });
            match next.await.expect("no pong came") {
                Next::Message(message) if message["type"] != "pong" => return Some(message),
                Next::Ended => panic!("the socket has ended"),
                Next::Message(_) | Next::Nothing => {}
            }
        }
        None
    }

    /// What comes next in this time.
    pub async fn next_within(&mut self, time: Duration) -> Next {
        let next = async {
            loop {
                match self.frame().await {
                    Next::Message(message)
                        if message["type"] == "ping" || message["type"] == "pong" => {}
                    next => return next,
                }
            }
        };
        let mut next = std::pin::pin!(next);
        // In steps, of which a machine that stalls uses up one.
        let step = Duration::from_millis(50);
        for _ in 0..time.as_millis().div_ceil(step.as_millis()) {
            if let Ok(next) = tokio::time::timeout(step, &mut next).await {
                return next;
            }
        }
        Next::Nothing
    }

    /// What comes next, pings and pongs with it.
    async fn frame(&mut self) -> Next {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => {
                    return Next::Message(serde_json::from_str(&text).unwrap());
                }
                Some(Ok(Message::Close(Some(frame)))) => {
                    return Next::Message(json!({
                        "type": "close",
                        "code": u16::from(frame.code),
                        "reason": frame.reason.as_str(),
                    }));
                }
                Some(Ok(Message::Close(None))) => {
                    return Next::Message(json!({ "type": "close" }));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Next::Ended,
            }
        }
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
