//! Workstreams say which language their customers write, and whether that is looked at for escalation signals.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{boolean, string_null};

const WORKSTREAMS: &str = "workstreams";

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let language = string_null("language");
        let signals = boolean("escalation_signals").default(true).take();
        // One column a statement, which is all that SQLite takes.
        for column in [language, signals] {
            let added = Table::alter().table(WORKSTREAMS).add_column(column).take();
            manager.alter_table(added).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["escalation_signals", "language"] {
            let gone = Table::alter().table(WORKSTREAMS).drop_column(column).take();
            manager.alter_table(gone).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
