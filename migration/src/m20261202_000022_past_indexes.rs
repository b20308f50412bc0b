//! Indexes by which searches over all conversations are answered without reading rows, which lie beside their images.
//!
//! | Index | Serves |
//! |---|---|
//! | `ix_conversations_sought` (new) | what is gathered by ids (of a tag, an agent, a word): where, when closed, when started |
//! | `ix_conversations_queue_closed` (wider) | also which channel and reason, while a queue is walked or counted |
//! | `ix_conversations_disposition`, `ix_conversations_rating` (wider) | those of a queue, in the order of closing |
//!
//! One index more than before, of columns that change when a conversation starts, moves or closes, and never with a message.
//! No index has the sentiment, which does.

use sea_orm_migration::prelude::*;

use crate::shape::index;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const CONVERSATIONS: &str = "conversations";
const SOUGHT: &str = "ix_conversations_sought";

/// An index that is made anew.
struct Wider {
    name: &'static str,
    /// The column that has a value in every row of it.
    of: &'static str,
    before: &'static [&'static str],
    after: &'static [&'static str],
}

const WIDER: [Wider; 3] = [
    Wider {
        name: "ix_conversations_queue_closed",
        of: "closed_at",
        before: &["queue_id", "closed_at", "id"],
        after: &["queue_id", "closed_at", "id", "channel", "reason"],
    },
    Wider {
        name: "ix_conversations_disposition",
        of: "disposition",
        before: &["disposition", "id"],
        after: &["disposition", "queue_id", "closed_at", "id"],
    },
    Wider {
        name: "ix_conversations_rating",
        of: "rating",
        before: &["rating", "id"],
        after: &["rating", "queue_id", "closed_at", "id"],
    },
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = ["id", "queue_id", "closed_at", "started_at"];
        let sought = index(SOUGHT, CONVERSATIONS, &columns);
        manager.create_index(sought).await?;
        for wider in WIDER {
            anew(manager, &wider, wider.after).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for wider in WIDER {
            anew(manager, &wider, wider.before).await?;
        }
        drop_index(manager, SOUGHT).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

async fn anew(
    manager: &SchemaManager<'_>,
    Wider { name, of, .. }: &Wider,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    drop_index(manager, name).await?;
    let made = index(name, CONVERSATIONS, columns)
        .and_where(Expr::col(*of).is_not_null())
        .take();
    manager.create_index(made).await
}

async fn drop_index(manager: &SchemaManager<'_>, name: &'static str) -> Result<(), DbErr> {
    let drop = Index::drop().name(name).table(CONVERSATIONS).to_owned();
    manager.drop_index(drop).await
}
