//! What searches over all conversations need, closed ones included: when something last happened, and an index for each
//! order and for whose conversations they are.
//!
//! | Index | Serves |
//! |---|---|
//! | `ix_conversations_started` | the order by start, and a range of starts |
//! | `ix_conversations_queue` (from before) | the same within a queue |
//! | `ix_conversations_closed` | the orders by closing and by last activity, and ranges of them: of what is closed |
//! | `ix_conversations_queue_closed` | the same within a queue |
//! | `ix_conversations_ongoing` (from before) | the rest of both orders: what is ongoing |
//! | `ix_conversations_customer` (from before) | a customer's |
//! | `ix_participants_primary` | what an agent handles or handled |
//!
//! No index has `last_activity_at`: it changes with each message, and an index would cost each message a write. A
//! closed conversation was last active when it closed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::timestamp_with_time_zone_null;

use crate::shape::index;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const CONVERSATIONS: &str = "conversations";
const STARTED: &str = "ix_conversations_started";
const CLOSED: &str = "ix_conversations_closed";
const QUEUE_CLOSED: &str = "ix_conversations_queue_closed";
const PRIMARY: &str = "ix_participants_primary";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let add = Table::alter()
            .table(CONVERSATIONS)
            .add_column(timestamp_with_time_zone_null("last_activity_at"))
            .take();
        manager.alter_table(add).await?;
        let is_closed = || Expr::col("closed_at").is_not_null();
        let indexes = [
            index(STARTED, CONVERSATIONS, &["started_at", "id"]),
            // What is ongoing stands in neither of these.
            index(CLOSED, CONVERSATIONS, &["closed_at", "id"])
                .and_where(is_closed())
                .take(),
            index(
                QUEUE_CLOSED,
                CONVERSATIONS,
                &["queue_id", "closed_at", "id"],
            )
            .and_where(is_closed())
            .take(),
            index(PRIMARY, "participants", &["who", "conversation_id"])
                .and_where(Expr::col("role").eq("PRIMARY_AGENT"))
                .take(),
        ];
        for made in indexes {
            manager.create_index(made).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table) in [
            (STARTED, CONVERSATIONS),
            (CLOSED, CONVERSATIONS),
            (QUEUE_CLOSED, CONVERSATIONS),
            (PRIMARY, "participants"),
        ] {
            let drop = Index::drop().name(name).table(table).to_owned();
            manager.drop_index(drop).await?;
        }
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
