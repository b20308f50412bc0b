//! Agents' times: presence, what they had in hand, capacity.

use sea_orm::entity::prelude::*;

use domain::ids::AgentId;

/// One bucket of one agent. Not a foreign key: figures outlive what they are of.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "insight_time_buckets")]
pub struct Model {
    /// How long it is: 1, 15 or 1,440.
    #[sea_orm(primary_key, auto_increment = false)]
    pub minutes: i32,
    /// When it begins.
    #[sea_orm(primary_key, auto_increment = false)]
    pub start: DateTimeUtc,
    /// The agent.
    #[sea_orm(primary_key, auto_increment = false)]
    pub agent_id: AgentId,
    /// `domain::insights::AgentTimes`: JSON.
    #[sea_orm(column_type = "Text")]
    pub figures: String,
}

impl ActiveModelBehavior for ActiveModel {}
