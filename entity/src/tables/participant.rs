//! Participants: who was in a conversation, in which role, from when to when.
//!
//! Somebody who comes back, or changes role, gets another row. A supervisor who only monitors is no
//! participant and has none.

use sea_orm::entity::prelude::*;

use domain::ids::ConversationId;
use domain::words::ParticipantRole;

/// One stay of one participant in one conversation.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "participants")]
pub struct Model {
    /// In which conversation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub conversation_id: ConversationId,
    /// As what.
    #[sea_orm(primary_key, auto_increment = false)]
    pub role: ParticipantRole,
    /// Who: the text of an agent's or customer's id, or a supervisor's subject.
    #[sea_orm(primary_key, auto_increment = false)]
    pub who: String,
    /// The log position at which the stay began; tells stays of the same person apart.
    #[sea_orm(primary_key, auto_increment = false)]
    pub joined_position: i64,
    /// When the stay began.
    pub joined_at: DateTimeUtc,
    /// When it ended; null: still there.
    pub left_at: Option<DateTimeUtc>,
    /// The conversation itself.
    #[sea_orm(belongs_to, from = "conversation_id", to = "id")]
    pub conversation: BelongsTo<super::conversation::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
