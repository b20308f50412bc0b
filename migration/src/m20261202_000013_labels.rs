//! Labels: tables of the tags by which SQL finds conversations, and of what attributes say. When queues are open. How
//! conversations of a workstream may be said to have ended, and tables of what was noted then, and
//! of what customers said who rated one.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{boolean, string, text, text_null, uuid};

use crate::shape::{drop_tables, index, primary_key, references};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tags(manager).await?;
        attributes(manager).await?;
        let hours = text_null("hours");
        let hours = Table::alter().table("queues").add_column(hours).take();
        manager.alter_table(hours).await?;
        texts(
            manager,
            "conversation_notes",
            "fk_conversation_notes_conversation",
        )
        .await?;
        texts(
            manager,
            "rating_comments",
            "fk_rating_comments_conversation",
        )
        .await?;
        // One column a statement: SQLite takes no more.
        for column in [
            text("dispositions").default("[]").take(),
            boolean("disposition_required").default(false).take(),
        ] {
            let add = Table::alter()
                .table("workstreams")
                .add_column(column)
                .take();
            manager.alter_table(add).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["disposition_required", "dispositions"] {
            let drop = Table::alter().table("workstreams").drop_column(name).take();
            manager.alter_table(drop).await?;
        }
        let hours = Table::alter().table("queues").drop_column("hours").take();
        manager.alter_table(hours).await?;
        let tables = [
            "rating_comments",
            "conversation_notes",
            "conversation_attributes",
            "conversation_tags",
        ];
        drop_tables(manager, &tables).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

async fn tags(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = "conversation_tags";
    let tags = Table::create()
        .table(table)
        .col(references(
            "fk_conversation_tags_conversation",
            uuid("conversation_id"),
            "conversations",
        ))
        .col(string("tag"))
        .primary_key(&mut primary_key(
            "pk_conversation_tags",
            &["conversation_id", "tag"],
        ))
        .take();
    manager.create_table(tags).await?;
    let by_tag = index(
        "ix_conversation_tags_tag",
        table,
        &["tag", "conversation_id"],
    );
    manager.create_index(by_tag).await
}

async fn attributes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let attributes = Table::create()
        .table("conversation_attributes")
        .col(references(
            "fk_conversation_attributes_conversation",
            uuid("conversation_id"),
            "conversations",
        ))
        .col(string("key"))
        .col(text("value"))
        .primary_key(&mut primary_key(
            "pk_conversation_attributes",
            &["conversation_id", "key"],
        ))
        .take();
    manager.create_table(attributes).await
}

/// A table of one text of a conversation.
async fn texts(
    manager: &SchemaManager<'_>,
    table: &'static str,
    conversation: &'static str,
) -> Result<(), DbErr> {
    let conversation = references(
        conversation,
        uuid("conversation_id").primary_key().take(),
        "conversations",
    );
    let texts = Table::create()
        .table(table)
        .col(conversation)
        .col(text("text"))
        .take();
    manager.create_table(texts).await
}
