//! Revocations: tokens that are taken back before they end, by their id or by their subject.
//!
//! No foreign key: a subject is whoever a token names, and need not be anybody here.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string, timestamp_with_time_zone};

use crate::shape::{drop_tables, index, primary_key};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let revocations = Table::create()
            .table("revocations")
            .col(string("kind"))
            .col(string("name"))
            .col(big_integer("number"))
            .col(timestamp_with_time_zone("revoked_at"))
            .col(timestamp_with_time_zone("expires_at"))
            .primary_key(&mut primary_key("pk_revocations", &["kind", "name"]))
            .take();
        manager.create_table(revocations).await?;
        for (name, column) in [
            ("ix_revocations_number", "number"),
            ("ix_revocations_expires", "expires_at"),
        ] {
            manager
                .create_index(index(name, "revocations", &[column]))
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["revocations"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
