//! What stands in the database, read beside or between servers. Closed before a server is to recover
//! the database by itself.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::ConversationId;
use entity::tables::{
    agent_connection, conversation, event, idempotency, log_head, message, message_revision,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectOptions, ConnectionTrait as _, DatabaseConnection, DbBackend, EntityTrait,
    QueryFilter, QueryOrder, QuerySelect, Statement,
};
use serde_json::Value;

use crate::harness::Database;

/// A connection of the test's own.
pub struct Tables(DatabaseConnection);

/// An event, as far as it is held against answers.
pub struct Event {
    pub at: DateTime<Utc>,
    pub kind: String,
    pub conversation: Option<ConversationId>,
    /// Nobody asked for it: a timer.
    pub by_itself: bool,
    pub after: Value,
    /// What a cursor carries of its hash.
    pub hash: u32,
}

impl Tables {
    pub async fn open(database: &Database) -> Self {
        Self::at(&database.url).await
    }

    pub async fn at(url: &str) -> Self {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let connection = sea_orm::Database::connect(options).await.unwrap();
        Self(connection)
    }

    pub async fn close(self) {
        self.0.close().await.unwrap();
    }

    /// Waits until nobody else uses the database: PostgreSQL finishes what a killed server had sent.
    pub async fn quiet(&self) {
        let others = "SELECT count(*) AS others FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
        let since = Instant::now();
        loop {
            let count = Statement::from_string(DbBackend::Postgres, others);
            let row = self.0.query_one_raw(count).await.unwrap().unwrap();
            if row.try_get::<i64>("", "others").unwrap() == 0 {
                return;
            }
            assert!(
                since.elapsed() < Duration::from_secs(10),
                "connections of the dead stay"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Where the log stands.
    pub async fn head(&self) -> i64 {
        let row = log_head::Entity::find_by_id(1).one(&self.0).await.unwrap();
        row.unwrap().position
    }

    /// The events after this position.
    pub async fn events(&self, after: i64) -> BTreeMap<i64, Event> {
        let rows = event::Entity::find()
            .filter(event::Column::Position.gt(after))
            .order_by_asc(event::Column::Position)
            .all(&self.0)
            .await
            .unwrap();
        let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let event = |row: event::Model| Event {
            at: row.at,
            conversation: row.conversation_id,
            by_itself: json(&row.actor)["as"] == "SYSTEM",
            after: json(&row.after),
            hash: u32::try_from(row.hash.cast_unsigned() >> 32).unwrap(),
            kind: row.kind,
        };
        rows.into_iter()
            .map(|row| (row.position, event(row)))
            .collect()
    }

    /// How many events after this position somebody asked for.
    pub async fn asked_for(&self, after: i64) -> usize {
        let events = self.events(after).await;
        events.values().filter(|event| !event.by_itself).count()
    }

    /// The ids of the messages with each text that they say, or said before they were edited or removed.
    pub async fn messages(&self) -> HashMap<String, Vec<String>> {
        let rows: Vec<(domain::ids::MessageId, Option<String>)> = message::Entity::find()
            .select_only()
            .columns([message::Column::Id, message::Column::Text])
            .into_tuple()
            .all(&self.0)
            .await
            .unwrap();
        let before: Vec<(domain::ids::MessageId, Option<String>)> =
            message_revision::Entity::find()
                .select_only()
                .columns([
                    message_revision::Column::MessageId,
                    message_revision::Column::Text,
                ])
                .into_tuple()
                .all(&self.0)
                .await
                .unwrap();
        let mut ids: HashMap<String, Vec<String>> = HashMap::new();
        for (id, text) in rows.into_iter().chain(before) {
            ids.entry(text.unwrap_or_default())
                .or_default()
                .push(id.to_string());
        }
        ids
    }

    /// How many conversations have each subject.
    pub async fn subjects(&self) -> HashMap<String, usize> {
        let rows = conversation::Entity::find().all(&self.0).await.unwrap();
        let mut subjects = HashMap::new();
        for subject in rows.into_iter().filter_map(|row| row.subject) {
            *subjects.entry(subject).or_default() += 1;
        }
        subjects
    }

    /// How many conversations have this subject.
    pub async fn with_subject(&self, subject: &str) -> usize {
        let rows = conversation::Entity::find()
            .filter(conversation::Column::Subject.eq(subject))
            .all(&self.0);
        rows.await.unwrap().len()
    }

    /// What is ongoing by its rows.
    pub async fn ongoing(&self) -> Vec<conversation::Model> {
        let rows = conversation::Entity::find()
            .filter(conversation::Column::State.ne(domain::words::State::Closed));
        rows.all(&self.0).await.unwrap()
    }

    /// What is kept under a key.
    pub async fn kept(&self, subject: &str, key: &str) -> Option<idempotency::Model> {
        let id = (subject.to_owned(), key.to_owned());
        let row = idempotency::Entity::find_by_id(id).one(&self.0);
        row.await.unwrap()
    }

    /// Makes every first outcome that is kept a month old; how many those are.
    pub async fn age_outcomes(&self) -> usize {
        let aged = idempotency::Entity::update_many()
            .col_expr(idempotency::Column::CreatedAt, Expr::value(a_month_ago()))
            .exec(&self.0);
        usize::try_from(aged.await.unwrap().rows_affected).unwrap()
    }

    /// How many first outcomes that old are kept.
    pub async fn aged_outcomes(&self) -> usize {
        let aged = idempotency::Column::CreatedAt.lt(Utc::now() - TimeDelta::days(20));
        let rows = idempotency::Entity::find().filter(aged).all(&self.0);
        rows.await.unwrap().len()
    }

    /// Until when this agent counts as connected.
    pub async fn connected_until(&self, agent: &str) -> Option<DateTime<Utc>> {
        let rows = agent_connection::Entity::find().all(&self.0).await.unwrap();
        let of_them = rows.iter().filter(|row| row.agent_id.to_string() == agent);
        of_them.map(|row| row.connected_until).max()
    }

    /// The log position of every first outcome that is kept.
    pub async fn outcomes(&self) -> Vec<i64> {
        let rows = idempotency::Entity::find().all(&self.0).await.unwrap();
        rows.iter().map(outcome).collect()
    }
}

fn a_month_ago() -> DateTime<Utc> {
    Utc::now() - TimeDelta::days(30)
}

/// The log position of a first outcome.
pub fn outcome(row: &idempotency::Model) -> i64 {
    let outcome: Value = serde_json::from_str(&row.outcome).unwrap();
    outcome["position"].as_i64().unwrap()
}
