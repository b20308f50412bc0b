//! What `regie export` reads: conversations, messages, the audit trail and figures within a time, row after row.
//!
//! By keyset pages over the pool that reads, so that it takes as much memory for a year as for a day, beside a running
//! server. Each page is as the database is when it is read: there is no snapshot of the whole, which would hold back the
//! database's own housekeeping for as long as somebody takes to read the output. What is in the time when the export begins is
//! exported once.
//!
//! Texts are read only where they are asked for, and then [`Store::audit_export`] is called first.

mod audit;
mod conversations;
mod insights;
mod messages;
mod trail;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;

use super::{Store, StoreError};

pub use insights::{InsightsBy, InsightsExport, NoInsights, columns as insights_columns};

/// What is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// Conversations that started then.
    Conversations,
    /// Messages that were posted then.
    Messages,
    /// Entries of the audit trail of that time.
    Audit,
}

/// A time from an instant to before another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportRange {
    /// At this instant or later.
    pub from: DateTime<Utc>,
    /// Before this instant.
    pub to: DateTime<Utc>,
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Nothing,
    /// An id, a word of the schema, an instant or a number: what nobody typed.
    Plain(Value),
    /// What somebody typed, or a program that is not Regie.
    Text(String),
    /// A list or object, which may hold what somebody typed.
    Nested(Value),
}

/// A row, one cell for each of the [`columns`](Export::columns).
pub type Row = Vec<Cell>;

impl Export {
    /// Its name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Conversations => "conversations",
            Self::Messages => "messages",
            Self::Audit => "audit",
        }
    }

    /// The names of its columns; those of texts come last.
    pub fn columns(self, with_texts: bool) -> Vec<&'static str> {
        let (plain, texts) = match self {
            Self::Conversations => (conversations::PLAIN, conversations::TEXTS),
            Self::Messages => (messages::PLAIN, messages::TEXTS),
            Self::Audit => (audit::PLAIN, audit::TEXTS),
        };
        let texts = if with_texts { texts } else { &[] };
        plain.iter().chain(texts).copied().collect()
    }
}

/// One page: its rows, and where to go on; none after the last.
struct Page<P> {
    rows: Vec<Row>,
    next: Option<P>,
}

impl Store {
    /// Gives every row of this time, in pages, until `take` fails or there are no more.
    pub async fn export<E: From<StoreError>>(
        &self,
        export: Export,
        range: ExportRange,
        with_texts: bool,
        mut take: impl FnMut(Vec<Row>) -> Result<(), E>,
    ) -> Result<(), E> {
        match export {
            Export::Conversations => {
                let mut after = None;
                loop {
                    let page = conversations::page(self, range, with_texts, after).await?;
                    take(page.rows)?;
                    let Some(next) = page.next else { return Ok(()) };
                    after = Some(next);
                }
            }
            Export::Messages => {
                let mut after = messages::Place::default();
                loop {
                    let page = messages::page(self, range, with_texts, after).await?;
                    take(page.rows)?;
                    let Some(next) = page.next else { return Ok(()) };
                    after = next;
                }
            }
            Export::Audit => {
                let mut after = None;
                loop {
                    let page = audit::page(self, range, with_texts, after).await?;
                    take(page.rows)?;
                    let Some(next) = page.next else { return Ok(()) };
                    after = Some(next);
                }
            }
        }
    }
}

fn plain(value: impl Into<Value>) -> Cell {
    match value.into() {
        Value::Null => Cell::Nothing,
        value => Cell::Plain(value),
    }
}

fn id(id: &impl ToString) -> Cell {
    Cell::Plain(Value::String(id.to_string()))
}

fn maybe_id(id: Option<impl ToString>) -> Cell {
    plain(id.map(|id| id.to_string()))
}

fn at(at: DateTime<Utc>) -> Cell {
    Cell::Plain(instant(at))
}

fn instant(at: DateTime<Utc>) -> Value {
    Value::String(at.to_rfc3339_opts(SecondsFormat::Micros, true))
}

fn maybe_at(instant: Option<DateTime<Utc>>) -> Cell {
    instant.map_or(Cell::Nothing, at)
}

fn text(text: Option<String>) -> Cell {
    text.map_or(Cell::Nothing, Cell::Text)
}
