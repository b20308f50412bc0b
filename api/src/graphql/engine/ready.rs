//! What is ready for many subscribers: a ring of payloads, and whoever waits for the next.
//!
//! One task fills it, of a group or of a live list; a [`Reader`] is a position in it. A reader never waits for anything
//! but the task, so a connection asks its readers itself. What a reader cannot have here, it is told: the ring does not
//! reach back so far, or the task has ended.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::task::{Context, Poll, ready};

use async_graphql::ServerError;
use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;

use super::Payload;
use crate::graphql::subscription::Execution;
use engine::live::ring::{Found, Ring};

/// Errors that end an operation, for all who have it.
pub(super) type Errors = Arc<Vec<ServerError>>;

/// What is at one position of the log for the readers.
#[derive(Clone)]
pub(super) enum Item {
    /// A payload.
    Ready(Payload),
    /// Each reader executes this by itself.
    Own(Execution),
    /// The operation cannot go on.
    Failed(Errors),
}

impl Item {
    /// How many bytes it has ready.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Ready(payload) => payload.json.len(),
            Self::Own(_) | Self::Failed(_) => 0,
        }
    }
}

/// An item in the ring.
pub(super) struct RingEntry {
    /// The item.
    pub item: Item,
    /// What a reader executes by itself who must not have what was made before they came: it shows names as they were.
    pub again: Option<Execution>,
}

/// A ring, and whoever waits for the next of it.
pub(super) struct Ready {
    ring: RwLock<Ring<Arc<RingEntry>>>,
    moved: Arc<Notify>,
    ended: OnceLock<Option<Errors>>,
}

impl Ready {
    /// An empty ring that begins after this position.
    pub(super) fn new(since: i64) -> Self {
        Self {
            ring: RwLock::new(Ring::new(since)),
            moved: Arc::default(),
            ended: OnceLock::new(),
        }
    }

    /// Looks at the ring.
    pub(super) fn look<T>(&self, look: impl FnOnce(&Ring<Arc<RingEntry>>) -> T) -> T {
        look(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the ring; how many bytes it had before and has now.
    pub(super) fn change(&self, change: impl FnOnce(&mut Ring<Arc<RingEntry>>)) -> (usize, usize) {
        let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        let before = ring.bytes();
        change(&mut ring);
        (before, ring.bytes())
    }

    /// How many bytes the ring has.
    pub(super) fn bytes(&self) -> usize {
        self.look(Ring::bytes)
    }

    /// Wakes the readers who wait.
    pub(super) fn tell(&self) {
        self.moved.notify_waiters();
    }

    /// Nothing more comes: the operation cannot go on, or without errors each reader goes on by itself.
    pub(super) fn end(&self, errors: Option<Errors>) {
        let _ = self.ended.set(errors);
        self.tell();
    }

    /// Whether nothing more comes, and why.
    pub(super) fn ended(&self) -> Option<&Option<Errors>> {
        self.ended.get()
    }

    /// Whether whoever is at this position has nothing of the ring before them.
    pub(super) fn is_level_with(&self, position: i64) -> bool {
        self.look(|ring| ring.edge() <= position)
    }
}

/// A position in a ring.
pub(super) struct Reader {
    ready: Arc<Ready>,
    /// Everything up to here was handed out.
    position: i64,
    /// Up to here the reader executes by itself.
    made_before: i64,
    /// Ready when there was something since the ring was read last.
    moved: Pin<Box<OwnedNotified>>,
}

/// What a reader finds.
pub(super) enum Read {
    /// The next item.
    Item(Item),
    /// The ring does not have what follows the reader's position.
    Gone,
    /// Nothing more comes: the operation cannot go on, or without errors the reader goes on by itself.
    Ended(Option<Errors>),
}

impl Reader {
    /// A reader who has everything up to this position.
    pub(super) fn new(ready: Arc<Ready>, position: i64) -> Self {
        let moved = Box::pin(ready.moved.clone().notified_owned());
        Self {
            ready,
            position,
            made_before: position,
            moved,
        }
    }

    /// Goes on after this position, executing by itself what was made up to the other.
    pub(super) fn go_to(&mut self, position: i64, made_before: i64) {
        (self.position, self.made_before) = (position, made_before);
    }

    /// Everything up to this position was handed out.
    pub(super) const fn position(&self) -> i64 {
        self.position
    }

    /// Whether there is nothing left that was made before this reader came.
    pub(super) const fn is_level(&self) -> bool {
        self.position >= self.made_before
    }

    /// What comes next.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Read> {
        loop {
            match self.ready.look(|ring| ring.after(self.position)) {
                Found::Entry(position, made) => {
                    self.position = position;
                    let own = made.again.as_ref().filter(|_| position <= self.made_before);
                    let own = own.cloned().map(Item::Own);
                    return Poll::Ready(Read::Item(own.unwrap_or_else(|| made.item.clone())));
                }
                Found::Gone => return Poll::Ready(Read::Gone),
                Found::Nothing => {}
            }
            if let Some(end) = self.ready.ended() {
                return Poll::Ready(Read::Ended(end.clone()));
            }
            ready!(self.moved.as_mut().poll(cx));
            // Again before the ring is read, so that nothing told in between is missed.
            self.moved.set(self.ready.moved.clone().notified_owned());
        }
    }

    /// What comes next; waits until there is something. Waiting can be given up at any time.
    pub(super) async fn next(&mut self) -> Read {
        poll_fn(|cx| self.poll_next(cx)).await
    }
}
