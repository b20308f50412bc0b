//! What supervisors told agents, for seven days.

use sea_orm::entity::prelude::*;

use domain::ids::AgentNoticeId;

/// A notice to agents; the events name whom.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agent_notices")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AgentNoticeId,
    /// The supervisor's subject.
    pub by: String,
    /// What the agents were told.
    pub text: String,
    /// When.
    pub posted_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
