//! The event log's entries and positions, and the cursors that stand for them.
//!
//! Positions are consecutive in commit order and final once seen. A cursor names the log (its
//! epoch), a position, and a hash of the event there: a log that was lost, restored from a backup
//! or rewritten is noticed on resume.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::domain::conversation::Footprint;
use crate::domain::{Actor, After, Change, Conversation};

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
pub(super) fn chain(before: i64, position: i64, change: &str, after: &str) -> i64 {
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

/// A place in the log, as clients keep it: opaque text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) epoch: Uuid,
    pub(crate) position: i64,
    pub(crate) hash: u32,
    /// How many deliveries of the event there were handled, where it is several and the last is not
    /// among them; 0: the event is handled whole.
    pub(crate) step: u32,
    /// Of which live list it is; 0: of none. What a list was is no question of the log's.
    pub(crate) list: u64,
}

impl Cursor {
    /// A cursor of no log, for where one must stand that nobody looks at.
    pub(crate) const ANYWHERE: Self = Self {
        epoch: Uuid::nil(),
        position: 0,
        hash: 0,
        step: 0,
        list: 0,
    };
}

/// Text that is not a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor")]
pub struct InvalidCursor;

const CURSOR_BYTES: usize = 16 + 8 + 4;
/// With a step, which few have.
const STEPPED_BYTES: usize = CURSOR_BYTES + 4;
/// Of a live list, which has no steps.
const LISTED_BYTES: usize = CURSOR_BYTES + 8;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [0; LISTED_BYTES];
        bytes[..16].copy_from_slice(self.epoch.as_bytes());
        bytes[16..24].copy_from_slice(&self.position.to_be_bytes());
        bytes[24..28].copy_from_slice(&self.hash.to_be_bytes());
        let length = if self.list != 0 {
            bytes[28..].copy_from_slice(&self.list.to_be_bytes());
            LISTED_BYTES
        } else if self.step != 0 {
            bytes[28..32].copy_from_slice(&self.step.to_be_bytes());
            STEPPED_BYTES
        } else {
            CURSOR_BYTES
        };
        f.write_str(&URL_SAFE_NO_PAD.encode(&bytes[..length]))
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        let part = |from: usize, to: usize| bytes.get(from..to).unwrap_or_default();
        let (mut step, mut list) = (0, 0);
        match bytes.len() {
            CURSOR_BYTES => {}
            STEPPED_BYTES => {
                step = u32::from_be_bytes(part(28, 32).try_into().map_err(|_| InvalidCursor)?);
            }
            LISTED_BYTES => {
                list = u64::from_be_bytes(part(28, 36).try_into().map_err(|_| InvalidCursor)?);
            }
            _ => return Err(InvalidCursor),
        }
        let epoch = Uuid::from_slice(part(0, 16)).map_err(|_| InvalidCursor)?;
        let position = i64::from_be_bytes(part(16, 24).try_into().map_err(|_| InvalidCursor)?);
        let hash = u32::from_be_bytes(part(24, 28).try_into().map_err(|_| InvalidCursor)?);
        if position < 0 {
            return Err(InvalidCursor);
        }
        Ok(Self {
            epoch,
            position,
            hash,
            step,
            list,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_from_its_text() {
        for (step, list) in [(0, 0), (1, 0), (u32::MAX, 0), (0, 1), (0, u64::MAX)] {
            let cursor = Cursor {
                epoch: Uuid::now_v7(),
                position: 4711,
                hash: 0xDEAD_BEEF,
                step,
                list,
            };
            assert_eq!(cursor.to_string().parse::<Cursor>(), Ok(cursor));
        }
    }

    #[test]
    fn text_that_is_no_cursor_is_refused() {
        let negative = Cursor {
            epoch: Uuid::nil(),
            position: -1,
            hash: 0,
            step: 0,
            list: 0,
        }
        .to_string();
        for text in ["", "abc", "é", &negative, &"A".repeat(10_000)] {
            assert_eq!(text.parse::<Cursor>(), Err(InvalidCursor), "{text:.20}");
        }
    }
}
