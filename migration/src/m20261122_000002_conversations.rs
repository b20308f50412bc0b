//! Conversations, and what belongs to one: participants, offers, messages, monitor sessions, timers.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, float_null, integer, pk_uuid, string, string_null, text, text_null,
    timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
};

use crate::shape::{drop_tables, index, primary_key, references, unique};

/// The second step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        conversations(manager).await?;
        participants(manager).await?;
        offers(manager).await?;
        messages(manager).await?;
        monitor_sessions(manager).await?;
        timers(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "timers",
            "monitor_sessions",
            "messages",
            "offers",
            "participants",
            "conversations",
        ];
        drop_tables(manager, &tables).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

async fn conversations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = "conversations";
    let conversations = Table::create()
        .table(table)
        .col(pk_uuid("id"))
        .col(string("channel"))
        .col(string("mode"))
        .col(string("state"))
        .col(string("reason"))
        .col(references(
            "fk_conversations_queue",
            uuid("queue_id"),
            "queues",
        ))
        .col(references(
            "fk_conversations_workstream",
            uuid("workstream_id"),
            "workstreams",
        ))
        .col(references(
            "fk_conversations_customer",
            uuid("customer_id"),
            "customers",
        ))
        .col(references(
            "fk_conversations_agent",
            uuid_null("agent_id"),
            "agents",
        ))
        .col(references(
            "fk_conversations_previous",
            uuid_null("previous_id"),
            "conversations",
        ))
        .col(text_null("subject"))
        .col(integer("version"))
        .col(string("sentiment"))
        .col(timestamp_with_time_zone("started_at"))
        .col(timestamp_with_time_zone_null("closed_at"))
        .col(big_integer("position"))
        .col(text("image"))
        .take();
    manager.create_table(conversations).await?;

    // Only what is ongoing: a server that starts loads the board by it, however many are closed.
    let ongoing = index("ix_conversations_ongoing", table, &["state"])
        .and_where(Expr::col("state").ne("CLOSED"))
        .take();
    manager.create_index(ongoing).await?;
    manager
        .create_index(index(
            "ix_conversations_queue",
            table,
            &["queue_id", "started_at"],
        ))
        .await?;
    manager
        .create_index(index("ix_conversations_customer", table, &["customer_id"]))
        .await
}

async fn participants(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let participants = Table::create()
        .table("participants")
        .col(references(
            "fk_participants_conversation",
            uuid("conversation_id"),
            "conversations",
        ))
        .col(string("role"))
        .col(string("who"))
        .col(big_integer("joined_position"))
        .col(timestamp_with_time_zone("joined_at"))
        .col(timestamp_with_time_zone_null("left_at"))
        .primary_key(&mut primary_key(
            "pk_participants",
            &["conversation_id", "role", "who", "joined_position"],
        ))
        .take();
    manager.create_table(participants).await
}

async fn offers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let offers = Table::create()
        .table("offers")
        .col(pk_uuid("id"))
        .col(references(
            "fk_offers_conversation",
            uuid("conversation_id"),
            "conversations",
        ))
        .col(string("kind"))
        .col(references("fk_offers_agent", uuid("agent_id"), "agents"))
        .col(string("made_by"))
        .col(integer("units"))
        .col(integer("exceeded_by"))
        .col(timestamp_with_time_zone("made_at"))
        .col(timestamp_with_time_zone("due_at"))
        .col(string("outcome"))
        .col(string_null("cancel_reason"))
        .col(timestamp_with_time_zone_null("answered_at"))
        .take();
    manager.create_table(offers).await?;
    manager
        .create_index(index(
            "ix_offers_conversation",
            "offers",
            &["conversation_id"],
        ))
        .await
}

async fn messages(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let messages = Table::create()
        .table("messages")
        .col(pk_uuid("id"))
        .col(references(
            "fk_messages_conversation",
            uuid("conversation_id"),
            "conversations",
        ))
        .col(integer("number"))
        .col(string("author"))
        .col(references(
            "fk_messages_agent",
            uuid_null("agent_id"),
            "agents",
        ))
        .col(string_null("author_subject"))
        .col(string("visibility"))
        .col(string_null("system_message"))
        .col(text_null("text"))
        .col(float_null("score"))
        .col(float_null("confidence"))
        .col(string_null("language"))
        .col(timestamp_with_time_zone("posted_at"))
        .col(big_integer("position"))
        .index(&mut unique(
            "uq_messages_conversation_number",
            &["conversation_id", "number"],
        ))
        .take();
    manager.create_table(messages).await
}

async fn monitor_sessions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let sessions = Table::create()
        .table("monitor_sessions")
        .col(pk_uuid("id"))
        .col(references(
            "fk_monitor_sessions_conversation",
            uuid("conversation_id"),
            "conversations",
        ))
        .col(string("supervisor"))
        .col(timestamp_with_time_zone("started_at"))
        .col(timestamp_with_time_zone("token_expires_at"))
        .col(timestamp_with_time_zone_null("joined_at"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .col(string_null("ended_by"))
        .take();
    manager.create_table(sessions).await?;
    manager
        .create_index(index(
            "ix_monitor_sessions_conversation",
            "monitor_sessions",
            &["conversation_id"],
        ))
        .await
}

async fn timers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let timers = Table::create()
        .table("timers")
        .col(references(
            "fk_timers_conversation",
            uuid("conversation_id"),
            "conversations",
        ))
        .col(string("kind"))
        .col(timestamp_with_time_zone("due_at"))
        .primary_key(&mut primary_key("pk_timers", &["conversation_id", "kind"]))
        .take();
    manager.create_table(timers).await?;
    manager
        .create_index(index("ix_timers_due", "timers", &["due_at"]))
        .await
}
