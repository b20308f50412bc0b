//! Since when agents have their presence: a column.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::timestamp_with_time_zone_null;

const AGENTS: &str = "agents";
const SINCE: &str = "presence_since";

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let since = timestamp_with_time_zone_null(SINCE);
        let since = Table::alter().table(AGENTS).add_column(since).take();
        manager.alter_table(since).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let since = Table::alter().table(AGENTS).drop_column(SINCE).take();
        manager.alter_table(since).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
