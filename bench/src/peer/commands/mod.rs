//! Bare SeaORM transactions: the same rows, one command after the other, without rules.
//!
//! The head row is locked as late as it can be, which is best where several connections write.
//! On SQLite one connection writes, as in the project: more would only wait for each other.

mod rows;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use domain::ids::MessageId;
use domain::words::State;
use entity::tables::{audit, conversation, event, log_head, message, offer, timer};
use sea_orm::sea_query::{LockType, OnConflict};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Database, DatabaseConnection, DbBackend,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    SqliteTransactionMode, TransactionOptions, TransactionTrait as _,
};

use crate::Result;
use crate::commands::{Ran, Task, Written, drive};
use crate::pace::pace;
pub use rows::{Group, groups};

/// Connections to PostgreSQL.
const POSTGRES_WRITERS: u32 = 16;
/// Conversations that the view's writer goes round.
const ROUND: u64 = 1_000;

/// Connects with the project's settings; who has no connection may wait long for one.
pub async fn connect(url: &str, connections: u32) -> Result<DatabaseConnection> {
    let mut options = engine::store::options(&engine::store::Address::of(url)?, connections);
    options.acquire_timeout(Duration::from_mins(1));
    Ok(Database::connect(options).await?)
}

/// The groups of the project's database.
pub async fn read(written: &Written, task: &Task) -> Result<Vec<Arc<Group>>> {
    let db = connect(&written.url, 1).await?;
    let groups = groups(&db, task.kind, written.after).await?;
    db.close().await?;
    Ok(groups.into_iter().map(Arc::new).collect())
}

/// Runs it.
pub async fn run(url: &str, written: &Written, task: &Task) -> Result<Ran> {
    let groups = read(written, task).await?;
    let sqlite = url.starts_with("sqlite:");
    let db = connect(url, if sqlite { 1 } else { POSTGRES_WRITERS }).await?;
    drive(task, groups.len(), |number| {
        let (db, group) = (db.clone(), groups[number].clone());
        async move { write(&db, &group).await }
    })
    .await
}

/// One command's rows in one transaction.
async fn write(db: &DatabaseConnection, group: &Group) -> Result<()> {
    let sqlite = db.get_database_backend() == DbBackend::Sqlite;
    let options = TransactionOptions {
        sqlite_transaction_mode: sqlite.then_some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = db.begin_with_options(options).await?;
    let id = group.conversation.id;
    let there = conversation::Entity::find_by_id(id)
        .one(&transaction)
        .await?;
    there.ok_or("the conversation is not there")?;
    let row = group.conversation.clone().into_active_model().reset_all();
    row.update_without_returning(&transaction).await?;
    if let Some(row) = &group.offer {
        let row = row.clone().into_active_model().reset_all();
        offer::Entity::insert(row)
            .exec_without_returning(&transaction)
            .await?;
    }
    let due = OnConflict::columns([timer::Column::ConversationId, timer::Column::Kind])
        .update_column(timer::Column::DueAt)
        .to_owned();
    for row in &group.timers {
        let row = row.clone().into_active_model().reset_all();
        timer::Entity::insert(row)
            .on_conflict(due.clone())
            .exec_without_returning(&transaction)
            .await?;
    }
    let mut head = log_head::Entity::find();
    if !sqlite {
        head = head.lock(LockType::Update);
    }
    let mut head = head.one(&transaction).await?.ok_or("no head")?;
    if let Some(row) = &group.message {
        let mut row = row.clone();
        row.position = head.position + 1;
        let row = row.into_active_model().reset_all();
        message::Entity::insert(row)
            .exec_without_returning(&transaction)
            .await?;
    }
    for row in &group.events {
        head.position += 1;
        let mut row = row.clone();
        row.position = head.position;
        let row = row.into_active_model().reset_all();
        event::Entity::insert(row)
            .exec_without_returning(&transaction)
            .await?;
    }
    if let Some(row) = &group.audit {
        head.audit_number += 1;
        let mut row = row.clone();
        row.number = head.audit_number;
        let row = row.into_active_model().reset_all();
        audit::Entity::insert(row)
            .exec_without_returning(&transaction)
            .await?;
    }
    let head = head.into_active_model().reset_all();
    head.update_without_returning(&transaction).await?;
    Ok(transaction.commit().await?)
}

/// For the view: writes messages with two events each, so many a second, until it is ended.
pub async fn replay_one(db: DatabaseConnection, rate: f64, events: Arc<AtomicI64>) -> Result<()> {
    let conversations = conversation::Entity::find()
        .filter(conversation::Column::State.eq(State::Active))
        .limit(ROUND)
        .all(&db)
        .await?;
    if conversations.is_empty() {
        return Err("nobody is in conversation".into());
    }
    let newest = event::Entity::find()
        .order_by_desc(event::Column::Position)
        .limit(2)
        .all(&db)
        .await?;
    let posted = message::Entity::find()
        .order_by_desc(message::Column::Position)
        .one(&db)
        .await?
        .ok_or("nothing was ever posted")?;
    let next = AtomicUsize::new(0);
    pace(u64::MAX, rate, || {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let conversation = conversations[index % conversations.len()].clone();
        let mut message = posted.clone();
        message.id = MessageId::new(chrono::Utc::now());
        message.conversation_id = conversation.id;
        // A number in its conversation that no seeded message has.
        message.number = 1_000 + i32::try_from(index).unwrap_or(i32::MAX - 1_000);
        let group = Group {
            conversation,
            events: newest.clone(),
            message: Some(message),
            offer: None,
            timers: Vec::new(),
            audit: None,
        };
        let (db, events) = (db.clone(), events.clone());
        async move {
            write(&db, &group).await?;
            events.fetch_add(2, Ordering::Relaxed);
            Ok(())
        }
    })
    .await
}
