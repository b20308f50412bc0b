//! How far the look at every ongoing conversation has come that a changed setting made necessary: one row while it is
//! not done, none otherwise.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, uuid_null};

use crate::shape::{drop_tables, single_row};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let reassessments = Table::create()
            .table("reassessments")
            .col(integer("id").primary_key().take())
            .col(uuid_null("after_id"))
            .check(single_row("ck_reassessments_single_row"))
            .take();
        manager.create_table(reassessments).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["reassessments"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
