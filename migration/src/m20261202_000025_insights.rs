//! The figures of a supervisor's day: buckets, how far the log is counted, and agents' hands; and what they are judged by.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, integer, integer_null, string, text, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};

use super::shape::{drop_tables, primary_key, single_row};

const PROGRESS: &str = "insight_progress";
const QUEUES: &str = "insight_queue_buckets";
const WORK: &str = "insight_agent_buckets";
const TIMES: &str = "insight_time_buckets";
const HANDS: &str = "insight_hands";
const SETTINGS: &str = "settings";
const WORKSTREAMS: &str = "workstreams";

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(progress()).await?;
        for table in [queues(), work(), times()] {
            manager.create_table(table).await?;
        }
        let hands = Table::create()
            .table(HANDS)
            .col(uuid("agent_id").primary_key())
            .col(text("hand"))
            .take();
        manager.create_table(hands).await?;
        let columns = [
            (SETTINGS, boolean("agent_insights").default(true).take()),
            (SETTINGS, integer("short_abandon_seconds").default(5).take()),
            (WORKSTREAMS, integer_null("service_level_seconds").take()),
        ];
        for (table, column) in columns {
            let column = Table::alter().table(table).add_column(column).take();
            manager.alter_table(column).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            (WORKSTREAMS, "service_level_seconds"),
            (SETTINGS, "short_abandon_seconds"),
            (SETTINGS, "agent_insights"),
        ];
        for (table, column) in columns {
            let column = Table::alter().table(table).drop_column(column).take();
            manager.alter_table(column).await?;
        }
        drop_tables(manager, &[HANDS, TIMES, WORK, QUEUES, PROGRESS]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn progress() -> TableCreateStatement {
    Table::create()
        .table(PROGRESS)
        .col(integer("id").primary_key())
        .col(big_integer("position"))
        .col(text("state"))
        .col(uuid_null("holder"))
        .col(timestamp_with_time_zone_null("held_until"))
        .check(single_row("ck_insight_progress_single_row"))
        .take()
}

fn queues() -> TableCreateStatement {
    let key = ["minutes", "start", "queue_id", "channel", "workstream_id"];
    buckets(QUEUES)
        .col(uuid("queue_id"))
        .col(string("channel"))
        .col(uuid("workstream_id"))
        .col(text("figures"))
        .primary_key(&mut primary_key("pk_insight_queue_buckets", &key))
        .take()
}

fn work() -> TableCreateStatement {
    let key = ["minutes", "start", "agent_id", "queue_id"];
    buckets(WORK)
        .col(uuid("agent_id"))
        .col(uuid("queue_id"))
        .col(text("figures"))
        .primary_key(&mut primary_key("pk_insight_agent_buckets", &key))
        .take()
}

fn times() -> TableCreateStatement {
    let key = ["minutes", "start", "agent_id"];
    buckets(TIMES)
        .col(uuid("agent_id"))
        .col(text("figures"))
        .primary_key(&mut primary_key("pk_insight_time_buckets", &key))
        .take()
}

fn buckets(table: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(integer("minutes"))
        .col(timestamp_with_time_zone("start"))
        .take()
}
