//! The words of the event log: its entries, where it stands, and cursors. What reads and writes it is the store's.

pub mod cursor;
mod entry;

pub use cursor::{Cursor, Cursors, GivenCursor, InvalidCursor, NotOpened, ShownCursor};
pub(crate) use entry::chain;
pub use entry::{Entry, Head};
