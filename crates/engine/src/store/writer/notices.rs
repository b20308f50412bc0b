//! What supervisors tell agents.

use sea_orm::ActiveValue::Set;
use sea_orm::DatabaseTransaction;

use super::persist::insert;
use crate::store::StoreError;
use domain::Text;
use entity::tables::agent_notice;

/// Writes what agents are told.
pub(super) async fn write(
    transaction: &DatabaseTransaction,
    texts: &[Text],
) -> Result<(), StoreError> {
    let told = texts.iter().filter_map(|text| match text {
        Text::AgentNotice { id, by, text, at } => Some(agent_notice::ActiveModel {
            id: Set(*id),
            by: Set(by.to_string()),
            text: Set(text.to_string()),
            posted_at: Set(*at),
        }),
        _ => None,
    });
    insert!(
        transaction,
        agent_notice::Entity,
        told.collect::<Vec<_>>(),
        None
    );
    Ok(())
}
