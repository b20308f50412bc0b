//! Holds the audit chain against itself: recomputes every hash, and looks whether the tail is the
//! one that the head names.
//!
//! What this finds: an entry that was altered, removed or put in; a tail that was cut off. Whoever
//! can write to the whole database can also cut the tail or rewrite the chain *and* its head; that
//! shows only against a hash that was noted elsewhere before, which is what `expect` is for.
//! Reads one snapshot, so it may run beside a server. Changes nothing.

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, IsolationLevel,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, TransactionTrait,
};
use sea_orm::{ColumnTrait, QueryResult};

use super::load::{Heads, read_head};
use super::{Store, StoreError, audit::chain};
use entity::tables::audit::{Column, Entity, Model};

/// How many entries one read brings.
const PAGE: u64 = 1_000;

/// What verifying found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditReport {
    /// How many entries are good, from the first on.
    pub entries: i64,
    /// The hash of the last good one; empty when there is none.
    pub hash: String,
    /// The first thing that is wrong; none: the chain is whole.
    pub fault: Option<AuditFault>,
}

/// What is wrong with the audit chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditFault {
    /// Its hash is not that of its content after the entry before.
    #[error("entry {0} does not match its hash: it was altered, or the entry before it was")]
    Altered(i64),
    /// It is not there, but a later one is.
    #[error("entry {0} is missing")]
    Missing(i64),
    /// It stands where none can be.
    #[error("entry {0} was put in: no entry can have this number here")]
    Added(i64),
    /// It is not there, nor is a later one, but the head names one.
    #[error("entry {first} is missing, and all after it: the head names entry {head} as the last")]
    CutOff {
        /// The first that is missing.
        first: i64,
        /// The last, as the head says.
        head: i64,
    },
    /// It is beyond the entry that the head names as the last.
    #[error("entry {first} was put in: the head names entry {head} as the last")]
    BeyondHead {
        /// The first that is too many.
        first: i64,
        /// The last, as the head says.
        head: i64,
    },
    /// The last entry is another than the one that the head names.
    #[error("entry {0} is not the one that the head names: the chain or the head was rewritten")]
    NotTheHead(i64),
    /// The hash that was noted before is of no entry.
    #[error(
        "no entry up to entry {last} has the expected hash {hash}: the entry that had it was cut \
         off, or the chain was rewritten"
    )]
    NotExpected {
        /// The last entry there is.
        last: i64,
        /// What was noted.
        hash: String,
    },
}

impl Store {
    /// Walks the audit chain from its first entry to its head. `expect` is a hash that was noted
    /// before (of any entry: the head's of that time, as a rule) and must still occur.
    pub async fn verify_audit(&self, expect: Option<&str>) -> Result<AuditReport, StoreError> {
        let snapshot = self
            .read
            .begin_with_config(
                Some(IsolationLevel::RepeatableRead).filter(|_| !self.is_sqlite()),
                Some(AccessMode::ReadOnly).filter(|_| !self.is_sqlite()),
            )
            .await?;
        let head = read_head(&snapshot).await?;
        let mut walk = Walk {
            number: 0,
            hash: String::new(),
            expected: expect.map(|hash| (hash, false)),
        };
        let fault = loop {
            let rows = page_after(&snapshot, walk.number).await?;
            let fault = rows.iter().find_map(|row| walk.step(row).err());
            if fault.is_some() || rows.is_empty() {
                break fault;
            }
        };
        snapshot.commit().await?;
        let fault = fault.or_else(|| walk.end(&head));
        Ok(AuditReport {
            entries: walk.number,
            hash: walk.hash,
            fault,
        })
    }
}

/// The rows as they are: one that cannot be read is a find, not an error of the database. The first
/// page begins wherever the rows begin.
async fn page_after(
    snapshot: &DatabaseTransaction,
    number: i64,
) -> Result<Vec<QueryResult>, StoreError> {
    let select = Entity::find()
        .order_by_asc(Column::Number)
        .limit(PAGE)
        .apply_if((number > 0).then_some(number), |select, number| {
            select.filter(Column::Number.gt(number))
        });
    Ok(snapshot.query_all(select.as_query()).await?)
}

/// How far the chain is good.
struct Walk<'a> {
    number: i64,
    hash: String,
    expected: Option<(&'a str, bool)>,
}

impl Walk<'_> {
    fn step(&mut self, row: &QueryResult) -> Result<(), AuditFault> {
        let due = self.number + 1;
        let entry = Model::from_query_result(row, "").map_err(|_| AuditFault::Altered(due))?;
        if entry.number > due {
            return Err(AuditFault::Missing(due));
        }
        if entry.number < due {
            return Err(AuditFault::Added(entry.number));
        }
        // The hash covers the instant to the microsecond, which is as fine as it is ever written.
        let finer = entry.at.timestamp_subsec_nanos() % 1_000 != 0;
        if finer || chain(&self.hash, &entry) != entry.hash {
            return Err(AuditFault::Altered(due));
        }
        if let Some((hash, found)) = &mut self.expected {
            *found |= *hash == entry.hash;
        }
        self.number = entry.number;
        self.hash = entry.hash;
        Ok(())
    }

    /// What is wrong with where the chain ends.
    fn end(&self, head: &Heads) -> Option<AuditFault> {
        let (last, named) = (self.number, head.audit_number);
        if last < named {
            let first = last + 1;
            return Some(AuditFault::CutOff { first, head: named });
        }
        if last > named {
            let first = named.max(0) + 1;
            return Some(AuditFault::BeyondHead { first, head: named });
        }
        if self.hash != head.audit_hash {
            return Some(AuditFault::NotTheHead(last));
        }
        match self.expected {
            Some((hash, false)) => Some(AuditFault::NotExpected {
                last,
                hash: hash.to_owned(),
            }),
            _ => None,
        }
    }
}
