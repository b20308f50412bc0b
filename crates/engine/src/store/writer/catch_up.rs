//! Following the other servers that write to the same database.
//!
//! What they committed is read a page at a time, checked, and put on the board and in the log before the next is read, so
//! a server that is far behind holds a page in memory, and its followers go on meanwhile. All but a little is read before
//! the log's head is locked, since every other server waits for that.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio::time::Instant;

use super::batch::BatchWriter;
use super::persist;
use crate::board::State;
use crate::log::{Entry, Head, chain};
use crate::store::StoreError;
use crate::store::load::{Heads, names_of};
use crate::store::log::{Recent, entry_of};
use domain::{Change, Subject};
use entity::tables::{audit as audit_rows, event};

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

/// How many events are read at once.
const PAGE: u32 = 1_000;
/// The last pages, which may be read while the head is locked: about what some servers commit while this one waits for it.
const UNDER_LOCK: i64 = 4_000;
/// A server that is further behind is not ready.
const FAR: i64 = 10_000;
/// How many events are caught up with from one line of the log to the next.
const TOLD: i64 = 50_000;
/// How long a server catches up before it looks at what else waits.
const TURN: Duration = Duration::from_secs(5);

/// What came of reading a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    /// It is on the board.
    Taken,
    /// Its events are not kept any more.
    Forgotten,
}

/// Whether names come with an event of this change.
const fn names(change: &Change) -> bool {
    matches!(change, Change::ConversationStarted) || change.names()
}

impl BatchWriter {
    /// Holds the database against the board, by another connection than the one that writes, and puts on the board
    /// what other servers committed. An error where that takes longer than a turn; what was read by then stays.
    pub async fn catch_up(&self) -> Result<(), StoreError> {
        let (begun, mut told) = (Instant::now(), i64::MAX);
        loop {
            let heads = self.watch.heads().await?;
            self.has_what_was_acknowledged(&heads)?;
            let behind = heads.log.position - self.board.head().position;
            if heads.log == self.board.head() {
                return Ok(());
            }
            let is_far = behind > FAR;
            if begun.elapsed() > TURN {
                return if is_far {
                    Err(StoreError::Behind)
                } else {
                    Ok(())
                };
            }
            if is_far {
                self.health.fails();
                if behind < told.saturating_sub(TOLD) {
                    tracing::info!(
                        events = behind,
                        "this server is behind the log, and catches up"
                    );
                    told = behind;
                }
            }
            let page = self.take_page(&self.store.read, heads.log).await?;
            if page == Page::Forgotten {
                self.take_board(&heads).await?;
            } else if behind <= i64::from(PAGE) {
                // Others may have gone on since; that is for the next time.
                return Ok(());
            }
        }
    }

    /// The same for what little is left under the head's lock; whether the board is at the head.
    pub(super) async fn catch_up_under_lock(
        &self,
        transaction: &impl ConnectionTrait,
        head: Head,
    ) -> Result<bool, StoreError> {
        if head.position - self.board.head().position > UNDER_LOCK {
            return Ok(false);
        }
        while self.board.head() != head {
            if self.take_page(transaction, head).await? == Page::Forgotten {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Tries whether the database takes a write, by a transaction that changes the head and changes it back:
    /// SQLite writes no page whose content was never another.
    pub async fn try_to_write(&self) -> Result<(), StoreError> {
        let (transaction, heads) = self.begin().await?;
        let mut other = heads.clone();
        other.audit_number += 1;
        persist::write_head(&transaction, &other).await?;
        persist::write_head(&transaction, &heads).await?;
        transaction.commit().await?;
        self.watch.in_place()
    }

    /// An error where the database lacks what was acknowledged. The audit trail grows also where the log does
    /// not; whether the log goes on from the board is judged where it is read.
    pub(super) fn has_what_was_acknowledged(&self, heads: &Heads) -> Result<(), StoreError> {
        let (number, hash) = &self.audited_to;
        let position = self.board.head().position;
        let same = heads.audit_number != *number || heads.audit_hash == *hash;
        if heads.log.position >= position && heads.audit_number >= *number && same {
            return Ok(());
        }
        let position = position.min(heads.log.position);
        Err(StoreError::OtherLog { position })
    }

    /// Puts on the board, and in the log, the next page of what was committed elsewhere since the board's position. What
    /// follows must be there without a gap, and belong to the log that the board is of: a board of another history
    /// is of no use until the database has the board's history again, or the server is restarted.
    async fn take_page(
        &self,
        connection: &impl ConnectionTrait,
        head: Head,
    ) -> Result<Page, StoreError> {
        let known = self.board.head();
        let rows = event::Entity::find()
            .filter(event::Column::Position.gt(known.position))
            .filter(event::Column::Position.lte(head.position))
            .order_by_asc(event::Column::Position)
            .limit(u64::from(PAGE))
            .all(connection)
            .await?;
        let other = |position| Err(StoreError::OtherLog { position });
        if known.epoch != head.epoch || rows.is_empty() {
            return other(known.position);
        }
        if rows[0].position > known.position + 1
            && self.store.first_event().await? == Some(rows[0].position)
        {
            return Ok(Page::Forgotten);
        }
        let mut entries: Vec<Arc<Entry>> = Vec::with_capacity(rows.len());
        let mut at = known;
        for row in &rows {
            let expected = chain(at.hash, at.position + 1, &row.change, &row.after);
            if row.position != at.position + 1 || row.hash != expected {
                return other(at.position);
            }
            (at.position, at.hash) = (row.position, row.hash);
            entries.push(Arc::new(entry_of(row, head.epoch)?));
        }
        let is_last = entries.len() < PAGE as usize || at.position == head.position;
        if is_last && at != head {
            return other(at.position);
        }
        self.put(connection, entries, at).await?;
        Ok(Page::Taken)
    }

    /// Puts these on the board, which ends at this head then, and in the log.
    async fn put(
        &self,
        connection: &impl ConnectionTrait,
        entries: Vec<Arc<Entry>>,
        head: Head,
    ) -> Result<(), StoreError> {
        let started: Vec<_> = entries
            .iter()
            .filter(|entry| names(&entry.change))
            .filter_map(|entry| entry.conversation().map(|c| (c.id, c.customer)))
            .collect();
        let found = names_of(connection, &started).await?;
        let recent: Vec<_> = self.board.update(|board| {
            let apply = |entry: Arc<Entry>| {
                let named = entry.conversation().filter(|_| names(&entry.change));
                let named = named.and_then(|c| found.get(&c.id).cloned());
                let naming = board.apply(&entry, named).map(Arc::new);
                Recent { entry, naming }
            };
            entries.into_iter().map(apply).collect()
        });
        self.log.push(&recent, head);
        Ok(())
    }

    /// Takes the board from the tables, as a start does, where the events that it lacks are not kept any more. It must be
    /// the history that this server knows, as far as the audit trail tells, which is kept for ever.
    async fn take_board(&self, heads: &Heads) -> Result<(), StoreError> {
        let known = self.board.head();
        let other = StoreError::OtherLog {
            position: known.position,
        };
        let (number, hash) = &self.audited_to;
        if *number > 0 {
            let row = audit_rows::Entity::find_by_id(*number);
            let row = row.one(&self.store.read).await?;
            if row.is_none_or(|row| row.hash != *hash) {
                return Err(other);
            }
        }
        let state = self.store.load().await?;
        let head = state.head;
        if head.epoch != known.epoch || head.position < heads.log.position {
            return Err(other);
        }
        tracing::warn!(
            from = known.position,
            to = head.position,
            "the events that this server lacks are not kept any more; it took the board from the tables"
        );
        // Whoever reads the board waits for the exchange, not for the old one's end.
        let before = self.board.update(|board| std::mem::replace(board, state));
        let agents = |subject: &Subject| {
            let agent = |board: &State| board.world.agent_of(subject).cloned();
            self.board.read(agent)
        };
        self.log.begin_at(head, agents);
        drop(before);
        Ok(())
    }
}
