//! Figures of a time, part after part: what was counted in each, by queue, channel and workstream, or by agent and queue.
//!
//! A part is read at a time, from the longest buckets that lie within it. What was going on at its end is what goes on now, less
//! what came since, which is added up once before the first part.

mod columns;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sea_orm::{Condition, EntityTrait, IntoActiveModel};

use super::super::insights::{EVER, Progress, Queues, Source, Table, Times, Work, read, spans_of};
use super::super::load::{ONLY_ROW, workstream_of};
use super::super::{Store, StoreError};
use super::Row;
use columns::{Part, agent_row, queue_row, times_row};
use domain::WorkstreamId;
use domain::insights::{AgentKey, AgentTimes, DAY, Figures, QueueKey, bucket_of};
use entity::tables::{settings, workstream};

pub use columns::columns;

/// What figures are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsightsBy {
    /// Queue, channel and workstream.
    Queue,
    /// Agent and queue; and each agent's times, which belong to no queue.
    Agent,
}

/// Which figures of which time.
#[derive(Clone, Debug)]
pub struct InsightsExport {
    /// By what they are told apart.
    pub by: InsightsBy,
    /// The parts of the time, one after the other.
    pub parts: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    /// Within how many seconds a conversation should be taken; none: each workstream says so itself.
    pub service_level_seconds: Option<u32>,
}

/// Why no figures are exported.
#[derive(Debug, thiserror::Error)]
pub enum NoInsights {
    /// Nothing is counted.
    #[error("nothing is counted yet: a server does that")]
    NotCounted,
    /// The organisation keeps no figures by agent for others than them.
    #[error("the setting agentInsights is off: there are no figures by agent")]
    NotByAgent,
    /// A fault of the database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How many go on and wait, by key.
type GoingOn<K> = BTreeMap<K, (i64, i64)>;

impl Store {
    /// Gives the rows of every part, until `take` fails or there are no more.
    pub async fn export_insights<E: From<NoInsights>>(
        &self,
        export: &InsightsExport,
        mut take: impl FnMut(Vec<Row>) -> Result<(), E>,
    ) -> Result<(), E> {
        match export.by {
            InsightsBy::Queue => {
                let levels = self
                    .service_levels(export)
                    .await
                    .map_err(NoInsights::from)?;
                let level = |workstream: WorkstreamId| {
                    let own = levels.get(&workstream).copied();
                    export.service_level_seconds.or(own).unwrap_or(60)
                };
                let row = |part: &Part, key: QueueKey, figures: &Figures, going_on| {
                    queue_row(part, key, figures, going_on, level(key.workstream))
                };
                let mut rows = self.parts::<Queues>(export).await?;
                for part in &export.parts {
                    take(
                        rows.next(self, *part, row)
                            .await
                            .map_err(NoInsights::from)?,
                    )?;
                }
            }
            InsightsBy::Agent => {
                self.may_be_by_agent().await?;
                let mut rows = self.parts::<Work>(export).await?;
                for part in &export.parts {
                    let row = |part: &Part, key: AgentKey, figures: &Figures, going_on| {
                        agent_row(part, key, figures, going_on)
                    };
                    let work = rows
                        .next(self, *part, row)
                        .await
                        .map_err(NoInsights::from)?;
                    let times = self.times_of(*part).await.map_err(NoInsights::from)?;
                    take(work.into_iter().chain(times).collect())?;
                }
            }
        }
        Ok(())
    }

    async fn may_be_by_agent(&self) -> Result<(), NoInsights> {
        let row = settings::Entity::find_by_id(ONLY_ROW).one(&self.read).await;
        let row = row.map_err(StoreError::from)?;
        if row.is_none_or(|row| row.agent_insights) {
            Ok(())
        } else {
            Err(NoInsights::NotByAgent)
        }
    }

    /// Within how many seconds a conversation of each workstream should be taken.
    async fn service_levels(
        &self,
        export: &InsightsExport,
    ) -> Result<BTreeMap<WorkstreamId, u32>, StoreError> {
        let mut levels = BTreeMap::new();
        if export.service_level_seconds.is_none() {
            for row in workstream::Entity::find().all(&self.read).await? {
                let workstream = workstream_of(row)?;
                levels.insert(workstream.id, workstream.service_level());
            }
        }
        Ok(levels)
    }

    /// What was going on before the first part, of one snapshot.
    async fn parts<T>(&self, export: &InsightsExport) -> Result<Parts<T>, NoInsights>
    where
        T: Table<Figures = Figures>,
        <T::Entity as EntityTrait>::Model: IntoActiveModel<T::Row> + Send + Sync,
    {
        let snapshot = self.snapshot().await?;
        let progress = Progress::read(&snapshot).await?;
        let progress = progress.ok_or(NoInsights::NotCounted)?;
        let (length, start) = EVER;
        let mut going_on: GoingOn<T::Key> = BTreeMap::new();
        let mut add = |key, figures: &Figures, sign: i64| {
            let (ongoing, waiting) = going_on.entry(key).or_default();
            *ongoing += sign * figures.ongoing;
            *waiting += sign * figures.waiting;
        };
        for (_, key, figures) in
            read::<T>(&snapshot, length, start, start + DAY, Condition::all()).await?
        {
            add(key, &figures, 1);
        }
        let begin = export
            .parts
            .first()
            .map_or(progress.state.at, |part| part.0);
        let mut from = begin;
        // A day at a time, so that memory has no more; the last is beyond whatever is counted.
        while from < progress.state.at + DAY {
            let to = bucket_of(from, DAY) + DAY;
            for (_, key, figures) in in_buckets::<T>(&snapshot, &progress, (from, to)).await? {
                add(key, &figures, -1);
            }
            from = to;
        }
        snapshot.commit().await.map_err(StoreError::from)?;
        Ok(Parts { going_on })
    }

    /// Agents' times of one part.
    async fn times_of(&self, part: (DateTime<Utc>, DateTime<Utc>)) -> Result<Vec<Row>, StoreError> {
        let Some(progress) = Progress::read(&self.read).await? else {
            return Ok(Vec::new());
        };
        let mut times = BTreeMap::<_, AgentTimes>::new();
        for (_, agent, more) in in_buckets::<Times>(&self.read, &progress, part).await? {
            times.entry(agent).or_default().join(&more);
        }
        let part = Part::from(part);
        let some = times
            .iter()
            .filter(|(_, times)| **times != AgentTimes::default());
        Ok(some
            .map(|(agent, times)| times_row(&part, *agent, times))
            .collect())
    }
}

/// Where the export is.
struct Parts<T: Table> {
    going_on: GoingOn<T::Key>,
}

impl<T> Parts<T>
where
    T: Table<Figures = Figures>,
    <T::Entity as EntityTrait>::Model: IntoActiveModel<T::Row> + Send + Sync,
{
    /// The rows of the next part: one for each key of which there is something.
    async fn next(
        &mut self,
        store: &Store,
        part: (DateTime<Utc>, DateTime<Utc>),
        row: impl Fn(&Part, T::Key, &Figures, (i64, i64)) -> Row,
    ) -> Result<Vec<Row>, StoreError> {
        let Some(progress) = Progress::read(&store.read).await? else {
            return Ok(Vec::new());
        };
        let mut counted: BTreeMap<T::Key, Figures> = BTreeMap::new();
        for (_, key, figures) in in_buckets::<T>(&store.read, &progress, part).await? {
            counted.entry(key).or_default().join(&figures);
        }
        for (key, figures) in &counted {
            let (ongoing, waiting) = self.going_on.entry(*key).or_default();
            *ongoing += figures.ongoing;
            *waiting += figures.waiting;
        }
        // What has not begun has nothing that goes on.
        let has_begun = part.0 <= progress.state.at;
        self.going_on.retain(|_, going_on| *going_on != (0, 0));
        let going_on = self.going_on.keys().filter(|_| has_begun);
        let keys: BTreeSet<_> = counted.keys().chain(going_on).copied().collect();
        let nothing = Figures::default();
        let part = Part::from(part);
        let rows = keys.into_iter().filter_map(|key| {
            let figures = counted.get(&key).unwrap_or(&nothing);
            let going_on = self.going_on.get(&key).copied().unwrap_or_default();
            let is_told = !figures.is_empty() || going_on != (0, 0);
            is_told.then(|| row(&part, key, figures, going_on))
        });
        Ok(rows.collect())
    }
}

/// What the longest buckets within a time hold.
async fn in_buckets<T: Table>(
    connection: &impl Source,
    progress: &Progress,
    time: (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<(DateTime<Utc>, T::Key, T::Figures)>, StoreError>
where
    <T::Entity as EntityTrait>::Model: IntoActiveModel<T::Row> + Send + Sync,
{
    let mut found = Vec::new();
    for (length, from, to) in spans_of(&[time], progress) {
        found.extend(read::<T>(connection, length, from, to, Condition::all()).await?);
    }
    Ok(found)
}
