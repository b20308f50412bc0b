//! The desks of agents: each one connection with three subscriptions.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::task::JoinSet;

use crate::Result;
use crate::wire::websocket::{Socket, find, late};

/// Handshakes under way at once.
const AT_ONCE: usize = 32;

/// The agent's own list, kept right.
const LIST: &str = "subscription { ongoingConversationsLive(first: 25) {
    ... on OngoingSnapshot { cursor totalCount conversations { id state version waitingSince } }
    ... on OngoingChanges { cursor committedAt changes { __typename } } } }";
/// What concerns them.
const NOTIFICATIONS: &str = "subscription { notifications { __typename cursor } }";
/// What changes in their conversations.
const CHANGES: &str = "subscription { conversationChanges {
    ... on ConversationChangeEvent { cursor } ... on ConversationLeftScope { cursor } } }";

/// What desks saw. Times are in microseconds.
#[derive(Debug, Default)]
pub struct Seen {
    /// From the instant of an event to its receipt by the list, while it was timed.
    pub latencies: Vec<u32>,
    /// Messages, while it was timed.
    pub messages: u64,
}

#[derive(Debug, Default)]
struct Shared {
    timed: AtomicBool,
    seen: Mutex<Seen>,
}

/// Desks that read until they are dropped.
pub struct Desks {
    shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

impl Desks {
    /// Connects a desk for each token, and waits until each has its list.
    pub async fn connect(port: u16, tokens: &[String]) -> Result<Self> {
        let sockets: Vec<Socket> = stream::iter(tokens)
            .map(|token| connect(port, token))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        let (shared, mut tasks) = (Arc::new(Shared::default()), JoinSet::new());
        for socket in sockets {
            tasks.spawn(read(socket, shared.clone()));
        }
        Ok(Self {
            shared,
            _tasks: tasks,
        })
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

async fn connect(port: u16, token: &str) -> Result<Socket> {
    let mut socket = Socket::subscribe(port, token, LIST).await?;
    let first = socket.next().await?.ok_or("closed without a list")?;
    if find(first, b"\"conversations\"").is_none() {
        return Err(format!("no list: {}", String::from_utf8_lossy(first)).into());
    }
    socket.also("2", NOTIFICATIONS).await?;
    socket.also("3", CHANGES).await?;
    Ok(socket)
}

async fn read(mut socket: Socket, shared: Arc<Shared>) {
    while let Ok(Some(message)) = socket.next().await {
        if shared.timed.load(Ordering::Relaxed) {
            let late = late(message);
            let mut seen = shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.messages += 1;
            seen.latencies.extend(late);
        }
    }
}
