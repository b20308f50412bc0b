//! A subscriber who loses the server again and again, and goes on from its last cursor.

use std::time::Duration;

use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::harness::{Next, Socket};
use crate::stage::{CHANGES, position};

/// What is received, and where from.
pub struct Watcher {
    server: watch::Sender<String>,
    position: watch::Receiver<i64>,
    task: JoinHandle<Vec<(i64, String)>>,
}

impl Watcher {
    /// Follows every change from this cursor on.
    pub fn start(url: &str, token: &str, cursor: &str) -> Self {
        let (server, urls) = watch::channel(url.to_owned());
        let (reached, position) = watch::channel(0);
        let follow = follow(urls, token.to_owned(), cursor.to_owned(), reached);
        Self {
            server,
            position,
            task: tokio::spawn(follow),
        }
    }

    /// The server is there again.
    pub fn server_is_at(&self, url: &str) {
        self.server.send_replace(url.to_owned());
    }

    /// Waits for the event at this position; then everything received: position and type, in order.
    pub async fn received_up_to(mut self, last: i64) -> Vec<(i64, String)> {
        let come = self.position.wait_for(|position| *position >= last);
        let come = tokio::time::timeout(Duration::from_secs(20), come)
            .await
            .is_ok();
        let at = *self.position.borrow();
        assert!(come, "the subscriber stands at {at}, not {last}");
        drop(self.server);
        self.task.await.unwrap()
    }
}

async fn follow(
    mut urls: watch::Receiver<String>,
    token: String,
    mut cursor: String,
    reached: watch::Sender<i64>,
) -> Vec<(i64, String)> {
    let mut received = Vec::new();
    loop {
        let url = urls.borrow_and_update().clone();
        let subscribed = async {
            let mut socket = Socket::try_open(&url, &token).await?;
            let after = json!({ "after": cursor });
            socket.try_subscribe(CHANGES, after).await?;
            Some(socket)
        };
        if let Some(mut socket) = subscribed.await {
            loop {
                let message = match socket.next_within(Duration::from_millis(200)).await {
                    Next::Message(message) => message,
                    Next::Nothing if urls.has_changed().is_err() => return received,
                    Next::Nothing => continue,
                    Next::Ended => break,
                };
                assert_eq!(message["type"], "next", "{message}");
                let event = &message["payload"]["data"]["conversationChanges"];
                event["cursor"].as_str().unwrap().clone_into(&mut cursor);
                let kind = event["change"]["__typename"].as_str().unwrap_or("left");
                let at = position(&event["cursor"]);
                received.push((at, kind.to_owned()));
                reached.send_replace(at);
            }
        }
        // Gone. It comes back at another address, or it was the end.
        let moved = tokio::time::timeout(Duration::from_secs(1), urls.changed()).await;
        if let Ok(Err(_)) = moved {
            return received;
        }
    }
}
