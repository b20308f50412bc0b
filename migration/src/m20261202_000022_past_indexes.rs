//! Indexes by which searches over all conversations are answered without reading rows, which lie beside their images.
//!
//! | Index | Serves |
//! |---|---|
//! | `ix_conversations_sought` | what is gathered by ids (of a tag, an agent, a word): where, when closed, when started |
//! | `ix_conversations_queue_closed` | the orders by closing and by last activity within a queue, and which channel and reason, while it is walked or counted |
//! | `ix_conversations_disposition`, `ix_conversations_rating` | those of a queue, in the order of closing |
//!
//! They have columns that change when a conversation starts, moves or closes, and never with a message.
//! No index has the sentiment, which does.

use sea_orm_migration::prelude::*;

use crate::later;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const INDEXES: [&str; 4] = [
    later::SOUGHT,
    later::QUEUE_CLOSED,
    later::DISPOSITION,
    later::RATING,
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Three of them had fewer columns for a while.
        later::drop(manager, &INDEXES).await?;
        later::make_or_leave(manager, &INDEXES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        later::drop(manager, &INDEXES).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
