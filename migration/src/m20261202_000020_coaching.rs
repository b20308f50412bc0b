//! Messages that coach an agent: whom, and how many of them stand among a transcript's rows, which share one numbering.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, uuid_null};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const MESSAGES: &str = "messages";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            uuid_null("coached_id"),
            integer("coaching").default(0).take(),
        ] {
            let add = Table::alter().table(MESSAGES).add_column(column).take();
            manager.alter_table(add).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // A server from before knows no such messages, and numbers the others without a gap; by way of numbers that no
        // message has, since no two may have the same in between.
        for gone in [
            "DELETE FROM message_reactions WHERE message_id IN \
             (SELECT id FROM messages WHERE visibility = 'COACHING')",
            "DELETE FROM messages WHERE visibility = 'COACHING'",
            "UPDATE messages SET number = coaching - number WHERE coaching > 0",
            "UPDATE messages SET number = -number WHERE coaching > 0",
        ] {
            manager.get_connection().execute_unprepared(gone).await?;
        }
        for column in ["coaching", "coached_id"] {
            let drop = Table::alter().table(MESSAGES).drop_column(column).take();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
