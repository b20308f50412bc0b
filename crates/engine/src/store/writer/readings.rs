//! What agents have read of a customer's earlier conversations: the first reading is an entry of the audit trail.

use std::collections::HashSet;

use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, ExprTrait, QueryFilter};

use super::Order;
use super::persist::insert;
use crate::store::StoreError;
use domain::{Command, EarlierReading, Text};
use entity::tables::earlier_reading::{self, Column as C};

/// The readings that are known, of those that these orders are about: whoever read.
pub(super) async fn look_up(
    transaction: &DatabaseTransaction,
    orders: &[&Order],
) -> Result<Vec<EarlierReading>, StoreError> {
    let asked = orders.iter().filter_map(|order| match &order.command {
        Command::ReadEarlier {
            conversation,
            earlier,
        } => Some((*conversation, *earlier)),
        _ => None,
    });
    let asked: HashSet<_> = asked.collect();
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let any = asked
        .into_iter()
        .fold(Condition::any(), |any, (conversation, earlier)| {
            any.add(
                C::ConversationId
                    .eq(conversation)
                    .and(C::EarlierId.eq(earlier)),
            )
        });
    let rows = earlier_reading::Entity::find()
        .filter(any)
        .all(transaction)
        .await?;
    let readings = rows.into_iter().map(|row| EarlierReading {
        conversation: row.conversation_id,
        agent: row.agent_id,
        earlier: row.earlier_id,
    });
    Ok(readings.collect())
}

/// Writes the first readings.
pub(super) async fn write(
    transaction: &DatabaseTransaction,
    texts: &[Text],
) -> Result<(), StoreError> {
    let read = texts.iter().filter_map(|text| match text {
        Text::EarlierRead(reading, at) => Some(earlier_reading::ActiveModel {
            conversation_id: Set(reading.conversation),
            agent_id: Set(reading.agent),
            earlier_id: Set(reading.earlier),
            read_at: Set(*at),
        }),
        _ => None,
    });
    insert!(
        transaction,
        earlier_reading::Entity,
        read.collect::<Vec<_>>(),
        None
    );
    Ok(())
}
