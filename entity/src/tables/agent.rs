//! Agents: who answers customers, human or bot.

use sea_orm::entity::prelude::*;

use domain::ids::AgentId;
use domain::words::{AgentKind, Presence};

/// An agent.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agents")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AgentId,
    /// The `sub` of its tokens; no two agents that are not deleted share one.
    pub subject: String,
    /// The name that colleagues see.
    pub name: String,
    /// Human or bot.
    pub kind: AgentKind,
    /// Total capacity units, 0 or more; 0 for a bot, which has no capacity.
    pub capacity: i32,
    /// Whether it can be reached for work; meaningless for a bot.
    pub presence: Presence,
    /// Since when it has this presence; null: since before this was recorded.
    pub presence_since: Option<DateTimeUtc>,
    /// When an administrator made it.
    pub created_at: DateTimeUtc,
    /// When an administrator deleted it; null: it is there.
    pub deleted_at: Option<DateTimeUtc>,
    /// When the agent acknowledged the monitoring notice; null: never.
    pub notice_acknowledged_at: Option<DateTimeUtc>,
    /// The version of the text that the agent acknowledged; null: none.
    pub notice_acknowledged_version: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
