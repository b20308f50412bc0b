//! What searches over all conversations need, closed ones included: when something last happened, the words of subjects and
//! names, and an index for each order and for whose conversations they are.
//!
//! | Index | Serves |
//! |---|---|
//! | `ix_conversations_started` | the order by start, and a range of starts |
//! | `ix_conversations_queue` (from before) | the same within a queue |
//! | `ix_conversations_closed` | the orders by closing and by last activity, and ranges of them: of what is closed |
//! | `ix_conversations_ongoing` (from before) | the rest of both orders: what is ongoing |
//! | `ix_conversations_customer` (from before) | a customer's |
//! | `ix_participants_primary` | what an agent handles or handled |
//! | `pk_conversation_words`, `pk_customer_words` | which have a word that begins so |
//! | `ix_conversation_words_conversation`, `ix_customer_words_customer` | which words one has: asked row by row, and erased |
//!
//! No index has `last_activity_at`: it changes with each message, and an index would cost each message a write. A
//! closed conversation was last active when it closed.
//!
//! Rows of before get words and last activity beside the running server, which `search_fillings` says how far.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, string, timestamp_with_time_zone_null, uuid, uuid_null};
use sea_orm_migration::sea_orm::DbBackend;

use crate::later;
use crate::shape::{drop_tables, index, primary_key, references, single_row};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const CONVERSATIONS: &str = "conversations";
const INDEXES: [&str; 3] = [later::STARTED, later::CLOSED, later::PRIMARY];

/// The words of what a table has a text of.
struct Words {
    table: &'static str,
    key: &'static str,
    of: &'static str,
    owner: &'static str,
    refers: &'static str,
    index: &'static str,
}

const SUBJECTS: Words = Words {
    table: "conversation_words",
    key: "pk_conversation_words",
    of: "conversation_id",
    owner: "conversations",
    refers: "fk_conversation_words_conversation",
    index: "ix_conversation_words_conversation",
};
const NAMES: Words = Words {
    table: "customer_words",
    key: "pk_customer_words",
    of: "customer_id",
    owner: "customers",
    refers: "fk_customer_words_customer",
    index: "ix_customer_words_customer",
};

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let add = Table::alter()
            .table(CONVERSATIONS)
            .add_column(timestamp_with_time_zone_null("last_activity_at"))
            .take();
        manager.alter_table(add).await?;
        later::make_or_leave(manager, &INDEXES).await?;
        words(manager, &SUBJECTS).await?;
        words(manager, &NAMES).await?;
        fillings(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["search_fillings", NAMES.table, SUBJECTS.table]).await?;
        later::drop(manager, &INDEXES).await?;
        let drop = Table::alter()
            .table(CONVERSATIONS)
            .drop_column("last_activity_at")
            .take();
        manager.alter_table(drop).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

async fn words(manager: &SchemaManager<'_>, words: &Words) -> Result<(), DbErr> {
    let mut word = string("word");
    // Searches are ranges of words, by their bytes as on SQLite, whatever the database's language.
    if manager.get_database_backend() == DbBackend::Postgres {
        word.extra(r#"COLLATE "C""#);
    }
    let table = Table::create()
        .table(words.table)
        .col(word.take())
        .col(references(words.refers, uuid(words.of), words.owner))
        .primary_key(&mut primary_key(words.key, &["word", words.of]))
        .take();
    manager.create_table(table).await?;
    manager
        .create_index(index(words.index, words.table, &[words.of]))
        .await
}

async fn fillings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let fillings = Table::create()
        .table("search_fillings")
        .col(integer("id").primary_key().take())
        .col(uuid_null("after_id"))
        .check(single_row("ck_search_fillings_single_row"))
        .take();
    manager.create_table(fillings).await?;
    let where_needed =
        "INSERT INTO search_fillings (id) SELECT 1 WHERE EXISTS (SELECT 1 FROM conversations)";
    let connection = manager.get_connection();
    connection.execute_unprepared(where_needed).await.map(drop)
}
