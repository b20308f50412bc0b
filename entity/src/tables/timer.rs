//! Timers: what must happen at an instant, kept as rows so that a restart forgets nothing.
//!
//! A row goes in the transaction that acts on it, which is why it acts once when several servers run.

use sea_orm::entity::prelude::*;

use domain::ids::ConversationId;
use domain::words::TimerKind;

/// One timer of one conversation; setting it again moves it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "timers")]
pub struct Model {
    /// Of which conversation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub conversation_id: ConversationId,
    /// What happens when it is due.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: TimerKind,
    /// When it is due; the earliest instant where several things of the kind wait.
    pub due_at: DateTimeUtc,
    /// The conversation itself.
    #[sea_orm(belongs_to, from = "conversation_id", to = "id")]
    pub conversation: BelongsTo<super::conversation::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
