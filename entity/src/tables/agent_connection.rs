//! Agents' connections: until when an agent counts as connected at a server.
//!
//! One instant says everything. While a stream is open it lies ahead, a lease that the server keeps
//! moving on; when the last closes it is that instant; of a server that died it passes by itself.

use sea_orm::entity::prelude::*;

use domain::ids::AgentId;

/// One agent's streams at one run of a server, all together.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agent_connections")]
pub struct Model {
    /// Whose streams.
    #[sea_orm(primary_key, auto_increment = false)]
    pub agent_id: AgentId,
    /// At which server; each start of one is another.
    #[sea_orm(primary_key, auto_increment = false)]
    pub server_id: Uuid,
    /// Ahead: connected. Past: not, since then.
    pub connected_until: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
