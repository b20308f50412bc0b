//! Messages: the transcript of a conversation, and the only place of its text.
//!
//! Events refer to a message by id; erasing sets `text` to null and keeps the row.

use sea_orm::entity::prelude::*;

use domain::ids::{AgentId, ConversationId, MessageId};
use domain::words::{Author, Intent, ScoreSource, SystemMessage, Visibility};

/// One message.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "messages")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MessageId,
    /// Of which conversation.
    #[sea_orm(unique_key = "conversation_number")]
    pub conversation_id: ConversationId,
    /// Its place in the conversation, from 1, with those that coach an agent counted.
    #[sea_orm(unique_key = "conversation_number")]
    pub number: i32,
    /// How many of those up to it, with itself, coach an agent: its place among the others is `number` less these.
    pub coaching: i32,
    /// What its author is.
    pub author: Author,
    /// The agent or bot who wrote it; null for every other author.
    pub agent_id: Option<AgentId>,
    /// The subject of the supervisor who wrote it; null for every other author.
    pub author_subject: Option<String>,
    /// Who may read it.
    pub visibility: Visibility,
    /// The agent whom it coaches; null unless the visibility is COACHING.
    pub coached_id: Option<AgentId>,
    /// What Regie says; null unless the author is SYSTEM.
    pub system_message: Option<SystemMessage>,
    /// What it says; null for a system message, one of attachments alone, or erased.
    #[sea_orm(column_type = "Text")]
    pub text: Option<String>,
    /// Sentiment from -1 (worst) to 1 (best); null: not scored, as no message but the customer's is.
    pub score: Option<f32>,
    /// The scorer's confidence from 0 to 1; null: not scored.
    pub confidence: Option<f32>,
    /// The code of the language that the scorer took it to be in; null: not recognised.
    pub language: Option<String>,
    /// Whose score it is; null: Regie's own, or not scored.
    pub score_source: Option<ScoreSource>,
    /// What a customer's message is for; null: not theirs, not analysed, or not read.
    pub intent: Option<Intent>,
    /// The attachments, as JSON (`domain::Attachment`); null: none, or erased.
    #[sea_orm(column_type = "Text")]
    pub attachments: Option<String>,
    /// When the customer sent it by the channel's clock, never after `posted_at`; null: not said.
    pub sent_at: Option<DateTimeUtc>,
    /// The message of the conversation that it answers; null: none.
    pub reply_to_id: Option<MessageId>,
    /// The id that the channel's provider gave it; null: not said, or erased.
    pub external_id: Option<String>,
    /// When it was posted.
    pub posted_at: DateTimeUtc,
    /// The log position of its `MessagePosted` event.
    pub position: i64,
    /// When its text was erased; null: it was not.
    pub erased_at: Option<DateTimeUtc>,
    /// The conversation itself.
    #[sea_orm(belongs_to, from = "conversation_id", to = "id")]
    pub conversation: BelongsTo<super::conversation::Entity>,
    /// The agent itself.
    #[sea_orm(belongs_to, from = "agent_id", to = "id")]
    pub agent: BelongsTo<Option<super::agent::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
