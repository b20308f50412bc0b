//! The sixth step on a database that is in use: rows stay, what refers to them too, and a subject is
//! one agent's only while the agent is there.
//!
//! `SQLite` always; `PostgreSQL` too where `REGIE_TEST_POSTGRES_URL` names a database in which a
//! schema may be made.
#![allow(clippy::unwrap_used)]

use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement,
};

/// How many steps there were before the first that this test is about could be.
const BEFORE: u32 = 3;

const AGENT: &str = "00000000000070008000000000000001";
const TWIN: &str = "00000000000070008000000000000002";

#[tokio::test]
async fn a_database_in_use_is_brought_up_and_back_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!(
        "sqlite://{}?mode=rwc",
        folder.path().join("regie.db").display()
    );
    #[expect(clippy::disallowed_methods, reason = "a database of its own")]
    let mut options = ConnectOptions::new(url);
    options.map_sqlx_sqlite_opts(|sqlite| sqlite.foreign_keys(true));
    let db = Database::connect(options).await.unwrap();
    up_and_back(&db).await;
    db.close().await.unwrap();
}

#[tokio::test]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn a_database_in_use_is_brought_up_and_back_on_postgresql() {
    let url = std::env::var("REGIE_TEST_POSTGRES_URL").unwrap();
    let schema = format!("administration_{}", uuid::Uuid::now_v7().simple());
    let outside = Database::connect(&url).await.unwrap();
    run(&outside, &format!("CREATE SCHEMA {schema}"))
        .await
        .unwrap();
    #[expect(clippy::disallowed_methods, reason = "a database of its own")]
    let mut options = ConnectOptions::new(url);
    options.set_schema_search_path(schema.clone());
    let db = Database::connect(options).await.unwrap();
    up_and_back(&db).await;
    db.close().await.unwrap();
    run(&outside, &format!("DROP SCHEMA {schema} CASCADE"))
        .await
        .unwrap();
}

async fn run(db: &DatabaseConnection, sql: &str) -> Result<(), sea_orm::DbErr> {
    db.execute_unprepared(sql).await.map(drop)
}

/// An id as a literal of this database.
fn id(db: &DatabaseConnection, hex: &str) -> String {
    match db.get_database_backend() {
        DbBackend::Sqlite => format!("x'{hex}'"),
        _ => format!("'{hex}'"),
    }
}

async fn insert_agent(
    db: &DatabaseConnection,
    hex: &str,
    subject: &str,
) -> Result<(), sea_orm::DbErr> {
    let id = id(db, hex);
    let sql = format!(
        "INSERT INTO agents (id, subject, name, kind, capacity, presence, created_at)
         VALUES ({id}, '{subject}', 'Noor', 'HUMAN', 3, 'AWAY', '2026-01-01 00:00:00+00:00')"
    );
    run(db, &sql).await
}

async fn count(db: &DatabaseConnection, table: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {table}");
    let counted = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(counted).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

async fn up_and_back(db: &DatabaseConnection) {
    Migrator::up(db, Some(BEFORE)).await.unwrap();
    insert_agent(db, AGENT, "noor").await.unwrap();
    let member = format!(
        "INSERT INTO memberships SELECT {}, id FROM queues WHERE kind = 'MESSAGING'",
        id(db, AGENT)
    );
    run(db, &member).await.unwrap();
    let later = u32::try_from(Migrator::migrations().len()).unwrap() - BEFORE;
    for round in 0..2 {
        Migrator::up(db, None).await.unwrap();
        assert_eq!(count(db, "agents").await, 1 + round);
        assert_eq!(count(db, "memberships").await, 1);
        let gone = format!("DELETE FROM agents WHERE id = {}", id(db, AGENT));
        run(db, &gone).await.unwrap_err();
        // The next round's rows are there already, and have subjects of their own again.
        if round == 0 {
            insert_agent(db, TWIN, "noor").await.unwrap_err();
            let delete = format!(
                "UPDATE agents SET deleted_at = '2026-01-02 00:00:00+00:00' WHERE id = {}",
                id(db, AGENT)
            );
            run(db, &delete).await.unwrap();
            insert_agent(db, TWIN, "noor").await.unwrap();
        }
        Migrator::down(db, Some(later)).await.unwrap();
        assert_eq!(count(db, "agents").await, 2);
        let named = count(db, "agents WHERE subject = 'noor'").await;
        assert_eq!(named, 1);
        insert_agent(db, "00000000000070008000000000000003", "noor")
            .await
            .unwrap_err();
    }
}
