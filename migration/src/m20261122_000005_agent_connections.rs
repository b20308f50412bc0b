//! Agents' connections: which agent has a stream open at which server, as a lease.
//!
//! No foreign key: a lease is not a record, and must never keep an agent's row from going.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{timestamp_with_time_zone, uuid};

use crate::shape::{drop_tables, index, primary_key};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connections = Table::create()
            .table("agent_connections")
            .col(uuid("agent_id"))
            .col(uuid("server_id"))
            .col(timestamp_with_time_zone("connected_until"))
            .primary_key(&mut primary_key(
                "pk_agent_connections",
                &["agent_id", "server_id"],
            ))
            .take();
        manager.create_table(connections).await?;
        manager
            .create_index(index(
                "ix_agent_connections_until",
                "agent_connections",
                &["connected_until"],
            ))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["agent_connections"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
