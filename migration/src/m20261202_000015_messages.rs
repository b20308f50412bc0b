//! What happens to messages after they were posted: their edits, removals and deliveries, reactions to them, and what they
//! said before.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, string, string_null, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
};

use crate::shape::{drop_tables, index, primary_key, references};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        states(manager).await?;
        reactions(manager).await?;
        revisions(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = ["message_revisions", "message_reactions", "message_states"];
        drop_tables(manager, &tables).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

async fn states(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let message = references(
        "fk_message_states_message",
        uuid("message_id").primary_key().take(),
        "messages",
    );
    let states = Table::create()
        .table("message_states")
        .col(message)
        .col(timestamp_with_time_zone_null("edited_at"))
        .col(timestamp_with_time_zone_null("removed_at"))
        .col(string_null("delivery"))
        .col(timestamp_with_time_zone_null("delivery_at"))
        .col(string_null("delivery_code"))
        .col(text_null("delivery_description"))
        .col(big_integer("position"))
        .take();
    manager.create_table(states).await
}

async fn reactions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let reactions = Table::create()
        .table("message_reactions")
        .col(references(
            "fk_message_reactions_message",
            uuid("message_id"),
            "messages",
        ))
        .col(string("who"))
        .col(string_null("reaction"))
        .col(timestamp_with_time_zone("at"))
        .primary_key(&mut primary_key(
            "pk_message_reactions",
            &["message_id", "who"],
        ))
        .take();
    manager.create_table(reactions).await
}

async fn revisions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = "message_revisions";
    let revisions = Table::create()
        .table(table)
        .col(references(
            "fk_message_revisions_message",
            uuid("message_id"),
            "messages",
        ))
        .col(big_integer("position"))
        .col(text_null("text"))
        .col(text_null("attachments"))
        .col(timestamp_with_time_zone("replaced_at"))
        .col(timestamp_with_time_zone_null("removed_at"))
        .primary_key(&mut primary_key(
            "pk_message_revisions",
            &["message_id", "position"],
        ))
        .take();
    manager.create_table(revisions).await?;
    // By which those of removed messages are found once they have been kept long enough.
    let by_removal = index("ix_message_revisions_removed_at", table, &["removed_at"]);
    manager.create_index(by_removal).await
}
