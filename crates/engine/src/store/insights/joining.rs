//! Buckets that are over: their minutes are joined to quarters of an hour, these to days.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{Condition, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use super::super::{Store, StoreError};
use super::progress::{Stopped, holds_lease};
use super::rows::{Bucket, Length, Queues, Table, Times, Work, read, write};
use domain::AgentId;
use domain::insights::{AgentKey, AgentTimes, DAY, Figures, QUARTER, QueueKey};
use entity::tables::{insight_agent_bucket, insight_queue_bucket, insight_time_bucket};

/// For how long minutes are kept.
const MINUTES_KEPT: TimeDelta = TimeDelta::hours(24);
/// For how long quarters of an hour and days are kept.
const QUARTERS_KEPT: TimeDelta = TimeDelta::days(400);
/// How many rows are written at once, so that commands get between.
const AT_ONCE: usize = 256;

/// A bucket that is over, as its shorter ones make it.
pub(super) struct Joined {
    bucket: Bucket,
    queues: Vec<(QueueKey, Figures)>,
    work: Vec<(AgentKey, Figures)>,
    times: Vec<(AgentId, AgentTimes)>,
}

impl Joined {
    /// What is within the longer bucket that begins here.
    pub(super) async fn read(
        store: &Store,
        into: Length,
        start: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            bucket: (into, start),
            queues: join::<Queues>(store, into, start).await?,
            work: join::<Work>(store, into, start).await?,
            times: join::<Times>(store, into, start).await?,
        })
    }

    /// How many rows it has.
    fn len(&self) -> usize {
        self.queues.len() + self.work.len() + self.times.len()
    }

    /// Writes it, in transactions of some hundred rows, so that commands get between.
    pub(super) async fn write(&self, store: &Store, by: Uuid) -> Result<(), Stopped> {
        let mut from = 0;
        while from < self.len() {
            let transaction = store.write.begin_in_background().await?;
            if !holds_lease(&*transaction, by).await? {
                transaction.roll_back().await;
                return Err(Stopped::Lost);
            }
            self.write_some::<Queues>(&transaction, &self.queues, 0, from)
                .await?;
            let before = self.queues.len();
            self.write_some::<Work>(&transaction, &self.work, before, from)
                .await?;
            let before = before + self.work.len();
            self.write_some::<Times>(&transaction, &self.times, before, from)
                .await?;
            transaction.commit().await?;
            from += AT_ONCE;
        }
        Ok(())
    }

    /// Of all rows those from one on; these rows come after so many others.
    async fn write_some<T: Table>(
        &self,
        transaction: &DatabaseTransaction,
        rows: &[(T::Key, T::Figures)],
        before: usize,
        from: usize,
    ) -> Result<(), StoreError>
    where
        <T::Entity as EntityTrait>::Model: IntoActiveModel<T::Row>,
    {
        let within = |at: usize| at.saturating_sub(before).min(rows.len());
        let some = &rows[within(from)..within(from + AT_ONCE)];
        if some.is_empty() {
            return Ok(());
        }
        let some = some
            .iter()
            .map(|(key, figures)| (self.bucket, *key, figures));
        write::<T>(transaction, some).await
    }
}

async fn join<T: Table>(
    store: &Store,
    into: Length,
    start: DateTime<Utc>,
) -> Result<Vec<(T::Key, T::Figures)>, StoreError>
where
    <T::Entity as EntityTrait>::Model: IntoActiveModel<T::Row> + Send + Sync,
{
    let (of, long) = match into {
        Length::Day => (Length::Quarter, DAY),
        Length::Quarter | Length::Minute | Length::Ever => (Length::Minute, QUARTER),
    };
    let mut joined: BTreeMap<T::Key, T::Figures> = BTreeMap::new();
    let mut from = start;
    // A day's quarters are many; they are read one after the other.
    while from < start + long {
        let to = from + QUARTER;
        for (_, key, figures) in read::<T>(&store.read, of, from, to, Condition::all()).await? {
            T::join(joined.entry(key).or_default(), &figures);
        }
        from = to;
    }
    Ok(joined.into_iter().collect())
}

/// Deletes buckets that have been kept long enough; minutes only where they are joined.
pub(super) async fn forget(
    store: &Store,
    quarters_to: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    forget_of::<Queues, insight_queue_bucket::Entity>(store, quarters_to, now).await?;
    forget_of::<Work, insight_agent_bucket::Entity>(store, quarters_to, now).await?;
    forget_of::<Times, insight_time_bucket::Entity>(store, quarters_to, now).await
}

async fn forget_of<T, E>(
    store: &Store,
    quarters_to: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StoreError>
where
    T: Table<Entity = E>,
    E: EntityTrait,
{
    let old = |length: Length, to| T::within(length.minutes(), DateTime::UNIX_EPOCH, to);
    let minutes_to = quarters_to.min(now - MINUTES_KEPT);
    let transaction = store.write.begin_in_background().await?;
    for condition in [
        old(Length::Minute, minutes_to),
        old(Length::Quarter, now - QUARTERS_KEPT),
        old(Length::Day, now - QUARTERS_KEPT),
    ] {
        E::delete_many()
            .filter(condition)
            .exec(&*transaction)
            .await?;
    }
    Ok(transaction.commit().await?)
}
