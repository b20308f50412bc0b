//! Whose score a message has, and what was learnt from the operator's labels.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, string_null, text, timestamp_with_time_zone};

const MESSAGES: &str = "messages";
const ADAPTERS: &str = "sentiment_adapters";

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let source = string_null("score_source");
        let source = Table::alter().table(MESSAGES).add_column(source).take();
        manager.alter_table(source).await?;
        let adapters = Table::create()
            .table(ADAPTERS)
            .col(integer("version").primary_key())
            .col(timestamp_with_time_zone("made_at"))
            .col(integer("labels"))
            .col(text("weights"))
            .take();
        manager.create_table(adapters).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let adapters = Table::drop().table(ADAPTERS).take();
        manager.drop_table(adapters).await?;
        let source = Table::alter()
            .table(MESSAGES)
            .drop_column("score_source")
            .take();
        manager.alter_table(source).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
