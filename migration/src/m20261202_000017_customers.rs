//! Customers who were merged, of which sources customers are, and conversations by how they ended and how they were rated.
//!
//! | Index | Serves |
//! |---|---|
//! | `pk_customer_sources` | the customers of a source, newest first |
//! | `ix_customer_sources_customer` | the sources of a customer: looked at by commands, moved by merging |
//! | `ix_customers_merged` | the other ids of a customer |
//! | `ix_conversations_disposition`, `ix_conversations_rating` | what ended so, what was rated so: counted, and gathered where they are few |
//!
//! Where most conversations are of none of these, the last three are partial: they cost nothing to whoever does not use
//! them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    boolean, small_integer_null, string, string_null, uuid, uuid_null,
};
use sea_orm_migration::sea_orm::DbBackend;

use crate::shape::{drop_tables, index, primary_key, references};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const CONVERSATIONS: &str = "conversations";
const CUSTOMERS: &str = "customers";
const SOURCES: &str = "customer_sources";
const MERGED: &str = "ix_customers_merged";
const DISPOSITION: &str = "ix_conversations_disposition";
const RATING: &str = "ix_conversations_rating";

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
        from_images(manager).await?;
        for (name, column) in [(DISPOSITION, "disposition"), (RATING, "rating")] {
            let made = index(name, CONVERSATIONS, &[column, "id"])
                .and_where(Expr::col(column).is_not_null())
                .take();
            manager.create_index(made).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in [RATING, DISPOSITION] {
            let drop = Index::drop().name(name).table(CONVERSATIONS).to_owned();
            manager.drop_index(drop).await?;
        }
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
        "SELECT DISTINCT c.source, c.customer_id, FALSE FROM conversations AS c JOIN customers AS k ON k.id = c.customer_id \
         WHERE c.source IS NOT NULL AND k.erased_at IS NULL",
        "SELECT gateway, id, TRUE FROM customers WHERE gateway IS NOT NULL",
    ] {
        let fill = format!(
            "INSERT INTO customer_sources (source, customer_id, before_sources) {known} ON CONFLICT DO NOTHING"
        );
        connection.execute_unprepared(&fill).await?;
    }
    Ok(())
}

/// What images say already.
async fn from_images(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let fill = match manager.get_database_backend() {
        DbBackend::Postgres => {
            "UPDATE conversations SET disposition = image::json ->> 'disposition', \
             rating = (image::json -> 'rating' ->> 'score')::smallint \
             WHERE image LIKE '%\"disposition\":\"%' OR image LIKE '%\"rating\":{%'"
        }
        _ => {
            "UPDATE conversations SET disposition = json_extract(image, '$.disposition'), \
             rating = json_extract(image, '$.rating.score') \
             WHERE image LIKE '%\"disposition\":\"%' OR image LIKE '%\"rating\":{%'"
        }
    };
    let connection = manager.get_connection();
    connection.execute_unprepared(fill).await.map(drop)
}
