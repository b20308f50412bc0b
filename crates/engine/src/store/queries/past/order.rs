//! Orders of all conversations, places in them, and their cursors.

use std::cmp::{Ordering, Reverse};
use std::fmt::Debug;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::{PastFilter, Row};
use crate::log::InvalidCursor;
use domain::ConversationId;

/// By what conversations are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PastOrderField {
    /// When it started.
    Started,
    /// When it closed; what is ongoing comes last either way.
    Closed,
    /// When something last happened; of a closed one, when it closed.
    LastActivity,
}

/// An order; conversations of the same instant are ordered by their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastOrder {
    /// By what.
    pub field: PastOrderField,
    /// Latest first.
    pub descending: bool,
}

/// A place in an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastPlace {
    value: Option<DateTime<Utc>>,
    id: ConversationId,
}

impl Row {
    const fn place(&self) -> PastPlace {
        PastPlace {
            value: self.at,
            id: self.id,
        }
    }
}

impl PastPlace {
    /// Whose place it is.
    pub const fn id(self) -> ConversationId {
        self.id
    }

    /// By which instant it is ordered; none comes last.
    pub(super) const fn value(self) -> Option<DateTime<Utc>> {
        self.value
    }
}

/// How many bytes of a cursor tell of which list it is.
const PRINT: usize = 8;
/// All bytes of a cursor: of which list, the instant in microseconds, the id.
const CURSOR: usize = PRINT + 8 + 16;
/// The microseconds of no instant.
const NONE: i64 = i64::MAX;

impl PastOrder {
    /// Which of two places comes first.
    pub(super) fn compare(self, one: PastPlace, other: PastPlace) -> Ordering {
        let known = |place: PastPlace| Reverse(place.value.is_some());
        let within = (one.value, one.id).cmp(&(other.value, other.id));
        let within = if self.descending {
            within.reverse()
        } else {
            within
        };
        known(one).cmp(&known(other)).then(within)
    }

    /// The places of these rows, in order, each once.
    pub(super) fn places(self, rows: &[Row]) -> Vec<PastPlace> {
        let mut places: Vec<PastPlace> = rows.iter().map(Row::place).collect();
        places.sort_unstable_by(|one, other| self.compare(*one, *other));
        places.dedup_by_key(|place| place.id);
        places
    }

    /// What tells the lists of this order and of others, and of this filter and of others, apart.
    fn print(self, filter: &PastFilter) -> [u8; PRINT] {
        let list: &dyn Debug = &(self, filter);
        let digest = Sha256::digest(format!("{list:?}"));
        let mut print = [0; PRINT];
        print.copy_from_slice(&digest[..PRINT]);
        print
    }

    /// The cursor text of a place in the list of this order and filter.
    pub fn encode(self, filter: &PastFilter, place: PastPlace) -> String {
        let micros = place.value.map_or(NONE, |at| at.timestamp_micros());
        let mut bytes = Vec::with_capacity(CURSOR);
        bytes.extend(self.print(filter));
        bytes.extend(micros.to_be_bytes());
        bytes.extend(place.id.0.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place that a cursor text of the list of this order and filter stands for.
    pub fn decode(self, filter: &PastFilter, text: &str) -> Result<PastPlace, InvalidCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        if bytes.len() != CURSOR || bytes[..PRINT] != self.print(filter) {
            return Err(InvalidCursor);
        }
        let micros = bytes[PRINT..PRINT + 8].try_into();
        let value = match i64::from_be_bytes(micros.map_err(|_| InvalidCursor)?) {
            NONE => None,
            micros => Some(DateTime::from_timestamp_micros(micros).ok_or(InvalidCursor)?),
        };
        let id = uuid::Uuid::from_slice(&bytes[PRINT + 8..]).map_err(|_| InvalidCursor)?;
        Ok(PastPlace {
            value,
            id: ConversationId(id),
        })
    }
}
