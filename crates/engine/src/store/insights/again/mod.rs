//! Figures counted again from the log that is kept, beside what is stored: to verify it, or to replace it.
//!
//! Purpose: figures are derived, so they can be held against the log, and made of it again. Both read everything in one snapshot: the
//! log, the figures, and how far these are counted.
//!
//! Invariants: only buckets that lie wholly within the log that is kept are compared or replaced: what an event that is not kept
//! any more added to a bucket is known from nowhere else. Memory holds the figures of one day (UTC).
//!
//! Must never happen: that a bucket from before [`Ground::from`] is touched; that two count at once (`rebuild` holds the lease).

mod compare;
mod days;
mod difference;
mod ground;
mod rebuild;
mod survey;

use chrono::{DateTime, Utc};
use sea_orm::{AccessMode, DatabaseTransaction, IsolationLevel, TransactionTrait};

use super::super::{Store, StoreError};
use super::begin::{EVER, read_hands};
use super::rows::{Queues, Table, Work};
use compare::{Unlike, at_one_time, in_time};
use days::Recount;
pub use difference::FigureDifference;
use difference::Keyed;
use ground::Ground;
pub use rebuild::RebuildError;
use survey::Survey;

/// What counting again came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InsightsReport {
    /// The position of the first event that is kept; none: the log is empty.
    pub first: Option<i64>,
    /// Up to which position figures are counted; none: nothing is counted.
    pub counted_to: Option<i64>,
    /// The first instant of the buckets that were counted again: older ones are left alone. None: the log is there from its
    /// first event on, and so all of them.
    pub from: Option<DateTime<Utc>>,
    /// Rows that were compared.
    pub rows: u64,
    /// Rows that were not what the log says.
    pub differences: u64,
}

/// Where differences go, one by one.
pub(super) type Tell<'a> = &'a mut (dyn FnMut(&FigureDifference) + Send);

impl Store {
    /// Holds the figures against the log that is kept; tells each difference as it is found, and changes nothing.
    pub async fn verify_insights(&self, tell: Tell<'_>) -> Result<InsightsReport, StoreError> {
        let snapshot = self.snapshot().await?;
        let report = match Ground::read(&snapshot).await? {
            None => InsightsReport::default(),
            Some(ground) => verify(&snapshot, ground, tell).await?,
        };
        snapshot.commit().await?;
        Ok(report)
    }

    pub(in crate::store) async fn snapshot(&self) -> Result<DatabaseTransaction, StoreError> {
        let snapshot = self.read.begin_with_config(
            Some(IsolationLevel::RepeatableRead).filter(|_| !self.is_sqlite()),
            Some(AccessMode::ReadOnly).filter(|_| !self.is_sqlite()),
        );
        Ok(snapshot.await?)
    }
}

async fn verify(
    snapshot: &DatabaseTransaction,
    ground: Ground,
    tell: Tell<'_>,
) -> Result<InsightsReport, StoreError> {
    let mut report = ground.report();
    let survey = Survey::make(snapshot, &ground).await?;
    let mut days = Recount::begin(snapshot, &ground, &survey).await?;
    while let Some(day) = days.next().await? {
        let unlike = in_time(snapshot, &ground, &survey, day).await?;
        report.rows += unlike.rows;
        tell_all(&unlike.queues, &mut report, tell);
        tell_all(&unlike.work, &mut report, tell);
        tell_all(&unlike.times, &mut report, tell);
    }
    let queues = at_one_time::<Queues>(snapshot, EVER, survey.queues.clone()).await?;
    tell_all(&queues.0, &mut report, tell);
    let work = at_one_time::<Work>(snapshot, EVER, survey.work.clone()).await?;
    tell_all(&work.0, &mut report, tell);
    report.rows += queues.1 + work.1;

    let stored = read_hands(snapshot).await?;
    let counted = days.hands();
    report.rows += stored.len() as u64;
    let mut hand = |difference: FigureDifference| {
        report.differences += 1;
        tell(&difference);
    };
    for agent in stored
        .keys()
        .chain(counted.keys().filter(|one| !stored.contains_key(*one)))
    {
        let (stored, counted) = (stored.get(agent).copied(), counted.get(agent).copied());
        let known = survey.is_known(*agent, ground.progress.state.at);
        if stored != counted && known {
            hand(FigureDifference::Hand {
                agent: *agent,
                stored,
                counted,
            });
        }
    }
    let (stored, counted) = (ground.progress.state.judgement, days.judgement());
    if stored != counted {
        hand(FigureDifference::Judgement { stored, counted });
    }
    Ok(report)
}

fn tell_all<T: Table + Keyed>(unlike: &[Unlike<T>], report: &mut InsightsReport, tell: Tell<'_>) {
    for one in unlike {
        report.differences += 1;
        tell(&one.difference());
    }
}
