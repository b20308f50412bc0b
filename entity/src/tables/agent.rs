//! Agents: who answers customers, human or bot.

use sea_orm::entity::prelude::*;

use crate::ids::AgentId;
use crate::words::{AgentKind, Presence};

/// An agent.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agents")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AgentId,
    /// The `sub` of its tokens; no two agents share one.
    #[sea_orm(unique)]
    pub subject: String,
    /// The name that colleagues see.
    pub name: String,
    /// Human or bot.
    pub kind: AgentKind,
    /// Total capacity units, 0 or more; 0 for a bot, which has no capacity.
    pub capacity: i32,
    /// Whether it can be reached for work; meaningless for a bot.
    pub presence: Presence,
    /// When an administrator made it.
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
