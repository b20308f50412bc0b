//! A subscriber who loses the server, or its subscription, again and again, and goes on from its last cursor.

use std::time::Duration;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::ledger::hash;
use super::tables::Event;
use crate::harness::{Next, Socket};
use crate::stage::{CHANGES, position};

/// An event as a subscriber got it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub position: i64,
    pub kind: String,
    /// What the cursor carries of the event's hash.
    pub hash: u32,
}

impl Received {
    /// What a subscriber to every conversation must get of this log after this position.
    pub fn all_of(events: &BTreeMap<i64, Event>, after: i64) -> Vec<Self> {
        let events = events.range(after + 1..);
        // No stream of changes has what coaches an agent.
        let told = |event: &Event| event.conversation.is_some() && event.kind != "AgentCoached";
        let events = events.filter(|(_, event)| told(event));
        let received = |(position, event): (&i64, &Event)| Self {
            position: *position,
            kind: event.kind.clone(),
            hash: event.hash,
        };
        events.map(received).collect()
    }
}

/// What is received, and where from.
pub struct Watcher {
    server: watch::Sender<String>,
    position: watch::Receiver<i64>,
    task: JoinHandle<Vec<Received>>,
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

    /// Waits for the event at this position; then everything received, in order.
    pub async fn received_up_to(mut self, last: i64) -> Vec<Received> {
        let come = self.reaches(last).await;
        let at = *self.position.borrow();
        assert!(come, "the subscriber stands at {at}, not {last}");
        self.ended().await
    }

    /// Whether the event at this position comes.
    pub async fn reaches(&mut self, last: i64) -> bool {
        let come = self.position.wait_for(|position| *position >= last);
        let come = tokio::time::timeout(Duration::from_secs(20), come).await;
        come.is_ok_and(|come| come.is_ok())
    }

    /// Everything received, in order; it follows no more.
    pub async fn ended(self) -> Vec<Received> {
        drop(self.server);
        self.task.await.unwrap()
    }
}

async fn follow(
    mut urls: watch::Receiver<String>,
    token: String,
    mut cursor: String,
    reached: watch::Sender<i64>,
) -> Vec<Received> {
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
                if is_fault(&message) {
                    break;
                }
                assert_eq!(message["type"], "next", "{message}");
                let event = &message["payload"]["data"]["conversationChanges"];
                event["cursor"].as_str().unwrap().clone_into(&mut cursor);
                let kind = event["change"]["__typename"].as_str().unwrap_or("left");
                let at = position(&event["cursor"]);
                received.push(Received {
                    position: at,
                    kind: kind.to_owned(),
                    hash: hash(&event["cursor"]),
                });
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

/// Whether the subscription ends by a fault of the server's, or with the server; a subscriber comes back then.
fn is_fault(message: &Value) -> bool {
    let errors = match message["type"].as_str() {
        Some("close") => return true,
        Some("error") => &message["payload"],
        _ => &message["payload"]["errors"],
    };
    errors[0]["extensions"]["code"] == "INTERNAL"
}
