//! What is stored of a stretch of time, beside what was counted again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{Condition, EntityTrait, IntoActiveModel};

use super::super::rows::{Bucket, Length, Queues, Source, Table, Times, Work, read};
use super::days::Stretch;
use super::difference::{FigureDifference, Keyed, bucket};
use super::ground::Ground;
use super::survey::Survey;
use crate::store::StoreError;
use domain::insights::{DAY, QUARTER, bucket_of};

/// A row that is not what the log says.
pub(super) struct Unlike<T: Table> {
    /// Its bucket.
    pub bucket: Bucket,
    /// Of what it is.
    pub key: T::Key,
    /// Its figures; none: there is no row.
    pub stored: Option<T::Figures>,
    /// What they must be; none: nothing was counted.
    pub counted: Option<T::Figures>,
}

impl<T: Table + Keyed> Unlike<T> {
    /// The same in words.
    pub(super) fn difference(&self) -> FigureDifference {
        let text = |figures: &T::Figures| serde_json::to_string(figures).unwrap_or_default();
        let (length, start) = self.bucket;
        FigureDifference::Bucket {
            table: T::NAME,
            bucket: bucket(length.minutes(), start),
            key: T::name(&self.key),
            stored: self.stored.as_ref().map(text),
            counted: self.counted.as_ref().map(text),
        }
    }
}

/// The rows of a stretch that are not what the log says, and how many rows were compared.
#[derive(Default)]
pub(super) struct InTime {
    pub rows: u64,
    pub queues: Vec<Unlike<Queues>>,
    pub work: Vec<Unlike<Work>>,
    pub times: Vec<Unlike<Times>>,
}

/// Compares the buckets of this stretch that lie wholly within the log.
pub(super) async fn in_time(
    connection: &impl Source,
    ground: &Ground,
    survey: &Survey,
    mut stretch: Stretch,
) -> Result<InTime, StoreError> {
    let from = ground.from();
    if stretch.to <= from {
        return Ok(InTime::default());
    }
    let within = |minute: DateTime<Utc>| stretch.from <= minute && minute < stretch.to;
    for ((minute, key), moved) in &survey.corrections.queues {
        if within(*minute) {
            let figures = stretch.counted.queues.entry((*minute, *key)).or_default();
            figures.join(moved);
        }
    }
    for ((minute, key), moved) in &survey.corrections.work {
        if within(*minute) {
            let figures = stretch.counted.work.entry((*minute, *key)).or_default();
            figures.join(moved);
        }
    }
    let span = (stretch.from, stretch.to);
    let counted = stretch.counted;
    let of_all = |start, _| from <= start;
    let (queues, many) = table::<Queues>(connection, ground, span, counted.queues, of_all).await?;
    let of_all = |start, _| from <= start;
    let (work, more) = table::<Work>(connection, ground, span, counted.work, of_all).await?;
    let of_agent = |start, agent| {
        let known = survey.times_from(agent);
        from <= start && known.is_none_or(|known| known <= start)
    };
    let (times, most) = table::<Times>(connection, ground, span, counted.times, of_agent).await?;
    Ok(InTime {
        rows: many + more + most,
        queues,
        work,
        times,
    })
}

type Rows<T> = BTreeMap<(Bucket, <T as Table>::Key), <T as Table>::Figures>;

async fn table<T: Table>(
    connection: &impl Source,
    ground: &Ground,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    minutes: BTreeMap<(DateTime<Utc>, T::Key), T::Figures>,
    is_covered: impl Fn(DateTime<Utc>, T::Key) -> bool,
) -> Result<(Vec<Unlike<T>>, u64), StoreError>
where
    <T::Entity as EntityTrait>::Model: IntoActiveModel<T::Row> + Send + Sync,
{
    let state = &ground.progress.state;
    let (quarters_to, days_to) = (state.quarters_to, state.days_to);
    // Minutes of days that are over may be deleted; what is beyond what is joined may be half written.
    let is_there = |(length, start): Bucket| match length {
        Length::Minute => days_to <= start,
        Length::Quarter => start < quarters_to,
        Length::Day => start < days_to,
        Length::Ever => false,
    };
    let mut counted: Rows<T> = BTreeMap::new();
    for ((minute, key), figures) in minutes {
        for bucket in [
            (Length::Minute, minute),
            (Length::Quarter, bucket_of(minute, QUARTER)),
            (Length::Day, bucket_of(minute, DAY)),
        ] {
            if is_there(bucket) && is_covered(bucket.1, key) {
                T::join(counted.entry((bucket, key)).or_default(), &figures);
            }
        }
    }
    let mut stored: Rows<T> = BTreeMap::new();
    for length in [Length::Minute, Length::Quarter, Length::Day] {
        for (start, key, figures) in
            read::<T>(connection, length, from, to, Condition::all()).await?
        {
            if is_there((length, start)) && is_covered(start, key) {
                stored.insert(((length, start), key), figures);
            }
        }
    }
    Ok(unlike(stored, counted))
}

/// Compares the rows of one bucket.
pub(super) async fn at_one_time<T: Table>(
    connection: &impl Source,
    bucket: Bucket,
    counted: BTreeMap<T::Key, T::Figures>,
) -> Result<(Vec<Unlike<T>>, u64), StoreError>
where
    <T::Entity as EntityTrait>::Model: IntoActiveModel<T::Row> + Send + Sync,
{
    let (length, start) = bucket;
    let until = start + TimeDelta::seconds(1);
    let stored = read::<T>(connection, length, start, until, Condition::all()).await?;
    let stored = stored
        .into_iter()
        .map(|(_, key, figures)| ((bucket, key), figures));
    let counted = counted
        .into_iter()
        .map(|(key, figures)| ((bucket, key), figures));
    Ok(unlike(stored.collect(), counted.collect()))
}

/// What is not the same; a row that says nothing is as good as none.
fn unlike<T: Table>(mut stored: Rows<T>, mut counted: Rows<T>) -> (Vec<Unlike<T>>, u64) {
    let places: BTreeSet<_> = stored.keys().chain(counted.keys()).copied().collect();
    let nothing = T::Figures::default();
    let rows = places.len() as u64;
    let mut found = Vec::new();
    for (bucket, key) in places {
        let place = (bucket, key);
        let (is, must_be) = (stored.remove(&place), counted.remove(&place));
        if is.as_ref().unwrap_or(&nothing) != must_be.as_ref().unwrap_or(&nothing) {
            found.push(Unlike {
                bucket,
                key,
                stored: is,
                counted: must_be,
            });
        }
    }
    (found, rows)
}
