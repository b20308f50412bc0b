//! The desks of `list`: each reads its list, and keeps how late it learns of what happened.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::Result;
use crate::wire::http::{Connection, post};
use crate::wire::websocket::{Socket, late};

/// How often a desk asks that is not told.
const EVERY: Duration = Duration::from_secs(1);

/// What desks saw. Times are in microseconds.
#[derive(Debug, Default)]
pub struct Seen {
    /// From the instant of an event to its receipt, while it was timed.
    pub latencies: Vec<u32>,
    /// From connecting to the first list.
    pub first: Vec<u32>,
    /// Messages or answers, while it was timed.
    pub messages: u64,
}

#[derive(Debug, Default)]
struct Shared {
    timed: AtomicBool,
    seen: Mutex<Seen>,
}

impl Shared {
    fn take(&self, latencies: impl IntoIterator<Item = u32>) {
        if self.timed.load(Ordering::Relaxed) {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.latencies.extend(latencies);
            seen.messages += 1;
        }
    }

    fn began(&self, since: Instant) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.first.push(micros(since.elapsed()));
    }
}

fn micros(time: Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX)
}

/// Desks that go on until they are dropped.
pub struct Desks {
    shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

impl Desks {
    /// Desks that are told, each by a token and a subscription; they begin one after the other.
    pub async fn live(port: u16, asked: &[(String, String)]) -> Result<Self> {
        let (shared, mut tasks) = (Arc::new(Shared::default()), JoinSet::new());
        for (token, query) in asked {
            let since = Instant::now();
            let mut socket = Socket::subscribe(port, token, query).await?;
            let first = socket.next().await?.ok_or("closed without a list")?;
            refused(first)?;
            shared.began(since);
            let shared = shared.clone();
            tasks.spawn(async move {
                while let Ok(Some(message)) = socket.next().await {
                    shared.take(late(message));
                }
            });
        }
        let desks = Self {
            shared,
            _tasks: tasks,
        };
        Ok(desks)
    }

    /// Desks that ask, each by a token and a query; spread over the time between two questions.
    pub async fn polling(port: u16, asked: &[(String, String)]) -> Result<Self> {
        let (shared, mut tasks) = (Arc::new(Shared::default()), JoinSet::new());
        for (number, (token, query)) in (0_u32..).zip(asked) {
            let since = Instant::now();
            let mut connection = Connection::open(port).await?;
            let request = post(port, token, query);
            refused(connection.ask(&request).await?)?;
            shared.began(since);
            let shared = shared.clone();
            let offset = EVERY * number / u32::try_from(asked.len())?;
            tasks.spawn(async move {
                tokio::time::sleep(offset).await;
                let mut ticks = interval(EVERY);
                ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
                let mut known = HashMap::new();
                loop {
                    ticks.tick().await;
                    let Ok(answer) = connection.ask(&request).await else {
                        return;
                    };
                    shared.take(changes(answer, &mut known));
                }
            });
        }
        let desks = Self {
            shared,
            _tasks: tasks,
        };
        Ok(desks)
    }

    /// From now on what comes is timed, or not.
    pub fn time(&self, on: bool) {
        self.shared.timed.store(on, Ordering::Relaxed);
    }

    /// What they saw.
    pub fn end(self) -> Seen {
        let seen = self.shared.seen.lock();
        std::mem::take(&mut *seen.unwrap_or_else(PoisonError::into_inner))
    }
}

fn refused(message: &[u8]) -> Result<()> {
    let text = String::from_utf8_lossy(message);
    if text.contains("\"errors\"") || text.contains("\"type\":\"error\"") {
        return Err(format!("refused: {text}").into());
    }
    Ok(())
}

/// For each row with which something happened since the last answer: how long ago the last of it was.
fn changes(answer: &[u8], known: &mut HashMap<String, String>) -> Vec<u32> {
    let now = Utc::now();
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let edges = answer["data"]["ongoingConversations"]["edges"].as_array();
    let mut late = Vec::new();
    let first = known.is_empty();
    for node in edges.into_iter().flatten().map(|edge| &edge["node"]) {
        let (Some(id), Some(at)) = (node["id"].as_str(), node["lastActivityAt"].as_str()) else {
            continue;
        };
        let before = known.insert(id.to_owned(), at.to_owned());
        if first || before.as_deref() == Some(at) {
            continue;
        }
        let since = DateTime::parse_from_rfc3339(at).map(|at| now - at.to_utc());
        let since = since.ok().and_then(|since| since.to_std().ok());
        late.extend(since.map(micros));
    }
    late
}
