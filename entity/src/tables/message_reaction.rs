//! Reactions to messages: text, which erasing deletes. One for each person and message; who took theirs back keeps a row
//! without one, so that an earlier reaction that comes late has no effect.

use sea_orm::entity::prelude::*;

use domain::ids::MessageId;

/// One person's reaction to one message.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message_reactions")]
pub struct Model {
    /// To which message.
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: MessageId,
    /// Whose: empty for the customer, an agent's id, or `supervisor:` and a supervisor's subject.
    #[sea_orm(primary_key, auto_increment = false)]
    pub who: String,
    /// The reaction; null: it was taken back.
    pub reaction: Option<String>,
    /// Since when, by the channel's clock.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
