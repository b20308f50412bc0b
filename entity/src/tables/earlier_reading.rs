//! Which earlier conversations of a customer an agent has read as the primary agent of a later one.
//!
//! The audit trail has an entry for each of these rows; they are how the first reading is told from the next.

use sea_orm::entity::prelude::*;

use domain::ids::{AgentId, ConversationId};

/// An agent has read an earlier conversation.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "earlier_readings")]
pub struct Model {
    /// The conversation whose primary agent they were.
    #[sea_orm(primary_key, auto_increment = false)]
    pub conversation_id: ConversationId,
    /// Who read.
    #[sea_orm(primary_key, auto_increment = false)]
    pub agent_id: AgentId,
    /// What they read.
    #[sea_orm(primary_key, auto_increment = false)]
    pub earlier_id: ConversationId,
    /// When first.
    pub read_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
