//! Administration: what is deleted stays as a row, agents' acknowledgement of the monitoring notice,
//! and when a message was erased.
//!
//! No two agents that are there share a subject; a deleted one's may be used again. So the table's
//! own uniqueness is replaced by a partial index. `SQLite` cannot drop a table's constraint: there the
//! table is made again, with whatever other columns it has by then.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string_null, timestamp_with_time_zone_null};
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::shape::index;

/// The sixth step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// The columns that come, by table.
const COLUMNS: [(&str, &str, bool); 6] = [
    ("agents", "deleted_at", true),
    ("agents", "notice_acknowledged_at", true),
    ("agents", "notice_acknowledged_version", false),
    ("queues", "deleted_at", true),
    ("workstreams", "deleted_at", true),
    ("messages", "erased_at", true),
];
/// Both the constraint of the first step and the index that takes its place.
const SUBJECT: &str = "uq_agents_subject";
/// The constraint as the first step's table has it.
const CONSTRAINT: &str = r#", CONSTRAINT "uq_agents_subject" UNIQUE ("subject")"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_subject_constraint(manager).await?;
        for (table, column, instant) in COLUMNS {
            let column = if instant {
                timestamp_with_time_zone_null(column)
            } else {
                string_null(column)
            };
            let add = Table::alter().table(table).add_column(column).take();
            manager.alter_table(add).await?;
        }
        let there = index(SUBJECT, "agents", &["subject"])
            .unique()
            .and_where(Expr::col("deleted_at").is_null())
            .take();
        manager.create_index(there).await
    }

    /// Takes the columns back. Deleted rows are there again; a deleted agent's subject is replaced for
    /// its id, so that the one who uses it now keeps it.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = format!(r#"DROP INDEX "{SUBJECT}""#);
        manager.get_connection().execute_unprepared(&drop).await?;
        let id = match manager.get_database_backend() {
            DbBackend::Sqlite => "hex(id)",
            _ => "id::text",
        };
        let aside =
            format!("UPDATE agents SET subject = 'deleted ' || {id} WHERE deleted_at IS NOT NULL");
        manager.get_connection().execute_unprepared(&aside).await?;
        for (table, column, _) in COLUMNS {
            let drop = Table::alter().table(table).drop_column(column).take();
            manager.alter_table(drop).await?;
        }
        let all = index(SUBJECT, "agents", &["subject"]).unique().take();
        manager.create_index(all).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Whatever holds subjects unique among all agents goes: the first step's constraint, or the index
/// that `down` leaves.
async fn drop_subject_constraint(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    if manager.get_database_backend() == DbBackend::Sqlite {
        make_agents_anew(db).await?;
    } else {
        let drop = format!(r#"ALTER TABLE agents DROP CONSTRAINT IF EXISTS "{SUBJECT}""#);
        db.execute_unprepared(&drop).await?;
    }
    let drop = format!(r#"DROP INDEX IF EXISTS "{SUBJECT}""#);
    db.execute_unprepared(&drop).await?;
    Ok(())
}

/// The same table with the same rows, without the constraint. Rows elsewhere refer to it: that is
/// checked at the end of the transaction, when the rows are there again. They come back by inserting,
/// since a table that is renamed into place would not count as there.
async fn make_agents_anew<C: ConnectionTrait>(db: &C) -> Result<(), DbErr> {
    let find = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'agents'";
    let found = db
        .query_one_raw(Statement::from_string(DbBackend::Sqlite, find))
        .await?;
    let table: String = match found {
        Some(row) => row.try_get_by_index(0)?,
        None => return Err(DbErr::Migration("there is no table of agents".to_owned())),
    };
    let without = table.replace(CONSTRAINT, "");
    if without == table {
        return Ok(());
    }
    for statement in [
        "PRAGMA defer_foreign_keys = ON",
        "CREATE TABLE agents_before AS SELECT * FROM agents",
        "DROP TABLE agents",
        &without,
        "INSERT INTO agents SELECT * FROM agents_before",
        "DROP TABLE agents_before",
    ] {
        db.execute_unprepared(statement).await?;
    }
    Ok(())
}
