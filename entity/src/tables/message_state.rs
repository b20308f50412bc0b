//! What became of messages after they were posted, as far as that is more than what they say: when they were edited and
//! removed, and how far they came on their way to the customer. A message to which nothing happened has no row.

use sea_orm::entity::prelude::*;

use domain::ids::MessageId;
use domain::words::DeliveryState;

/// What became of one message.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message_states")]
pub struct Model {
    /// Of which message.
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: MessageId,
    /// When it was last edited, by the channel's clock; null: it was not.
    pub edited_at: Option<DateTimeUtc>,
    /// When it was removed, by the channel's clock; null: it was not.
    pub removed_at: Option<DateTimeUtc>,
    /// How far it came; null: the gateway has not said.
    pub delivery: Option<DeliveryState>,
    /// Since when, by the channel's clock.
    pub delivery_at: Option<DateTimeUtc>,
    /// The provider's code of why it failed; null: it did not, or none was given.
    pub delivery_code: Option<String>,
    /// The provider's words for that; null also once it was erased.
    #[sea_orm(column_type = "Text")]
    pub delivery_description: Option<String>,
    /// The log position of the latest of these changes.
    pub position: i64,
}

impl ActiveModelBehavior for ActiveModel {}
