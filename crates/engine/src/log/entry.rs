//! The event log's entries and positions.
//!
//! Positions are consecutive in commit order and final once seen.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::cursor::Cursor;
use domain::conversation::Footprint;
use domain::{Actor, After, Change, Conversation};

/// Where the log stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Which log.
    pub epoch: Uuid,
    /// The position of its newest event; 0 when empty.
    pub position: i64,
    /// The hash of that event.
    pub hash: i64,
}

impl Head {
    /// The cursor of this place.
    pub const fn cursor(&self) -> Cursor {
        Cursor {
            epoch: self.epoch,
            position: self.position,
            hash: short(self.hash),
            step: 0,
            list: 0,
        }
    }
}

/// One event at its place in the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Which log.
    pub epoch: Uuid,
    /// Its place.
    pub position: i64,
    /// When it was committed.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub actor: Actor,
    /// What changed.
    pub change: Change,
    /// What it is about, right after.
    pub after: After,
    /// Who could see the conversation before, where that differs from after.
    pub before: Option<Footprint>,
    /// The hash over this event and the one before it.
    pub hash: i64,
}

impl Entry {
    /// The cursor of this event.
    pub const fn cursor(&self) -> Cursor {
        Cursor {
            epoch: self.epoch,
            position: self.position,
            hash: short(self.hash),
            step: 0,
            list: 0,
        }
    }

    /// The cursor after so many of the deliveries that this event is, with more to come.
    pub const fn cursor_within(&self, step: u32) -> Cursor {
        Cursor {
            step,
            ..self.cursor()
        }
    }

    /// The conversation it is about, right after.
    pub const fn conversation(&self) -> Option<&std::sync::Arc<Conversation>> {
        match &self.after {
            After::Conversation(conversation) => Some(conversation),
            _ => None,
        }
    }
}

const fn short(hash: i64) -> u32 {
    (hash.cast_unsigned() >> 32) as u32
}

/// A hash over an event's texts, chained to the event before it.
pub(crate) fn chain(before: i64, position: i64, change: &str, after: &str) -> i64 {
    let mut hasher = Sha256::new();
    hasher.update(before.to_be_bytes());
    hasher.update(position.to_be_bytes());
    hasher.update(change);
    hasher.update(after);
    let digest = hasher.finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(first)
}
