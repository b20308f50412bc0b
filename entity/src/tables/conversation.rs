//! Conversations: one row a customer contact, the latest after-image beside the columns that queries
//! need.
//!
//! `image` is what the rules made; the other columns repeat it for SQL and are written together with
//! it, in the transaction of the event at `position`. Never change one without the others.
//! `subject` alone is not in the image: it is text, and can be erased.

use sea_orm::entity::prelude::*;

use domain::ids::{AgentId, ConversationId, CustomerId, QueueId, WorkstreamId};
use domain::words::{Channel, Mode, SentimentLevel, State, StatusReason};

/// A conversation.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversations")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConversationId,
    /// Where it takes place; never changes.
    pub channel: Channel,
    /// The source of the gateway that started it; null: it is from before there were sources. Never changes.
    pub source: Option<String>,
    /// TEXT, or VOICE or VIDEO once elevated.
    pub mode: Mode,
    /// Where it stands; CLOSED is final.
    pub state: State,
    /// Why it stands there.
    pub reason: StatusReason,
    /// The queue it is in; kept while assigned.
    pub queue_id: QueueId,
    /// Its workstream; never changes.
    pub workstream_id: WorkstreamId,
    /// Its customer.
    pub customer_id: CustomerId,
    /// Who handles it, or handled it when closed; null: nobody, or an offer waits for its answer.
    pub agent_id: Option<AgentId>,
    /// The closed conversation that this one continues; null: none.
    pub previous_id: Option<ConversationId>,
    /// What it is about, in the customer's or gateway's words; null: not said, or erased.
    #[sea_orm(column_type = "Text")]
    pub subject: Option<String>,
    /// Rises by one with each change that everybody concerned may know of; from 1.
    pub version: i32,
    /// Customer sentiment at `position`.
    pub sentiment: SentimentLevel,
    /// When it started.
    pub started_at: DateTimeUtc,
    /// When it ended; null: ongoing.
    pub closed_at: Option<DateTimeUtc>,
    /// When something last happened that its participants know of. Null in a row from before there was this column; a
    /// closed conversation's is `closed_at`, and queries take it from there.
    pub last_activity_at: Option<DateTimeUtc>,
    /// The code of how it ended, as who closed it said; null: nobody said.
    pub disposition: Option<String>,
    /// How the customer rated it, from 1 to 5; null: they did not.
    pub rating: Option<i16>,
    /// The log position of its latest event, which made this row.
    pub position: i64,
    /// The conversation as the rules made it: the JSON after-image of the event at `position`.
    #[sea_orm(column_type = "Text")]
    pub image: String,
    /// The queue itself.
    #[sea_orm(belongs_to, from = "queue_id", to = "id")]
    pub queue: BelongsTo<super::queue::Entity>,
    /// The workstream itself.
    #[sea_orm(belongs_to, from = "workstream_id", to = "id")]
    pub workstream: BelongsTo<super::workstream::Entity>,
    /// The customer itself.
    #[sea_orm(belongs_to, from = "customer_id", to = "id")]
    pub customer: BelongsTo<super::customer::Entity>,
    /// The agent itself.
    #[sea_orm(belongs_to, from = "agent_id", to = "id")]
    pub agent: BelongsTo<Option<super::agent::Entity>>,
    /// The conversation that this one continues.
    #[sea_orm(self_ref, relation_enum = "Previous", from = "previous_id", to = "id")]
    pub previous: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
