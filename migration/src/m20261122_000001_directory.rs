//! The directory: agents, queues, memberships, workstreams, supervisors, settings, customers.
//!
//! Also what a new database starts with: the default settings, and one queue and one workstream for
//! each kind of queue, so that a conversation can be started at once.

use chrono::{SubsecRound, Utc};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    boolean, integer, integer_null, pk_uuid, string, string_null, text, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
};
use uuid::Uuid;

use crate::shape::{drop_tables, index, primary_key, references, single_row, unique};

/// The first step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        people_and_queues(manager).await?;
        workstreams(manager).await?;
        settings(manager).await?;
        customers(manager).await?;
        default_settings(manager).await?;
        default_queues_and_workstreams(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "customers",
            "settings",
            "supervisors",
            "workstreams",
            "memberships",
            "queues",
            "agents",
        ];
        drop_tables(manager, &tables).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

async fn people_and_queues(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let agents = Table::create()
        .table("agents")
        .col(pk_uuid("id"))
        .col(string("subject"))
        .col(string("name"))
        .col(string("kind"))
        .col(integer("capacity"))
        .col(string("presence"))
        .col(timestamp_with_time_zone("created_at"))
        .index(&mut unique("uq_agents_subject", &["subject"]))
        .take();
    manager.create_table(agents).await?;

    let queues = Table::create()
        .table("queues")
        .col(pk_uuid("id"))
        .col(string("name"))
        .col(string("kind"))
        .col(timestamp_with_time_zone("created_at"))
        .take();
    manager.create_table(queues).await?;

    let memberships = Table::create()
        .table("memberships")
        .col(references(
            "fk_memberships_agent",
            uuid("agent_id"),
            "agents",
        ))
        .col(references(
            "fk_memberships_queue",
            uuid("queue_id"),
            "queues",
        ))
        .primary_key(&mut primary_key(
            "pk_memberships",
            &["agent_id", "queue_id"],
        ))
        .take();
    manager.create_table(memberships).await?;
    manager
        .create_index(index("ix_memberships_queue", "memberships", &["queue_id"]))
        .await?;

    let supervisors = Table::create()
        .table("supervisors")
        .col(string("subject").primary_key().take())
        .col(string("presence"))
        .take();
    manager.create_table(supervisors).await
}

async fn workstreams(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let workstreams = Table::create()
        .table("workstreams")
        .col(pk_uuid("id"))
        .col(string("name"))
        .col(string("kind"))
        .col(text("allowed_presences"))
        .col(integer("units"))
        .col(integer("offer_seconds"))
        .col(integer_null("wrap_up_capacity_seconds"))
        .col(string("monitoring_notice"))
        .col(integer("customer_grace_seconds"))
        .col(integer_null("auto_close_open_seconds"))
        .col(integer_null("auto_close_active_seconds"))
        .col(integer_null("auto_close_waiting_seconds"))
        .col(integer_null("auto_close_wrap_up_seconds"))
        .col(timestamp_with_time_zone("created_at"))
        .take();
    manager.create_table(workstreams).await
}

async fn settings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let settings = Table::create()
        .table("settings")
        .col(integer("id").primary_key().take())
        .col(boolean("supervisor_monitor"))
        .col(boolean("supervisor_assign"))
        .col(boolean("supervisor_transfer"))
        .col(boolean("supervisor_force_close"))
        .col(boolean("sentiment_analysis"))
        .col(string("sentiment_alert_threshold"))
        .col(boolean("inactive_after_missed_offer"))
        .col(text("monitoring_notice_text"))
        .check(single_row("ck_settings_single_row"))
        .take();
    manager.create_table(settings).await
}

async fn customers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let customers = Table::create()
        .table("customers")
        .col(pk_uuid("id"))
        .col(string_null("gateway"))
        .col(string_null("key"))
        .col(string_null("name"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("erased_at"))
        .index(&mut unique("uq_customers_key", &["gateway", "key"]))
        .take();
    manager.create_table(customers).await
}

async fn default_settings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let text = "Supervisors may watch and join conversations, and what is said is stored.";
    let row = Query::insert()
        .into_table("settings")
        .columns([
            "id",
            "supervisor_monitor",
            "supervisor_assign",
            "supervisor_transfer",
            "supervisor_force_close",
            "sentiment_analysis",
            "sentiment_alert_threshold",
            "inactive_after_missed_offer",
            "monitoring_notice_text",
        ])
        .values_panic([
            1.into(),
            true.into(),
            false.into(),
            false.into(),
            false.into(),
            true.into(),
            "NEGATIVE".into(),
            false.into(),
            text.into(),
        ])
        .take();
    manager.execute(row).await
}

#[expect(
    clippy::disallowed_methods,
    reason = "a migration has no server whose clock it could ask"
)]
/// Names by kind; a workstream's null columns mean "until closed" and "the channel's default".
async fn default_queues_and_workstreams(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // PostgreSQL keeps microseconds; both databases shall answer the same.
    let now = Utc::now().trunc_subsecs(6);
    let mut queues = Query::insert()
        .into_table("queues")
        .columns(["id", "name", "kind", "created_at"])
        .take();
    let mut workstreams = Query::insert()
        .into_table("workstreams")
        .columns([
            "id",
            "name",
            "kind",
            "allowed_presences",
            "units",
            "offer_seconds",
            "monitoring_notice",
            "customer_grace_seconds",
            "created_at",
        ])
        .take();
    for (name, kind) in [
        ("Messaging", "MESSAGING"),
        ("Voice", "VOICE"),
        ("Records", "RECORD"),
    ] {
        queues.values_panic([Uuid::now_v7().into(), name.into(), kind.into(), now.into()]);
        workstreams.values_panic([
            Uuid::now_v7().into(),
            name.into(),
            kind.into(),
            r#"["AVAILABLE","BUSY"]"#.into(),
            1.into(),
            120.into(),
            "NOTICE".into(),
            180.into(),
            now.into(),
        ]);
    }
    manager.execute(queues).await?;
    manager.execute(workstreams).await
}
