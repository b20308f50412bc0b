//! Figures of agents' work, by agent and queue.

use sea_orm::entity::prelude::*;

use domain::ids::{AgentId, QueueId};

/// One bucket of one key. Not foreign keys: figures outlive what they are of.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "insight_agent_buckets")]
pub struct Model {
    /// How long it is: 1, 15 or 1,440; 0: all the time up to now, of which only what goes on is kept.
    #[sea_orm(primary_key, auto_increment = false)]
    pub minutes: i32,
    /// When it begins.
    #[sea_orm(primary_key, auto_increment = false)]
    pub start: DateTimeUtc,
    /// The agent.
    #[sea_orm(primary_key, auto_increment = false)]
    pub agent_id: AgentId,
    /// The queue of the work.
    #[sea_orm(primary_key, auto_increment = false)]
    pub queue_id: QueueId,
    /// `domain::insights::Figures`: JSON.
    #[sea_orm(column_type = "Text")]
    pub figures: String,
}

impl ActiveModelBehavior for ActiveModel {}
