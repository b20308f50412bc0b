//! The upgrade of a large database: what takes long comes beside the running server, and is there in the end as in a new
//! database.

use engine::store::Store;
use entity::tables::conversation;
use migration::{MANY, Migrator, MigratorTrait as _, missing_index};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DatabaseConnection, DbBackend, EntityTrait as _,
    PaginatorTrait as _, QueryFilter as _, Statement,
};
use serde_json::json;

use crate::floor::Floor;
use crate::harness::{Database, Server, eventually};

/// How many steps there were before conversations of the past could be searched.
const BEFORE: u32 = 11;

/// Every index and what it is of, but for the database's own.
async fn indexes(tables: &DatabaseConnection) -> Vec<String> {
    let sql = match tables.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT replace(indexdef, current_schema() || '.', '') FROM pg_indexes \
             WHERE schemaname = current_schema() ORDER BY indexname"
        }
        _ => {
            "SELECT replace(sql, 'IF NOT EXISTS ', '') FROM sqlite_master \
             WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
        }
    };
    let rows = tables.query_all_raw(Statement::from_string(tables.get_database_backend(), sql));
    let rows = rows.await.unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index::<String>(0).unwrap())
        .collect()
}

/// Copies the only conversation until there are more than a step waits for.
async fn multiply(tables: &DatabaseConnection) {
    let backend = tables.get_database_backend();
    let (columns, id, times) = match backend {
        DbBackend::Postgres => (
            "SELECT column_name::text FROM information_schema.columns \
             WHERE table_name = 'conversations' AND table_schema = current_schema() AND column_name <> 'id'",
            "gen_random_uuid()",
            format!("generate_series(1, {MANY}) AS times"),
        ),
        _ => (
            "SELECT name FROM pragma_table_info('conversations') WHERE name <> 'id'",
            "randomblob(16)",
            format!(
                "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY}) SELECT i FROM n) AS times"
            ),
        ),
    };
    let rows = tables
        .query_all_raw(Statement::from_string(backend, columns))
        .await
        .unwrap();
    let columns: Vec<String> = rows
        .iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect();
    let columns = columns.join(", ");
    let copy = format!(
        "INSERT INTO conversations (id, {columns}) SELECT {id}, {columns} FROM conversations, {times}"
    );
    tables.execute_unprepared(&copy).await.unwrap();
}

/// A database as it was before the past could be searched, with more than [`MANY`] closed conversations that were rated; and its
/// indexes when it was new and had all steps.
async fn large_one_of_before(database: &Database) -> (DatabaseConnection, Vec<String>) {
    let floor = Floor::on(database.clone()).await;
    let id = floor.start_with("SMS", json!({})).await;
    floor
        .act(&floor.sam, "forceCloseConversation", &id, json!({}))
        .await;
    let rated = json!({ "score": 2 });
    floor.act(&floor.gateway, "recordRating", &id, rated).await;
    floor.server.stop().await;
    let tables = sea_orm::Database::connect(&database.url).await.unwrap();
    let expected = indexes(&tables).await;
    let steps = u32::try_from(Migrator::migrations().len()).unwrap();
    let down = Migrator::down(&tables, Some(steps - BEFORE));
    down.await.unwrap();
    multiply(&tables).await;
    (tables, expected)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_database_gets_its_indexes_and_columns_beside_the_running_server() {
    for database in Database::all().await {
        let (tables, expected) = large_one_of_before(&database).await;
        let opened = Store::open(&database.url).await.unwrap();
        assert!(missing_index(&tables).await.unwrap().is_some());
        assert!(!opened.is_filled().await.unwrap());
        drop(opened);
        let url = database.url.clone();
        let server = Server::on(database).await;
        eventually("every index is there", || async {
            missing_index(&tables).await.unwrap().is_none()
        })
        .await;
        assert_eq!(indexes(&tables).await, expected);
        let store = Store::connect(&url).await.unwrap();
        eventually("every row says what it has to", || async {
            store.is_filled().await.unwrap()
        })
        .await;
        let rated = conversation::Entity::find().filter(conversation::Column::Rating.eq(2));
        assert_eq!(rated.count(&tables).await.unwrap(), MANY + 1);
        assert!(store.make_indexes().await.unwrap(), "nothing is left");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrate_up_makes_every_index_before_it_ends() {
    for database in Database::all().await {
        let (tables, expected) = large_one_of_before(&database).await;
        let folder = tempfile::tempdir().unwrap();
        let up = ["migrate", "up"];
        let run = crate::harness::binary::output(&database.url, folder.path(), &up);
        assert!(run.status.success(), "{run:?}");
        assert!(missing_index(&tables).await.unwrap().is_none());
        assert_eq!(indexes(&tables).await, expected);
    }
}
