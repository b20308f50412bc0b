//! Customers who were merged, of which sources customers are, and conversations by how they ended and how they were rated.
//!
//! | Index | Serves |
//! |---|---|
//! | `pk_customer_sources` | the customers of a source, newest first |
//! | `ix_customer_sources_customer` | the sources of a customer: looked at by commands, moved by merging |
//! | `ix_customers_merged` | the other ids of a customer |
//!
//! The last is partial: it costs nothing to whoever merges nobody.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    boolean, small_integer_null, string, string_null, uuid, uuid_null,
};

use crate::shape::{drop_tables, index, primary_key, references};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const CONVERSATIONS: &str = "conversations";
const CUSTOMERS: &str = "customers";
const SOURCES: &str = "customer_sources";
const MERGED: &str = "ix_customers_merged";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let add = Table::alter()
            .table(CUSTOMERS)
            .add_column(uuid_null("merged_into_id"))
            .take();
        manager.alter_table(add).await?;
        let merged = index(MERGED, CUSTOMERS, &["merged_into_id"])
            .and_where(Expr::col("merged_into_id").is_not_null())
            .take();
        manager.create_index(merged).await?;
        sources(manager).await?;
        for column in [string_null("disposition"), small_integer_null("rating")] {
            let add = Table::alter()
                .table(CONVERSATIONS)
                .add_column(column)
                .take();
            manager.alter_table(add).await?;
        }
        fill_again(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["rating", "disposition"] {
            let drop = Table::alter()
                .table(CONVERSATIONS)
                .drop_column(column)
                .take();
            manager.alter_table(drop).await?;
        }
        drop_tables(manager, &[SOURCES]).await?;
        let drop = Index::drop().name(MERGED).table(CUSTOMERS).to_owned();
        manager.drop_index(drop).await?;
        let drop = Table::alter()
            .table(CUSTOMERS)
            .drop_column("merged_into_id")
            .take();
        manager.alter_table(drop).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// The table, and what it says of the customers that there are: by their keys, by their conversations, and, of those from
/// before there were sources, by the subject of their gateway.
async fn sources(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(SOURCES)
        .col(string("source"))
        .col(references(
            "fk_customer_sources_customer",
            uuid("customer_id"),
            CUSTOMERS,
        ))
        .col(boolean("before_sources"))
        .primary_key(&mut primary_key(
            "pk_customer_sources",
            &["source", "customer_id"],
        ))
        .take();
    manager.create_table(table).await?;
    manager
        .create_index(index(
            "ix_customer_sources_customer",
            SOURCES,
            &["customer_id"],
        ))
        .await?;
    let connection = manager.get_connection();
    for known in [
        "SELECT DISTINCT source, customer_id, FALSE FROM customer_keys WHERE TRUE",
        "SELECT gateway, id, TRUE FROM customers WHERE gateway IS NOT NULL",
    ] {
        let fill = format!(
            "INSERT INTO customer_sources (source, customer_id, before_sources) {known} ON CONFLICT DO NOTHING"
        );
        connection.execute_unprepared(&fill).await?;
    }
    Ok(())
}

/// The server fills rows from before: their columns here, and which customers are of which source by their conversations.
async fn fill_again(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let from_the_first = "INSERT INTO search_fillings (id) SELECT 1 WHERE EXISTS (SELECT 1 FROM conversations) \
         ON CONFLICT (id) DO UPDATE SET after_id = NULL";
    let connection = manager.get_connection();
    connection
        .execute_unprepared(from_the_first)
        .await
        .map(drop)
}
