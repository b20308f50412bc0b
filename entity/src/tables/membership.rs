//! Memberships: which agents pick from, and take transfers in, which queues.

use sea_orm::entity::prelude::*;

use domain::ids::{AgentId, QueueId};

/// One agent's membership of one queue.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "memberships")]
pub struct Model {
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub agent_id: AgentId,
    /// Of which queue.
    #[sea_orm(primary_key, auto_increment = false)]
    pub queue_id: QueueId,
    /// The agent itself.
    #[sea_orm(belongs_to, from = "agent_id", to = "id")]
    pub agent: BelongsTo<super::agent::Entity>,
    /// The queue itself.
    #[sea_orm(belongs_to, from = "queue_id", to = "id")]
    pub queue: BelongsTo<super::queue::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
