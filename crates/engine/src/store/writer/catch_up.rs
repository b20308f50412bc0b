//! Following the other servers that write to the same database.

use std::sync::Arc;

use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, TransactionTrait,
};

use super::batch::Scribe;
use super::persist;
use crate::log::{Entry, Head, chain};
use crate::store::StoreError;
use crate::store::load::{Heads, names_of};
use crate::store::log::{Recent, entry_of};
use domain::Change;
use entity::tables::event;

impl Scribe {
    /// Holds the database against the board, by another connection than the one that writes, and puts on the board
    /// what other servers committed.
    pub async fn catch_up(&self) -> Result<(), StoreError> {
        let heads = self.watch.heads().await?;
        self.has_what_was_acknowledged(&heads)?;
        if heads.log == self.board.head() {
            return Ok(());
        }
        let snapshot = self.store.read.begin().await?;
        self.catch_up_to(&snapshot, heads.log).await?;
        Ok(snapshot.commit().await?)
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

    /// Puts on the board what was committed elsewhere since the board's position. What follows must
    /// be there without a gap, and belong to the log that the board is of: a board of another history
    /// is of no use until the database has the board's history again, or the server is restarted.
    pub(super) async fn catch_up_to(
        &self,
        transaction: &DatabaseTransaction,
        head: Head,
    ) -> Result<(), StoreError> {
        let known = self.board.head();
        if known == head {
            return Ok(());
        }
        let rows = event::Entity::find()
            .filter(event::Column::Position.gt(known.position))
            .filter(event::Column::Position.lte(head.position))
            .order_by_asc(event::Column::Position)
            .all(transaction)
            .await?;
        let mut entries: Vec<Arc<Entry>> = Vec::with_capacity(rows.len());
        let (mut position, mut hash) = (known.position, known.hash);
        for row in &rows {
            let expected = chain(hash, position + 1, &row.change, &row.after);
            if row.position != position + 1 || row.hash != expected {
                return Err(StoreError::OtherLog { position });
            }
            (position, hash) = (row.position, row.hash);
            entries.push(Arc::new(entry_of(row, head.epoch)?));
        }
        if known.epoch != head.epoch || position != head.position || hash != head.hash {
            return Err(StoreError::OtherLog { position });
        }
        let started: Vec<_> = entries
            .iter()
            .filter(|entry| matches!(entry.change, Change::ConversationStarted))
            .filter_map(|entry| entry.conversation().map(|c| (c.id, c.customer)))
            .collect();
        let mut names = names_of(transaction, &started).await?;
        let recent: Vec<_> = self.board.update(|board| {
            let apply = |entry: Arc<Entry>| {
                let named = entry.conversation().and_then(|c| match entry.change {
                    Change::ConversationStarted => names.remove(&c.id),
                    _ => None,
                });
                let naming = board.apply(&entry, named).map(Arc::new);
                Recent { entry, naming }
            };
            entries.into_iter().map(apply).collect()
        });
        self.log.push(&recent, head);
        Ok(())
    }
}
