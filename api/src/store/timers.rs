//! Timers are rows, so that a restart forgets nothing. This task looks for due ones and gives them
//! to the writer as orders; the rules decide under the head's lock whether each still applies, so
//! it acts exactly once, whichever of several servers brings it first.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio::task::JoinSet;

use super::writer::{Order, OrderError, Writer};
use super::{Store, StoreError};
use crate::clock::Clock;
use crate::domain::{Asker, Command};
use entity::tables::timer;

/// How often due timers are looked for: a timer acts within one second of its due time.
const EVERY: Duration = Duration::from_millis(200);
/// How many are brought at once.
const AT_ONCE: u64 = 256;

/// Brings due timers to the writer until the writer stops.
pub async fn run(store: Store, writer: Writer, clock: Clock) {
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        match bring_due(&store, &writer, &clock).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::error!(%error, "cannot act on due timers"),
        }
    }
}

/// Brings what is due now; false when the writer has stopped.
async fn bring_due(store: &Store, writer: &Writer, clock: &Clock) -> Result<bool, Arc<StoreError>> {
    let due = timer::Entity::find()
        .filter(timer::Column::DueAt.lte(clock.now()))
        .order_by_asc(timer::Column::DueAt)
        .limit(AT_ONCE)
        .all(&store.read)
        .await
        .map_err(|error| Arc::new(error.into()))?;
    let mut orders = JoinSet::new();
    for row in due {
        let writer = writer.clone();
        let command = Command::TimerDue {
            conversation: row.conversation_id,
            kind: row.kind,
        };
        orders.spawn(async move {
            let order = Order {
                asker: Asker::System,
                command,
                expected_version: None,
                reason: None,
                idempotency: None,
            };
            writer.give(order).await
        });
    }
    while let Some(answer) = orders.join_next().await {
        match answer {
            Ok(Err(OrderError::Gone(_))) => return Ok(false),
            Ok(Err(OrderError::Store(error))) => return Err(error),
            // A timer is never refused: one that was overtaken does nothing.
            Ok(Ok(_) | Err(OrderError::Refused(_))) => {}
            Err(error) => tracing::error!(%error, "a timer's order did not finish"),
        }
    }
    Ok(true)
}
