//! Monitor and review sessions: supervisors' looks at conversations, running and past.
//!
//! Only supervisors and the audit may learn of them. One runs per supervisor and conversation.

use sea_orm::entity::prelude::*;

use domain::ids::{ConversationId, MonitorSessionId};
use domain::words::{LookKind, MonitoringEnd};

/// One look of one supervisor at one conversation.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "monitor_sessions")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MonitorSessionId,
    /// Whether it monitors or reviews.
    pub kind: LookKind,
    /// At which conversation.
    pub conversation_id: ConversationId,
    /// The subject of the supervisor.
    pub supervisor: String,
    /// Since when.
    pub started_at: DateTimeUtc,
    /// When the token that holds it expires, and it with it; a refreshed token moves it.
    #[sea_orm(column_name = "token_expires_at")]
    pub until: DateTimeUtc,
    /// Since when the supervisor takes part; null while only monitoring.
    pub joined_at: Option<DateTimeUtc>,
    /// When it ended; null: it runs.
    pub ended_at: Option<DateTimeUtc>,
    /// Why it ended; null: it runs.
    pub ended_by: Option<MonitoringEnd>,
    /// The conversation itself.
    #[sea_orm(belongs_to, from = "conversation_id", to = "id")]
    pub conversation: BelongsTo<super::conversation::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
