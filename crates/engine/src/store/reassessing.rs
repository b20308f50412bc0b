//! The look at every ongoing conversation that a changed setting made necessary: as a row, so that a crash forgets
//! nothing, and brought to the writer as orders, a number of conversations at a time.
//!
//! An order says after which conversation it goes on, and does nothing under the head's lock when the row says
//! otherwise by then. So each step is taken once, whichever of several servers brings it.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait};

use super::load::ONLY_ROW;
use super::order::{Order, OrderError};
use super::{Outage, Store, StoreError, Writer};
use domain::{Asker, Command, Left};
use entity::tables::reassessment::{ActiveModel, Column, Entity};

/// How often it is looked for.
const EVERY: Duration = Duration::from_millis(200);
/// The time between looks while there is something to do; a step is taken at every second one. So whoever follows the
/// log keeps up with the events: a thousand in a step.
const PAUSE: Duration = Duration::from_millis(50);

/// Brings what is left to the writer, step by step, until the writer stops.
pub async fn run(store: Store, writer: Writer) {
    let mut outage = Outage::of("look at conversations after a change of settings");
    let mut seen = Left::Nothing;
    loop {
        let idle = seen == Left::Nothing;
        tokio::time::sleep(if idle { EVERY } else { PAUSE }).await;
        let brought = bring(&store, &writer, &mut seen).await;
        if let Err(OrderError::Gone(_)) = brought {
            return;
        }
        outage.hears(&brought);
    }
}

/// Brings the next step where nobody has taken one since the last look: several servers together go no faster.
async fn bring(store: &Store, writer: &Writer, seen: &mut Left) -> Result<(), OrderError> {
    let left = left(&store.read).await.map_err(Arc::new)?;
    let before = std::mem::replace(seen, left);
    let Left::After(after) = left else {
        return Ok(());
    };
    if before != left {
        return Ok(());
    }
    let given = writer.give(Order {
        asker: Asker::System,
        command: Command::Reassess { after },
        expected_version: None,
        reason: None,
        idempotency: None,
    });
    given.await.map(drop)
}

/// What is left to look at.
pub(super) async fn left(connection: &impl ConnectionTrait) -> Result<Left, StoreError> {
    let row = Entity::find_by_id(ONLY_ROW).one(connection).await?;
    Ok(row.map_or(Left::Nothing, |row| Left::After(row.after_id)))
}

/// Keeps what is left from now on.
pub(super) async fn write(transaction: &DatabaseTransaction, left: Left) -> Result<(), StoreError> {
    let Left::After(after) = left else {
        Entity::delete_by_id(ONLY_ROW).exec(transaction).await?;
        return Ok(());
    };
    let row = ActiveModel {
        id: Set(ONLY_ROW),
        after_id: Set(after),
    };
    let moved = OnConflict::column(Column::Id)
        .update_column(Column::AfterId)
        .to_owned();
    Entity::insert(row)
        .on_conflict(moved)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}
