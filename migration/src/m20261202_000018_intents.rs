//! Messages of customers say what they are for.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_null;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let intent = string_null("intent");
        let intent = Table::alter().table("messages").add_column(intent).take();
        manager.alter_table(intent).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let intent = Table::alter()
            .table("messages")
            .drop_column("intent")
            .take();
        manager.alter_table(intent).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
