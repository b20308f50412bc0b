//! What supervisors tell agents: a table, and an index by which the old rows are found.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string, text, timestamp_with_time_zone, uuid};

use crate::shape::{drop_tables, index};

const NOTICES: &str = "agent_notices";

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let notices = Table::create()
            .table(NOTICES)
            .col(uuid("id").primary_key())
            .col(string("by"))
            .col(text("text"))
            .col(timestamp_with_time_zone("posted_at"))
            .take();
        manager.create_table(notices).await?;
        let by_age = index("ix_agent_notices_posted", NOTICES, &["posted_at"]);
        manager.create_index(by_age).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &[NOTICES]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
