//! How agents stand where the log is counted to: from there their times go on.

use sea_orm::entity::prelude::*;

use domain::ids::AgentId;

/// One agent.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "insight_hands")]
pub struct Model {
    /// Whose. Not a foreign key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub agent_id: AgentId,
    /// `domain::insights::Hand`: JSON.
    #[sea_orm(column_type = "Text")]
    pub hand: String,
}

impl ActiveModelBehavior for ActiveModel {}
