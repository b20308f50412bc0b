//! Reviews: sessions say what kind they are, and the running ones are found by an index. Whether the next agent reads a
//! customer's earlier conversations, and a table of which of them one has read.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{boolean, string, timestamp_with_time_zone, uuid};

use crate::shape::{drop_tables, index, primary_key, references};

const SESSIONS: &str = "monitor_sessions";
const RUNNING: &str = "ix_monitor_sessions_running";
const READINGS: &str = "earlier_readings";

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kind = string("kind").default("MONITOR").take();
        let kind = Table::alter().table(SESSIONS).add_column(kind).take();
        manager.alter_table(kind).await?;
        let running = index(RUNNING, SESSIONS, &["conversation_id"])
            .and_where(Expr::col("ended_at").is_null())
            .take();
        manager.create_index(running).await?;
        let earlier = boolean("earlier_transcripts").default(true).take();
        let earlier = Table::alter()
            .table("workstreams")
            .add_column(earlier)
            .take();
        manager.alter_table(earlier).await?;
        readings(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &[READINGS]).await?;
        let earlier = Table::alter()
            .table("workstreams")
            .drop_column("earlier_transcripts")
            .take();
        manager.alter_table(earlier).await?;
        let running = Index::drop().name(RUNNING).table(SESSIONS).to_owned();
        manager.drop_index(running).await?;
        // A server from before knows monitor sessions alone, and none of a closed conversation.
        for gone in [
            "DELETE FROM monitor_sessions WHERE kind = 'REVIEW'",
            "DELETE FROM timers WHERE kind = 'MONITOR_EXPIRY' AND conversation_id IN \
             (SELECT id FROM conversations WHERE closed_at IS NOT NULL)",
        ] {
            manager.get_connection().execute_unprepared(gone).await?;
        }
        let kind = Table::alter().table(SESSIONS).drop_column("kind").take();
        manager.alter_table(kind).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

async fn readings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let readings = Table::create()
        .table(READINGS)
        .col(references(
            "fk_earlier_readings_conversation",
            uuid("conversation_id"),
            "conversations",
        ))
        .col(references(
            "fk_earlier_readings_agent",
            uuid("agent_id"),
            "agents",
        ))
        .col(references(
            "fk_earlier_readings_earlier",
            uuid("earlier_id"),
            "conversations",
        ))
        .col(timestamp_with_time_zone("read_at"))
        .primary_key(&mut primary_key(
            "pk_earlier_readings",
            &["conversation_id", "agent_id", "earlier_id"],
        ))
        .take();
    manager.create_table(readings).await
}
