//! The steps and the entities agree, on every database that Regie runs on.
//!
//! `SQLite` always; `PostgreSQL` too where `REGIE_TEST_POSTGRES_URL` names a database in which a
//! schema may be made: the test works in a schema of its own and drops it.
#![allow(clippy::unwrap_used)]

mod rows;

use std::collections::BTreeSet;

use domain::ids::AgentId;
use domain::words::{AlertThreshold, QueueKind, SentimentLevel, State, TimerKind};
use entity::tables::{agent, conversation, log_head, queue, settings, timer, workstream};
use migration::Migrator;
use rows::{at, every_row};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectOptions, ConnectionTrait, Database, DatabaseConnection,
    DbBackend, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryResult, Set, SqlErr,
    Statement,
};
use sea_orm_migration::MigratorTrait;

#[tokio::test]
async fn the_tables_hold_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("regie.db");
    let db = Database::connect(format!("sqlite://{}?mode=rwc", file.display()))
        .await
        .unwrap();
    the_tables_hold(&db).await;
    db.close().await.unwrap();
}

#[tokio::test]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn the_tables_hold_on_postgresql() {
    let url = std::env::var("REGIE_TEST_POSTGRES_URL").unwrap();
    let schema = format!("tables_{}", uuid::Uuid::now_v7().simple());
    let outside = Database::connect(&url).await.unwrap();
    outside
        .execute_unprepared(&format!("CREATE SCHEMA {schema}"))
        .await
        .unwrap();
    #[expect(clippy::disallowed_methods, reason = "a database of its own")]
    let mut options = ConnectOptions::new(url);
    options.set_schema_search_path(schema.clone());
    let db = Database::connect(options).await.unwrap();
    the_tables_hold(&db).await;
    db.close().await.unwrap();
    outside
        .execute_unprepared(&format!("DROP SCHEMA {schema} CASCADE"))
        .await
        .unwrap();
}

/// What is asked of each database alike.
async fn the_tables_hold(db: &DatabaseConnection) {
    the_steps_go_up_down_and_up_again(db).await;
    a_new_database_has_its_defaults(db).await;
    let conversation = every_row(db).await;
    no_table_is_empty(db).await;
    several_rows_go_in_one_statement(db, &conversation).await;
    the_constraints_hold(db, &conversation).await;
}

/// The tables that the database has, but for the one in which the steps are noted.
async fn tables(db: &DatabaseConnection) -> BTreeSet<String> {
    let names = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        }
        _ => {
            "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
        }
    };
    let statement = Statement::from_string(db.get_database_backend(), names);
    let rows = db.query_all_raw(statement).await.unwrap();
    let name = |row: &QueryResult| row.try_get_by_index::<String>(0).unwrap();
    let tables = rows.iter().map(name);
    tables.filter(|name| name != "seaql_migrations").collect()
}

async fn the_steps_go_up_down_and_up_again(db: &DatabaseConnection) {
    Migrator::up(db, None).await.unwrap();
    let entities: BTreeSet<_> = entity::tables::names()
        .into_iter()
        .map(str::to_owned)
        .collect();
    assert_eq!(
        tables(db).await,
        entities,
        "each table has an entity that is among `entity::tables::names`, and each entity its step"
    );
    Migrator::down(db, None).await.unwrap();
    assert_eq!(tables(db).await, BTreeSet::new(), "let the step drop these");
    Migrator::up(db, None).await.unwrap();
}

/// `every_row` leaves no table out.
async fn no_table_is_empty(db: &DatabaseConnection) {
    for table in tables(db).await {
        let count = format!("SELECT COUNT(*) FROM \"{table}\"");
        let statement = Statement::from_string(db.get_database_backend(), count);
        let row = db.query_one_raw(statement).await.unwrap().unwrap();
        let rows: i64 = row.try_get_by_index(0).unwrap();
        assert!(rows > 0, "give {table} a row in migration/tests/rows");
    }
}

async fn a_new_database_has_its_defaults(db: &DatabaseConnection) {
    let expected = settings::Model {
        id: 1,
        supervisor_monitor: true,
        supervisor_assign: false,
        supervisor_transfer: false,
        supervisor_force_close: false,
        supervisor_take_over: false,
        supervisor_manage_agents: true,
        agent_insights: true,
        short_abandon_seconds: 5,
        sentiment_analysis: true,
        sentiment_alert_threshold: AlertThreshold::Negative,
        inactive_after_missed_offer: false,
        monitoring_notice_text:
            "Supervisors may watch and join conversations, and what is said is stored.".to_owned(),
    };
    let found = settings::Entity::find().all(db).await.unwrap();
    assert_eq!(found, [expected]);

    let head = log_head::Entity::find_by_id(1).one(db).await.unwrap();
    let head = head.unwrap();
    assert_eq!((head.position, head.hash), (0, 0));
    assert_eq!((head.audit_number, head.audit_hash.as_str()), (0, ""));

    for kind in QueueKind::ALL {
        let queues = queue::Entity::find().filter(queue::Column::Kind.eq(*kind));
        assert_eq!(queues.count(db).await.unwrap(), 1, "{kind}");
        let workstreams = workstream::Entity::find()
            .filter(workstream::Column::Kind.eq(*kind))
            .all(db)
            .await
            .unwrap();
        let [workstream] = workstreams.as_slice() else {
            panic!("one workstream of kind {kind}");
        };
        assert_eq!(workstream.allowed_presences, r#"["AVAILABLE","BUSY"]"#);
        assert_eq!((workstream.units, workstream.offer_seconds), (1, 120));
        assert_eq!(workstream.wrap_up_capacity_seconds, None);
        assert_eq!(workstream.customer_grace_seconds, 180);
    }
}

/// The forms that a writer of batches needs: insert many, replace what is there, delete by key.
async fn several_rows_go_in_one_statement(
    db: &DatabaseConnection,
    conversation: &conversation::Model,
) {
    let timers = [
        (TimerKind::AutoClose, 100),
        (TimerKind::Offer, 200),
        (TimerKind::CustomerGrace, 300),
    ];
    let timers = timers.map(|(kind, seconds)| timer::ActiveModel {
        conversation_id: Set(conversation.id),
        kind: Set(kind),
        due_at: Set(at(seconds)),
    });
    let moved = OnConflict::columns([timer::Column::ConversationId, timer::Column::Kind])
        .update_column(timer::Column::DueAt)
        .to_owned();
    // AUTO_CLOSE is there already: it moves, the others come.
    timer::Entity::insert_many(timers)
        .on_conflict(moved)
        .exec_without_returning(db)
        .await
        .unwrap();
    let due = timer::Entity::find()
        .filter(timer::Column::DueAt.lte(at(200)))
        .all(db)
        .await
        .unwrap();
    assert_eq!(due.len(), 2);

    let mut closed = conversation.clone();
    closed.state = State::Closed;
    closed.version += 1;
    closed.sentiment = SentimentLevel::Neutral;
    closed.closed_at = Some(at(60));
    let replaced = OnConflict::column(conversation::Column::Id)
        .update_columns([
            conversation::Column::State,
            conversation::Column::Version,
            conversation::Column::Sentiment,
            conversation::Column::ClosedAt,
        ])
        .to_owned();
    let ongoing = || {
        conversation::Entity::find()
            .filter(Expr::cust("state <> 'CLOSED'"))
            .count(db)
    };
    assert_eq!(ongoing().await.unwrap(), 1);
    conversation::Entity::insert_many([closed.clone().into_active_model()])
        .on_conflict(replaced)
        .exec_without_returning(db)
        .await
        .unwrap();
    assert_eq!(ongoing().await.unwrap(), 0);
    let found = conversation::Entity::find()
        .filter(conversation::Column::Id.is_in([closed.id]))
        .all(db)
        .await
        .unwrap();
    assert_eq!(found, [closed]);

    timer::Entity::delete_many()
        .filter(timer::Column::ConversationId.is_in([conversation.id]))
        .filter(timer::Column::Kind.ne(TimerKind::AutoClose))
        .exec(db)
        .await
        .unwrap();
    assert_eq!(timer::Entity::find().count(db).await.unwrap(), 1);
}

async fn the_constraints_hold(db: &DatabaseConnection, conversation: &conversation::Model) {
    let agent = agent::Entity::find().one(db).await.unwrap().unwrap();
    let mut twin = agent.clone().into_active_model();
    twin.id = Set(AgentId::new(chrono::DateTime::UNIX_EPOCH));
    let error = agent::Entity::insert(twin).exec(db).await.unwrap_err();
    assert!(matches!(
        error.sql_err(),
        Some(SqlErr::UniqueConstraintViolation(_))
    ));

    let mut lost = conversation.clone().into_active_model();
    lost.agent_id = Set(Some(AgentId::new(chrono::DateTime::UNIX_EPOCH)));
    let error = lost.update(db).await.unwrap_err();
    assert!(matches!(
        error.sql_err(),
        Some(SqlErr::ForeignKeyConstraintViolation(_))
    ));

    let head = log_head::Entity::find_by_id(1).one(db).await.unwrap();
    let mut second = head.unwrap().into_active_model();
    second.id = Set(2);
    log_head::Entity::insert(second).exec(db).await.unwrap_err();
}
