//! What is kept only for a time: the log's old end, and idempotency keys.

use std::time::Duration;

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::load::{ONLY_ROW, no_head};
use super::{Store, StoreError};
use crate::clock::Clock;
use entity::tables::{event, idempotency, log_head};

/// How often old rows are looked for.
const EVERY: Duration = Duration::from_mins(10);

/// For how long rows are kept.
#[derive(Clone, Copy, Debug)]
pub struct Retention {
    /// Events; older cursors are `CURSOR_EXPIRED`.
    pub events: TimeDelta,
    /// Idempotency keys.
    pub idempotency: TimeDelta,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            events: TimeDelta::days(7),
            idempotency: TimeDelta::hours(24),
        }
    }
}

/// Deletes old rows now and then, for ever.
pub async fn keep_house(store: Store, clock: Clock, retention: Retention) {
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(error) = store.forget(&clock, retention).await {
            tracing::warn!(%error, "cannot delete old rows");
        }
    }
}

impl Store {
    /// Deletes what is older than it is kept. The newest event stays: it is what a cursor that was
    /// handed out just now, in a quiet time, is checked against.
    pub async fn forget(&self, clock: &Clock, retention: Retention) -> Result<(), StoreError> {
        let head = log_head::Entity::find_by_id(ONLY_ROW)
            .one(&self.read)
            .await?
            .ok_or_else(no_head)?;
        event::Entity::delete_many()
            .filter(event::Column::At.lt(clock.now() - retention.events))
            .filter(event::Column::Position.lt(head.position))
            .exec(&self.write)
            .await?;
        idempotency::Entity::delete_many()
            .filter(idempotency::Column::CreatedAt.lt(clock.now() - retention.idempotency))
            .exec(&self.write)
            .await?;
        Ok(())
    }
}
