//! Following the other servers that write to the same database.

use std::sync::Arc;

use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, TransactionTrait,
};

use super::batch::Scribe;
use crate::domain::Change;
use crate::store::StoreError;
use crate::store::entry::{Entry, Head, chain};
use crate::store::load::{Heads, ONLY_ROW, names_of, no_head};
use crate::store::log::{Recent, entry_of};
use entity::tables::{event, log_head};

impl Scribe {
    /// Looks for events that other servers committed.
    pub async fn catch_up(&self) -> Result<(), StoreError> {
        let row = log_head::Entity::find_by_id(ONLY_ROW)
            .one(&self.store.read)
            .await?;
        let head = Heads::from(row.ok_or_else(no_head)?).log;
        if head == self.board.head() {
            return Ok(());
        }
        let snapshot = self.store.read.begin().await?;
        self.catch_up_to(&snapshot, head).await?;
        Ok(snapshot.commit().await?)
    }

    /// Puts on the board what was committed elsewhere since the board's position. What follows must
    /// be there without a gap, and belong to the log that the board is of: a board of another history
    /// is of no use, and says so until the server is restarted.
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
                return Err(broken(position));
            }
            (position, hash) = (row.position, row.hash);
            entries.push(Arc::new(entry_of(row, head.epoch)?));
        }
        if known.epoch != head.epoch || position != head.position || hash != head.hash {
            return Err(broken(position));
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
        self.log.push(recent, head);
        Ok(())
    }
}

fn broken(position: i64) -> StoreError {
    let problem = format!(
        "what follows position {position} is not the log that this server knows; restart it"
    );
    StoreError::Row {
        table: "events",
        problem,
    }
}
