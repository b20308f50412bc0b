//! The figures of a supervisor's day: counted from the log, stored in buckets, read for whoever asks.
//!
//! Purpose: `projector` follows the log and adds what each event says (`domain::insights`) to buckets of a minute. When a quarter of
//! an hour is over its minutes are joined, and at the end of a day (UTC) its quarters.
//!
//! Invariants: position and figures are written in one transaction, so that no event is counted twice or left out; one
//! server counts at a time, by a lease that each of its transactions checks. What is joined is written whole, so that a crash in the middle leaves
//! nothing that the next try does not replace.
//!
//! `again` counts what the log still says, to verify or to replace what is stored.
//!
//! Must never happen: that a command waits for figures. Transactions are small, and use the connection that writes between
//! the writer's batches.

mod again;
mod begin;
mod corrections;
mod joining;
mod progress;
mod projector;
mod read;
mod restoring;
mod rows;

pub use again::{FigureDifference, InsightsReport, RebuildError};
pub(super) use begin::EVER;
pub use progress::{Progress, Standing};
pub use projector::run as run_insights;
pub(super) use read::spans as spans_of;
pub use read::{Piece, Pieces, Range};
pub(super) use rows::{Queues, Source, Table, Times, Work, read};
