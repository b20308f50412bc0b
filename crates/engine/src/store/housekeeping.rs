//! What is kept only for a time: the log's old end, idempotency keys, revocations, what removed messages
//! said, and a file database's journal.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Store, StoreError, revocations};
use crate::board::Board;
use crate::clock::Clock;
use entity::tables::{agent_notice, event, idempotency, message_revision};

/// How often old rows are looked for.
const EVERY: Duration = Duration::from_mins(10);

/// How many events go at once.
const CHUNK: u64 = 1000;

/// For how long rows are kept.
#[derive(Clone, Copy, Debug)]
pub struct Retention {
    /// Events; older cursors are `CURSOR_EXPIRED`.
    pub events: TimeDelta,
    /// Idempotency keys.
    pub idempotency: TimeDelta,
    /// What removed messages said.
    pub removed_texts: TimeDelta,
    /// What supervisors told agents.
    pub agent_notices: TimeDelta,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            events: TimeDelta::days(7),
            idempotency: TimeDelta::hours(24),
            removed_texts: TimeDelta::days(30),
            agent_notices: TimeDelta::days(7),
        }
    }
}

/// Deletes old rows now and then, and forgets what nobody can ask about without them, for ever.
pub async fn keep_house(store: Store, board: Arc<Board>, clock: Clock, retention: Retention) {
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(error) = store.forget(&clock, retention).await {
            tracing::warn!(%error, "cannot delete old rows");
        }
        match store.first_event().await {
            Ok(Some(first)) => board.update(|state| state.past.forget_before(first)),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "cannot see where the log begins"),
        }
        store.fold_journal().await;
    }
}

impl Store {
    /// The position of the oldest event that is kept; another server may have deleted some too.
    pub(super) async fn first_event(&self) -> Result<Option<i64>, StoreError> {
        let first = event::Entity::find()
            .select_only()
            .column(event::Column::Position)
            .order_by_asc(event::Column::Position)
            .into_tuple();
        Ok(first.one(&self.read).await?)
    }

    /// Deletes what is older than it is kept, a little at a time, so that commands get between. Of
    /// the log always an old end goes, never what lies between: a gap would look like another log.
    /// The newest event stays: it is what a cursor that was handed out just now, in a quiet time, is
    /// checked against.
    pub async fn forget(&self, clock: &Clock, retention: Retention) -> Result<(), StoreError> {
        let cutoff = clock.now() - retention.events;
        loop {
            let oldest: Vec<(i64, DateTime<Utc>)> = event::Entity::find()
                .select_only()
                .columns([event::Column::Position, event::Column::At])
                .order_by_asc(event::Column::Position)
                .limit(CHUNK + 1)
                .into_tuple()
                .all(&self.read)
                .await?;
            // One more than may go was read: the newest event is never among those that may.
            let may_go = &oldest[..oldest.len().saturating_sub(1)];
            let old = may_go.iter().take_while(|(_, at)| *at < cutoff).count();
            let Some((last, _)) = old.checked_sub(1).map(|index| may_go[index]) else {
                break;
            };
            let transaction = self.write.begin_in_background().await?;
            event::Entity::delete_many()
                .filter(event::Column::Position.lte(last))
                .exec(&*transaction)
                .await?;
            transaction.commit().await?;
        }
        let transaction = self.write.begin_in_background().await?;
        revocations::forget(&transaction, clock.now()).await?;
        idempotency::Entity::delete_many()
            .filter(idempotency::Column::CreatedAt.lt(clock.now() - retention.idempotency))
            .exec(&*transaction)
            .await?;
        let removed_before = clock.now() - retention.removed_texts;
        message_revision::Entity::delete_many()
            .filter(message_revision::Column::RemovedAt.lt(removed_before))
            .exec(&*transaction)
            .await?;
        let told_before = clock.now() - retention.agent_notices;
        agent_notice::Entity::delete_many()
            .filter(agent_notice::Column::PostedAt.lt(told_before))
            .exec(&*transaction)
            .await?;
        Ok(transaction.commit().await?)
    }
}
