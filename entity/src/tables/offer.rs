//! Offers: assignments awaiting acceptance and transfer requests, and how they ended.
//!
//! A conversation has at most one with outcome PENDING.

use sea_orm::entity::prelude::*;

use domain::ids::{AgentId, ConversationId, OfferId};
use domain::words::{CancelReason, OfferKind, OfferOutcome};

/// An offer of one conversation to one agent.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "offers")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OfferId,
    /// Of which conversation.
    pub conversation_id: ConversationId,
    /// What accepting it would do.
    pub kind: OfferKind,
    /// To whom.
    pub agent_id: AgentId,
    /// The subject of the supervisor who made it.
    pub made_by: String,
    /// Capacity units reserved for it while PENDING, 0 or more.
    pub units: i32,
    /// By how many units the agent's capacity was exceeded when it was made; 0: not.
    pub exceeded_by: i32,
    /// When it was made.
    pub made_at: DateTimeUtc,
    /// When it times out.
    pub due_at: DateTimeUtc,
    /// How it stands.
    pub outcome: OfferOutcome,
    /// Why it was cancelled; null unless the outcome is CANCELLED.
    pub cancel_reason: Option<CancelReason>,
    /// When the outcome was known; null while PENDING.
    pub answered_at: Option<DateTimeUtc>,
    /// The conversation itself.
    #[sea_orm(belongs_to, from = "conversation_id", to = "id")]
    pub conversation: BelongsTo<super::conversation::Entity>,
    /// The agent itself.
    #[sea_orm(belongs_to, from = "agent_id", to = "id")]
    pub agent: BelongsTo<super::agent::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
