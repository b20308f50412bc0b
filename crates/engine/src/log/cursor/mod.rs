//! Places in the event log, and the text that clients get for them.
//!
//! A cursor names the log (its epoch), a position, and a hash of the event there: a log that was lost,
//! restored from a backup or rewritten is noticed on resume. The position counts all events, also those
//! that an agent or gateway must not learn of. So a cursor has no text of its own: [`Cursors::show`] makes
//! it for an access, in the clear or sealed, and [`Cursors::open`] is the one way back. What a client hands
//! in is a [`GivenCursor`] until then (decision 0015).

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

pub(crate) use self::seal::KEY;
use self::seal::{SEALED, Seal};
use domain::Access;

mod seal;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

/// A place in the log.
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

/// A cursor's text, for whom it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownCursor(Arc<str>);

/// A cursor as a client handed it in: of the right form, and not opened yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenCursor(Given);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    Plain(Cursor),
    Sealed([u8; SEALED]),
}

/// Text that has not the form of a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor")]
pub struct InvalidCursor;

/// A cursor that was not made here for whoever hands it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is of another log, or in the clear where it must not be")]
pub struct NotOpened;

/// Makes the texts of cursors, and opens them; the same on every server of a database.
#[derive(Clone)]
pub struct Cursors(Seal);

impl fmt::Debug for Cursors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cursors")
    }
}

impl Cursors {
    /// With the key of a database.
    pub(crate) fn with_key(key: [u8; KEY]) -> Self {
        Self(Seal::new(key))
    }

    /// A key that nobody knows.
    pub(crate) fn new_key() -> [u8; KEY] {
        Seal::new_key()
    }

    /// The text of this place for a viewer with this access. Sealed, it is another at each call.
    pub fn show(&self, cursor: Cursor, access: &Access) -> ShownCursor {
        if access.knows_positions() {
            return ShownCursor(cursor.plain().into());
        }
        let sealed = self.0.seal(&cursor.bytes());
        ShownCursor(URL_SAFE_NO_PAD.encode(sealed).into())
    }

    /// The place that a viewer with this access hands in. Whether one in the clear is any is not looked at
    /// where the viewer must not have it, so that nobody finds out a position by trying.
    pub fn open(&self, given: GivenCursor, access: &Access) -> Result<Cursor, NotOpened> {
        match given.0 {
            Given::Plain(cursor) if access.knows_positions() => Ok(cursor),
            Given::Plain(_) => Err(NotOpened),
            Given::Sealed(sealed) => {
                let bytes = self.0.open(&sealed).ok_or(NotOpened)?;
                Cursor::of_bytes(&bytes).ok_or(NotOpened)
            }
        }
    }
}

impl ShownCursor {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a cursor is in bytes: epoch, position, hash, step, list.
const BYTES: usize = 16 + 8 + 4 + 4 + 8;
/// In the clear, where it stands behind a whole event and is of no list.
const WHOLE: usize = 28;
/// In the clear with a step, which few have.
const STEPPED: usize = WHOLE + 4;
/// In the clear with a list; a list's cursors stand behind whole events.
const LISTED: usize = WHOLE + 8;

impl Cursor {
    /// Where in the log it is.
    pub const fn position(&self) -> i64 {
        self.position
    }

    /// Which history of the database it is of.
    pub const fn epoch(&self) -> Uuid {
        self.epoch
    }

    /// Whether it is of the same live list as this one.
    pub const fn is_of_list_of(&self, other: &Self) -> bool {
        self.list == other.list
    }

    /// What it keeps of the hash of the event there.
    pub const fn hash(&self) -> u32 {
        self.hash
    }

    fn bytes(&self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        bytes[..16].copy_from_slice(self.epoch.as_bytes());
        bytes[16..24].copy_from_slice(&self.position.to_be_bytes());
        bytes[24..28].copy_from_slice(&self.hash.to_be_bytes());
        bytes[28..32].copy_from_slice(&self.step.to_be_bytes());
        bytes[32..].copy_from_slice(&self.list.to_be_bytes());
        bytes
    }

    fn of_bytes(bytes: &[u8; BYTES]) -> Option<Self> {
        let cursor = Self {
            epoch: Uuid::from_slice(&bytes[..16]).ok()?,
            position: i64::from_be_bytes(bytes[16..24].try_into().ok()?),
            hash: u32::from_be_bytes(bytes[24..28].try_into().ok()?),
            step: u32::from_be_bytes(bytes[28..32].try_into().ok()?),
            list: u64::from_be_bytes(bytes[32..].try_into().ok()?),
        };
        (cursor.position >= 0).then_some(cursor)
    }

    /// Its text in the clear, which only [`Cursors::show`] gives away.
    fn plain(&self) -> String {
        let bytes = self.bytes();
        if self.list != 0 {
            let parts = [&bytes[..WHOLE], &bytes[32..]].concat();
            return URL_SAFE_NO_PAD.encode(parts);
        }
        let length = if self.step == 0 { WHOLE } else { STEPPED };
        URL_SAFE_NO_PAD.encode(&bytes[..length])
    }
}

impl GivenCursor {
    /// The text of a cursor of no log, for where one must stand that nobody looks at.
    pub fn anywhere() -> String {
        URL_SAFE_NO_PAD.encode([0; WHOLE])
    }
}

/// As it was handed in.
impl fmt::Display for GivenCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Given::Plain(cursor) => f.write_str(&cursor.plain()),
            Given::Sealed(sealed) => f.write_str(&URL_SAFE_NO_PAD.encode(sealed)),
        }
    }
}

impl FromStr for GivenCursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let given = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        if let Ok(sealed) = <[u8; SEALED]>::try_from(&given[..]) {
            return seal::is_one(&sealed)
                .then_some(Self(Given::Sealed(sealed)))
                .ok_or(InvalidCursor);
        }
        let mut bytes = [0; BYTES];
        match given.len() {
            WHOLE | STEPPED => bytes[..given.len()].copy_from_slice(&given),
            LISTED => {
                bytes[..WHOLE].copy_from_slice(&given[..WHOLE]);
                bytes[32..].copy_from_slice(&given[WHOLE..]);
            }
            _ => return Err(InvalidCursor),
        }
        let cursor = Cursor::of_bytes(&bytes).ok_or(InvalidCursor)?;
        Ok(Self(Given::Plain(cursor)))
    }
}
