//! Attention: its thresholds on workstreams. Existing ones take the defaults.
//!
//! Conversations keep theirs in their images; what comes with time is rows of `timers`.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::integer;

/// The fourth step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMNS: [(&str, i32); 3] = [
    ("attention_waiting_seconds", 300),
    ("attention_unanswered_seconds", 120),
    ("attention_handled_seconds", 1_800),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One column a statement: SQLite takes no more.
        for (name, default) in COLUMNS {
            let column = integer(name).default(default).take();
            let add = Table::alter()
                .table("workstreams")
                .add_column(column)
                .take();
            manager.alter_table(add).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // A server of before knows no such timer.
        let timers = Query::delete()
            .from_table("timers")
            .and_where(Expr::col("kind").eq("ATTENTION"))
            .take();
        manager.execute(timers).await?;
        for (name, _) in COLUMNS {
            let drop = Table::alter().table("workstreams").drop_column(name).take();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
