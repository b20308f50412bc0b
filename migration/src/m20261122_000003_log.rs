//! The log and what is written beside it: events, audit, idempotency, and the head of both chains.
//!
//! These tables refer to conversations without foreign keys: they outlive what they tell of, and a
//! refusal may name a conversation that does not exist.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, integer, string, string_null, text, text_null, timestamp_with_time_zone, uuid,
    uuid_null,
};
use uuid::Uuid;

use crate::shape::{drop_tables, index, primary_key, single_row};

/// The third step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        events(manager).await?;
        audit(manager).await?;
        idempotency(manager).await?;
        log_head(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["log_head", "idempotency", "audit", "events"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

async fn events(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let events = Table::create()
        .table("events")
        .col(big_integer("position").primary_key().take())
        .col(timestamp_with_time_zone("at"))
        .col(string("kind"))
        .col(text("actor"))
        .col(uuid_null("conversation_id"))
        .col(text("change"))
        .col(text("after"))
        .col(text_null("before"))
        .col(big_integer("hash"))
        .take();
    manager.create_table(events).await?;
    manager
        .create_index(index(
            "ix_events_conversation",
            "events",
            &["conversation_id", "position"],
        ))
        .await
}

async fn audit(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let audit = Table::create()
        .table("audit")
        .col(big_integer("number").primary_key().take())
        .col(timestamp_with_time_zone("at"))
        .col(string("subject"))
        .col(string("role"))
        .col(string("action"))
        .col(uuid_null("conversation_id"))
        .col(string_null("target"))
        .col(string_null("refusal"))
        .col(text_null("reason"))
        .col(text("overrides"))
        .col(text_null("before"))
        .col(text_null("after"))
        .col(string("hash"))
        .take();
    manager.create_table(audit).await?;
    manager
        .create_index(index("ix_audit_subject", "audit", &["subject", "number"]))
        .await?;
    manager
        .create_index(index(
            "ix_audit_conversation",
            "audit",
            &["conversation_id", "number"],
        ))
        .await
}

async fn idempotency(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let idempotency = Table::create()
        .table("idempotency")
        .col(string("subject"))
        .col(string("key"))
        .col(string("mutation"))
        .col(string("input_hash"))
        .col(text("outcome"))
        .col(timestamp_with_time_zone("created_at"))
        .primary_key(&mut primary_key("pk_idempotency", &["subject", "key"]))
        .take();
    manager.create_table(idempotency).await?;
    manager
        .create_index(index(
            "ix_idempotency_created",
            "idempotency",
            &["created_at"],
        ))
        .await
}

async fn log_head(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let head = Table::create()
        .table("log_head")
        .col(integer("id").primary_key().take())
        .col(uuid("epoch"))
        .col(big_integer("position"))
        .col(big_integer("hash"))
        .col(big_integer("audit_number"))
        .col(string("audit_hash"))
        .check(single_row("ck_log_head_single_row"))
        .take();
    manager.create_table(head).await?;

    // The epoch only has to differ from that of every other log, so it is made here and never again.
    let row = Query::insert()
        .into_table("log_head")
        .columns([
            "id",
            "epoch",
            "position",
            "hash",
            "audit_number",
            "audit_hash",
        ])
        .values_panic([
            1.into(),
            Uuid::now_v7().into(),
            0_i64.into(),
            0_i64.into(),
            0_i64.into(),
            "".into(),
        ])
        .take();
    manager.execute(row).await
}
