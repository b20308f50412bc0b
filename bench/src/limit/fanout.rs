//! axum WebSockets over a tokio broadcast: one ready frame of the project's bytes to everybody.

use axum::Router;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::routing::get;
use chrono::{SecondsFormat, Utc};
use tokio::sync::broadcast;

use crate::Result;
use crate::peer::fanout::{CAPACITY, cursor, emit_as_asked};
use crate::process::listen;
use crate::wire::websocket::text_of;

/// As the project has it, as the write buffer: the library's own are 128 KiB a socket.
const READ_BUFFER: usize = 4 * 1024;

/// The project's message with two places in it to fill in.
struct Template {
    before_cursor: String,
    between: String,
    after: String,
}

impl Template {
    fn of(frame: &str) -> Result<Self> {
        let text = |name: &[u8]| -> Result<&str> {
            let text = text_of(frame.as_bytes(), name).ok_or("a frame without its fields")?;
            Ok(std::str::from_utf8(text)?)
        };
        let (before_cursor, rest) = frame
            .split_once(text(b"\"cursor\"")?)
            .ok_or("a frame without a cursor")?;
        let (between, after) = rest
            .split_once(text(b"\"committedAt\"")?)
            .ok_or("a frame without an instant")?;
        Ok(Self {
            before_cursor: before_cursor.to_owned(),
            between: between.to_owned(),
            after: after.to_owned(),
        })
    }

    fn fill(&self, position: i64) -> Utf8Bytes {
        let now = Utc::now().to_rfc3339_opts(SecondsFormat::Micros, false);
        let (before, between, after) = (&self.before_cursor, &self.between, &self.after);
        format!("{before}{}{between}{now}{after}", cursor(position)).into()
    }
}

/// Serves until the parent goes.
pub async fn serve(frame: &str) -> Result<()> {
    let template = Template::of(frame)?;
    let (frames, _) = broadcast::channel(CAPACITY);
    let sender = frames.clone();
    let upgrade = move |upgrade: WebSocketUpgrade| async move {
        upgrade
            .protocols(["graphql-transport-ws"])
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0)
            .on_upgrade(move |socket| pass_on(socket, sender))
    };
    listen(Router::new().route("/graphql", get(upgrade))).await?;
    let mut position = 0;
    emit_as_asked(|| {
        position += 1;
        // Without subscribers there is nobody to send to.
        let _ = frames.send(template.fill(position));
        position
    })
    .await
}

/// Greets, and sends every frame until the client goes.
async fn pass_on(mut socket: WebSocket, frames: broadcast::Sender<Utf8Bytes>) {
    let greeting = Utf8Bytes::from_static(r#"{"type":"connection_ack"}"#);
    // The greeting, then the subscription; what they say does not matter here.
    let Some(Ok(_)) = socket.recv().await else {
        return;
    };
    if socket.send(Message::Text(greeting)).await.is_err() {
        return;
    }
    let Some(Ok(_)) = socket.recv().await else {
        return;
    };
    let mut frames = frames.subscribe();
    loop {
        tokio::select! {
            frame = frames.recv() => {
                let Ok(frame) = frame else { return };
                if socket.send(Message::Text(frame)).await.is_err() {
                    return;
                }
            }
            said = socket.recv() => {
                let Some(Ok(_)) = said else { return };
            }
        }
    }
}
