//! What channels carry, and whose it is: the keys of customers by their source, the ids of providers, and of messages
//! when they were sent, what they answer and what is attached.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    blob, integer, pk_uuid, string, string_null, text_null, timestamp_with_time_zone_null, uuid,
    uuid_null,
};
use uuid::Uuid;

use crate::later;
use crate::shape::{drop_tables, index, primary_key, references, single_row};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        customer_keys(manager).await?;
        external_ids(manager).await?;
        let sourced = Table::alter()
            .table("conversations")
            .add_column(string_null("source"))
            .take();
        manager.alter_table(sourced).await?;
        // The last one of a customer there: looked for under the log's head, so never by more than its own row.
        later::make_or_leave(manager, &[later::CUSTOMER_LAST]).await?;
        for column in message_columns() {
            let added = Table::alter().table("messages").add_column(column).take();
            manager.alter_table(added).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["sent_at", "reply_to_id", "external_id", "attachments"] {
            let dropped = Table::alter().table("messages").drop_column(column).take();
            manager.alter_table(dropped).await?;
        }
        later::drop(manager, &[later::CUSTOMER_LAST]).await?;
        let unsourced = Table::alter()
            .table("conversations")
            .drop_column("source")
            .take();
        manager.alter_table(unsourced).await?;
        let tables = ["external_id_keys", "external_ids", "customer_keys"];
        drop_tables(manager, &tables).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn message_columns() -> [ColumnDef; 4] {
    [
        timestamp_with_time_zone_null("sent_at"),
        uuid_null("reply_to_id"),
        string_null("external_id"),
        text_null("attachments"),
    ]
}

async fn customer_keys(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = "customer_keys";
    let keys = Table::create()
        .table(table)
        .col(string("source"))
        .col(string("scope"))
        .col(string("key"))
        .col(references(
            "fk_customer_keys_customer",
            uuid("customer_id"),
            "customers",
        ))
        .primary_key(&mut primary_key(
            "pk_customer_keys",
            &["source", "key", "scope"],
        ))
        .take();
    manager.create_table(keys).await?;
    manager
        .create_index(index("ix_customer_keys_customer", table, &["customer_id"]))
        .await
}

async fn external_ids(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let ids = Table::create()
        .table("external_ids")
        .col(pk_uuid("hash"))
        .col(references(
            "fk_external_ids_message",
            uuid("message_id"),
            "messages",
        ))
        .col(references(
            "fk_external_ids_conversation",
            uuid("conversation_id"),
            "conversations",
        ))
        .take();
    manager.create_table(ids).await?;
    let keys = Table::create()
        .table("external_id_keys")
        .col(integer("id").primary_key().take())
        .col(blob("bytes"))
        .check(single_row("ck_external_id_keys_single_row"))
        .take();
    manager.create_table(keys).await?;
    let key = [Uuid::new_v4(), Uuid::new_v4()];
    let key: Vec<u8> = key.iter().flat_map(|half| *half.as_bytes()).collect();
    let row = Query::insert()
        .into_table("external_id_keys")
        .columns(["id", "bytes"])
        .values_panic([1.into(), key.into()])
        .take();
    manager.execute(row).await
}
