//! The key that seals the cursors of those who may not know positions of the log: one row, which the first
//! server fills in, since a key is random bytes that the program draws.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{blob, integer};

use crate::shape::{drop_tables, single_row};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let keys = Table::create()
            .table("cursor_keys")
            .col(integer("id").primary_key().take())
            .col(blob("bytes"))
            .check(single_row("ck_cursor_keys_single_row"))
            .take();
        manager.create_table(keys).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["cursor_keys"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
