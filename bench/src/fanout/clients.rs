//! The subscribers of `fanout`: each reads its socket, and keeps what proves its sequence.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::task::JoinSet;

use crate::Result;
use crate::measure::count;
use crate::wire::websocket::{Socket, late, text_of};

/// Handshakes under way at once.
const AT_ONCE: usize = 64;
/// Without any message for so long, what is missing is lost.
const PATIENCE: Duration = Duration::from_secs(10);

/// What one subscriber received.
#[derive(Debug, Default)]
struct Seen {
    count: u64,
    last: i64,
    /// Positions that were not above the one before.
    repeated: u64,
    /// Over all positions in order of receipt.
    hash: u64,
    latencies: Vec<u32>,
}

impl Seen {
    fn take(&mut self, position: i64) {
        self.count += 1;
        self.repeated += u64::from(position <= self.last);
        self.last = position;
        self.hash = self
            .hash
            .wrapping_mul(0x0000_0100_0000_01b3)
            .wrapping_add(position.cast_unsigned());
    }
}

/// What all of them received.
#[derive(Debug, Default)]
pub struct Total {
    /// Messages that did not come, or not in order, over all subscribers.
    pub lost: u64,
    /// Messages that came again, over all subscribers.
    pub repeated: u64,
    /// From the event's instant to receipt, in microseconds, while it was timed.
    pub latencies: Vec<u32>,
}

#[derive(Debug, Default)]
struct Shared {
    received: AtomicU64,
    timed: AtomicBool,
}

/// Subscribers that read until they are dropped.
pub struct Clients {
    shared: Arc<Shared>,
    seen: Vec<Arc<Mutex<Seen>>>,
    _tasks: JoinSet<()>,
}

impl Clients {
    /// Connects so many, with these tokens in turn.
    pub async fn connect(port: u16, number: u32, tokens: &[String], query: &str) -> Result<Self> {
        let sockets: Vec<Socket> = stream::iter(0..number as usize)
            .map(|index| Socket::subscribe(port, &tokens[index % tokens.len()], query))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        let shared = Arc::new(Shared::default());
        let mut tasks = JoinSet::new();
        let mut seen = Vec::new();
        for socket in sockets {
            let own = Arc::new(Mutex::new(Seen::default()));
            seen.push(own.clone());
            tasks.spawn(read(socket, own, shared.clone()));
        }
        Ok(Self {
            shared,
            seen,
            _tasks: tasks,
        })
    }

    /// From now on messages are timed, or not.
    pub fn time(&self, on: bool) {
        self.shared.timed.store(on, Ordering::Relaxed);
    }

    /// Waits until each has so many messages, or nothing comes any more; when the last came.
    pub async fn receive(&self, each: u64) -> Instant {
        let all = each * count(self.seen.len());
        let mut before = 0;
        let mut moved = Instant::now();
        loop {
            let now = self.shared.received.load(Ordering::Relaxed);
            if now != before {
                moved = Instant::now();
                before = now;
            }
            if now >= all || moved.elapsed() > PATIENCE {
                return moved;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// What came of all of them, held against what was emitted.
    pub fn end(self, emitted: &[i64]) -> Total {
        let mut right = Seen::default();
        for position in emitted {
            right.take(*position);
        }
        let mut total = Total::default();
        for seen in &self.seen {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            total.repeated += seen.repeated;
            let missing = right.count.saturating_sub(seen.count - seen.repeated);
            // As many as there should be, and yet others: at least one is missing.
            let other = missing == 0 && seen.repeated == 0 && seen.hash != right.hash;
            total.lost += missing + u64::from(other);
            total.latencies.append(&mut seen.latencies);
        }
        total
    }
}

async fn read(mut socket: Socket, seen: Arc<Mutex<Seen>>, shared: Arc<Shared>) {
    // A connection that ends early shows as messages that are lost.
    while let Ok(Some(message)) = socket.next().await {
        let Some(position) = position(message) else {
            continue;
        };
        let late = shared
            .timed
            .load(Ordering::Relaxed)
            .then(|| late(message))
            .flatten();
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.take(position);
        seen.latencies.extend(late);
        drop(seen);
        shared.received.fetch_add(1, Ordering::Relaxed);
    }
}

/// The log position in the message's cursor: bytes 16 to 24 of 28.
fn position(message: &[u8]) -> Option<i64> {
    let mut cursor = [0; 32];
    let text = text_of(message, b"\"cursor\"")?;
    URL_SAFE_NO_PAD.decode_slice(text, &mut cursor).ok()?;
    Some(i64::from_be_bytes(cursor[16..24].try_into().ok()?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::peer::fanout::cursor;

    fn crowd(received: &[&[i64]]) -> Clients {
        let seen = received.iter().map(|positions| {
            let mut seen = Seen::default();
            positions.iter().for_each(|position| seen.take(*position));
            Arc::new(Mutex::new(seen))
        });
        Clients {
            shared: Arc::default(),
            seen: seen.collect(),
            _tasks: JoinSet::new(),
        }
    }

    #[test]
    fn what_is_lost_repeated_or_another_is_noticed() {
        let right = crowd(&[&[2, 4, 6], &[2, 4, 6]]).end(&[2, 4, 6]);
        assert_eq!((right.lost, right.repeated), (0, 0));
        let lost = crowd(&[&[2, 6], &[2, 4, 6]]).end(&[2, 4, 6]);
        assert_eq!((lost.lost, lost.repeated), (1, 0));
        let repeated = crowd(&[&[2, 4, 4, 6]]).end(&[2, 4, 6]);
        assert_eq!((repeated.lost, repeated.repeated), (0, 1));
        let other = crowd(&[&[2, 5, 6]]).end(&[2, 4, 6]);
        assert_eq!((other.lost, other.repeated), (1, 0));
    }

    #[test]
    fn a_position_is_read_out_of_a_cursor() {
        let message = format!(r#"{{"payload":{{"cursor":"{}"}}}}"#, cursor(4711));
        assert_eq!(position(message.as_bytes()), Some(4711));
    }
}
