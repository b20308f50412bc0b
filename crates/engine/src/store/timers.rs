//! Timers are rows, so that a restart forgets nothing. This task looks for due ones and gives them
//! to the writer as orders; the rules decide under the head's lock whether each still applies, so
//! it acts exactly once, whichever of several servers brings it first.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::order::{Order, OrderError};
use super::{Outage, Store, StoreError, Writer};
use crate::clock::Clock;
use domain::{Asker, Command};
use entity::tables::timer;

/// How often due timers are looked for: a timer acts within one second of its due time.
const EVERY: Duration = Duration::from_millis(200);
/// How many are brought at once.
const AT_ONCE: usize = 256;
/// How many times in a row more are brought; a row that is due for ever must not keep this busy.
const PAGES: usize = 64;

/// Brings due timers to the writer until the writer stops.
pub async fn run(store: Store, writer: Writer, clock: Clock) {
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut outage = Outage::of("act on due timers");
    loop {
        tick.tick().await;
        for _ in 0..PAGES {
            let brought = bring_due(&store, &writer, &clock).await;
            if let Err(OrderError::Gone(_)) = brought {
                return;
            }
            outage.hears(&brought);
            if !matches!(brought, Ok(AT_ONCE)) {
                break;
            }
        }
    }
}

/// Brings what is due now; how many timers that were.
async fn bring_due(store: &Store, writer: &Writer, clock: &Clock) -> Result<usize, OrderError> {
    let due = timer::Entity::find()
        .filter(timer::Column::DueAt.lte(clock.now()))
        .order_by_asc(timer::Column::DueAt)
        .limit(AT_ONCE as u64)
        .all(&store.read)
        .await
        .map_err(|error| Arc::new(StoreError::from(error)))?;
    let brought = due.len();
    let orders = due.into_iter().map(|row| {
        writer.give(Order {
            asker: Asker::System,
            command: Command::TimerDue {
                conversation: row.conversation_id,
                kind: row.kind,
            },
            expected_version: None,
            reason: None,
            idempotency: None,
        })
    });
    for answer in join_all(orders).await {
        match answer {
            // A timer is never refused: one that was overtaken does nothing.
            Ok(_) | Err(OrderError::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(brought)
}
