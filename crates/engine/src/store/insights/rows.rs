//! The rows of buckets: what is stored of figures, and what the projector remembers of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    QueryFilter, StreamTrait,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::StoreError;
use super::super::upsert::all_but;
use super::super::writer::persist::insert;
use domain::AgentId;
use domain::insights::{AgentKey, AgentTimes, Figures, QueueKey};
use entity::tables::{insight_agent_bucket, insight_queue_bucket, insight_time_bucket};

/// The length of buckets in minutes, as rows say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::store) enum Length {
    /// No bucket: all the time up to now, of which only what goes on is kept.
    Ever,
    Minute,
    Quarter,
    Day,
}

impl Length {
    pub(super) const fn minutes(self) -> i32 {
        match self {
            Self::Ever => 0,
            Self::Minute => 1,
            Self::Quarter => 15,
            Self::Day => 1_440,
        }
    }
}

/// A bucket: its length and its begin.
pub(in crate::store) type Bucket = (Length, DateTime<Utc>);
/// Figures by bucket and key.
pub(super) type Added<T> = BTreeMap<Bucket, BTreeMap<<T as Table>::Key, <T as Table>::Figures>>;

/// What buckets are read from, one row after the other.
pub(in crate::store) trait Source: ConnectionTrait + StreamTrait {}

impl<T: ConnectionTrait + StreamTrait> Source for T {}

/// One of the tables of buckets.
pub(in crate::store) trait Table: 'static {
    type Key: Copy + Ord + Debug + Send + Sync;
    type Figures: Clone + Debug + Default + PartialEq + Serialize + DeserializeOwned + Send + Sync;
    type Entity: EntityTrait<ActiveModel = Self::Row>;
    type Row: sea_orm::ActiveModelTrait<Entity = Self::Entity> + Send;

    const NAME: &'static str;

    fn join(figures: &mut Self::Figures, other: &Self::Figures);
    fn within(minutes: i32, from: DateTime<Utc>, to: DateTime<Utc>) -> Condition;
    fn parts(row: <Self::Entity as EntityTrait>::Model) -> (DateTime<Utc>, Self::Key, String);
    fn row(minutes: i32, start: DateTime<Utc>, key: Self::Key, figures: String) -> Self::Row;
}

macro_rules! table {
    ($name:ident, $entity:ident, $key:ty, $figures:ty, $text:literal,
     |$row:ident| $parts:expr, |$of:ident| { $($column:ident : $value:expr),* }) => {
        /// See the entity of the same name.
        pub(in crate::store) struct $name;

        impl Table for $name {
            type Key = $key;
            type Figures = $figures;
            type Entity = $entity::Entity;
            type Row = $entity::ActiveModel;

            const NAME: &'static str = $text;

            fn join(figures: &mut $figures, other: &$figures) {
                figures.join(other);
            }

            fn within(minutes: i32, from: DateTime<Utc>, to: DateTime<Utc>) -> Condition {
                use $entity::Column as C;
                Condition::all()
                    .add(C::Minutes.eq(minutes))
                    .add(C::Start.gte(from))
                    .add(C::Start.lt(to))
            }

            fn parts($row: $entity::Model) -> (DateTime<Utc>, $key, String) {
                let key = $parts;
                ($row.start, key, $row.figures)
            }

            fn row(minutes: i32, start: DateTime<Utc>, $of: $key, figures: String) -> $entity::ActiveModel {
                $entity::ActiveModel {
                    minutes: Set(minutes),
                    start: Set(start),
                    $($column: Set($value),)*
                    figures: Set(figures),
                }
            }
        }
    };
}

table!(
    Queues, insight_queue_bucket, QueueKey, Figures, "insight_queue_buckets",
    |row| QueueKey { queue: row.queue_id, channel: row.channel, workstream: row.workstream_id },
    |key| { queue_id: key.queue, channel: key.channel, workstream_id: key.workstream }
);
table!(
    Work, insight_agent_bucket, AgentKey, Figures, "insight_agent_buckets",
    |row| AgentKey { agent: row.agent_id, queue: row.queue_id },
    |key| { agent_id: key.agent, queue_id: key.queue }
);
table!(
    Times, insight_time_bucket, AgentId, AgentTimes, "insight_time_buckets",
    |row| row.agent_id,
    |agent| { agent_id: agent }
);

/// The figures of these buckets, by their begin and key.
pub(in crate::store) async fn read<T: Table>(
    connection: &impl Source,
    length: Length,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    also: Condition,
) -> Result<Vec<(DateTime<Utc>, T::Key, T::Figures)>, StoreError>
where
    <T::Entity as EntityTrait>::Model: IntoActiveModel<T::Row> + Send + Sync,
{
    let mut found = Vec::new();
    let take = |start, key, figures| found.push((start, key, figures));
    read_each::<T>(connection, length, from, to, also, take).await?;
    Ok(found)
}

/// Gives each of these buckets' figures, one after the other: of a long range they are many.
pub(super) async fn read_each<T: Table>(
    connection: &impl Source,
    length: Length,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    also: Condition,
    mut give: impl FnMut(DateTime<Utc>, T::Key, T::Figures),
) -> Result<(), StoreError>
where
    <T::Entity as EntityTrait>::Model: IntoActiveModel<T::Row> + Send + Sync,
{
    let select = T::Entity::find()
        .filter(T::within(length.minutes(), from, to))
        .filter(also);
    let mut rows = select.stream(connection).await?;
    while let Some(row) = rows.try_next().await? {
        let (start, key, figures) = T::parts(row);
        let figures = serde_json::from_str(&figures).map_err(StoreError::row(T::NAME))?;
        give(start, key, figures);
    }
    Ok(())
}

/// Writes these figures in place of what is there.
pub(super) async fn write<T: Table>(
    transaction: &DatabaseTransaction,
    figures: impl Iterator<Item = (Bucket, T::Key, &T::Figures)>,
) -> Result<(), StoreError>
where
    <T::Entity as EntityTrait>::Model: IntoActiveModel<T::Row>,
{
    let rows: Result<Vec<_>, StoreError> = figures
        .map(|((length, start), key, figures)| {
            let text = serde_json::to_string(figures).map_err(StoreError::row(T::NAME))?;
            Ok(T::row(length.minutes(), start, key, text))
        })
        .collect();
    let replaced = all_but::<T::Entity>(&[]);
    insert!(transaction, T::Entity, rows?, Some(replaced.clone()));
    Ok(())
}

/// How many buckets are remembered.
const REMEMBERED: usize = 32;

/// Buckets of one table as they are stored, and as they become.
pub(super) struct Remembered<T: Table> {
    buckets: BTreeMap<Bucket, BTreeMap<T::Key, T::Figures>>,
    changed: BTreeSet<(Bucket, T::Key)>,
}

impl<T: Table> Default for Remembered<T> {
    fn default() -> Self {
        Self {
            buckets: BTreeMap::new(),
            changed: BTreeSet::new(),
        }
    }
}

impl<T: Table> Remembered<T>
where
    <T::Entity as EntityTrait>::Model: IntoActiveModel<T::Row> + Send + Sync,
{
    /// Adds these figures to what is stored, in memory.
    pub(super) async fn add(
        &mut self,
        connection: &impl Source,
        added: Added<T>,
    ) -> Result<(), StoreError> {
        for (bucket, by_key) in added {
            if let std::collections::btree_map::Entry::Vacant(e) = self.buckets.entry(bucket) {
                let (length, start) = bucket;
                let until = start + chrono::TimeDelta::seconds(1);
                let rows = read::<T>(connection, length, start, until, Condition::all()).await?;
                let known = rows.into_iter().map(|(_, key, figures)| (key, figures));
                e.insert(known.collect());
            }
            let known = self.buckets.entry(bucket).or_default();
            for (key, figures) in by_key {
                T::join(known.entry(key).or_default(), &figures);
                self.changed.insert((bucket, key));
            }
        }
        Ok(())
    }

    /// Writes what was added.
    pub(super) async fn write(&self, transaction: &DatabaseTransaction) -> Result<(), StoreError> {
        let changed = self.changed.iter().filter_map(|(bucket, key)| {
            let figures = self.buckets.get(bucket)?.get(key)?;
            Some((*bucket, *key, figures))
        });
        write::<T>(transaction, changed).await
    }

    /// What was added is stored. Old buckets are forgotten, which are read again where something comes to them.
    pub(super) fn is_written(&mut self) {
        self.changed.clear();
        while self.buckets.len() > REMEMBERED {
            let mut buckets = self.buckets.keys();
            let Some(oldest) = buckets.find(|(length, _)| *length != Length::Ever).copied() else {
                return;
            };
            self.buckets.remove(&oldest);
        }
    }
}
