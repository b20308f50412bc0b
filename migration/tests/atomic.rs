//! A step that fails leaves the database as it was, wherever in the step that is, and the next start succeeds.
//!
//! The file of an `SQLite` database is allowed a page more each time, so that each step fails at every point at
//! which it needs room.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};

#[test]
fn every_step_runs_in_a_transaction_on_both_databases() {
    for migration in Migrator::migrations() {
        assert_eq!(
            migration.use_transaction(),
            Some(true),
            "{}",
            migration.name()
        );
    }
}

async fn open(file: &Path) -> DatabaseConnection {
    #[expect(clippy::disallowed_methods, reason = "a database of its own")]
    let mut options = ConnectOptions::new(format!("sqlite://{}?mode=rwc", file.display()));
    options
        .max_connections(1)
        .map_sqlx_sqlite_opts(|sqlite| sqlite.foreign_keys(true).pragma("journal_mode", "WAL"));
    Database::connect(options).await.unwrap()
}

async fn number(db: &DatabaseConnection, sql: &str) -> i64 {
    let statement = Statement::from_string(db.get_database_backend(), sql.to_owned());
    let row = db.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// The schema and which steps are applied.
async fn shape(db: &DatabaseConnection) -> Vec<String> {
    let mut shape = Vec::new();
    for sql in [
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name",
        "SELECT version FROM seaql_migrations ORDER BY version",
    ] {
        let statement = Statement::from_string(db.get_database_backend(), sql);
        let rows = db.query_all_raw(statement).await.unwrap();
        let text = |row: &sea_orm::QueryResult| row.try_get_by_index::<String>(0).unwrap();
        shape.extend(rows.iter().map(text));
    }
    shape
}

/// Lets the next step run with no page to spare, one, two and so on until it has enough; after each failure
/// everything is as before, also for the next connection. How often it failed.
async fn fails_everywhere(file: &Path, down: bool) -> u32 {
    let db = open(file).await;
    let before = shape(&db).await;
    db.close().await.unwrap();
    let mut failed = 0;
    for spare in 0.. {
        let db = open(file).await;
        let pages = number(&db, "PRAGMA page_count").await + spare;
        number(&db, &format!("PRAGMA max_page_count = {pages}")).await;
        let done = if down {
            Migrator::down(&db, Some(1)).await
        } else {
            Migrator::up(&db, Some(1)).await
        };
        // As a process that ends after the error.
        let _ = db.close().await;
        let db = open(file).await;
        let after = shape(&db).await;
        assert_eq!(
            number(
                &db,
                "SELECT COUNT(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"
            )
            .await,
            1
        );
        db.close().await.unwrap();
        if done.is_ok() {
            assert_ne!(after, before);
            break;
        }
        assert_eq!(after, before, "{spare} pages: {done:?}");
        failed += 1;
        assert!(spare < 200, "{done:?}");
    }
    failed
}

#[tokio::test]
async fn a_step_that_fails_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("regie.db");
    let db = open(&file).await;
    Migrator::install(&db).await.unwrap();
    db.close().await.unwrap();
    let mut failed = Vec::new();
    for _ in Migrator::migrations() {
        failed.push(fails_everywhere(&file, false).await);
    }
    // Every step that makes a table needs room for it.
    assert!(failed.iter().sum::<u32>() > 30, "{failed:?}");
    // What is left is a database on which a start succeeds.
    let db = open(&file).await;
    assert!(
        Migrator::get_pending_migrations(&db)
            .await
            .unwrap()
            .is_empty()
    );
    db.close().await.unwrap();
    for _ in Migrator::migrations() {
        fails_everywhere(&file, true).await;
    }
}
