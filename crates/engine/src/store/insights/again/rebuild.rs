//! Replacing figures by what the log says.
//!
//! Whoever rebuilds counts: it takes the lease, from a server if one has it, and says again and again that it counts, so that no
//! server does meanwhile. Each row is replaced by itself: what a rebuild leaves that ends in the middle is in part as it
//! was, and the next one does the rest.

use std::time::Duration;

use sea_orm::{EntityTrait, IntoActiveModel};
use tokio::time::Instant;
use uuid::Uuid;

use super::super::super::{Store, StoreError};
use super::super::begin::{EVER, delete_hands, read_hands, write_hands};
use super::super::progress::{Stopped, release_lease, renew_lease, take_lease};
use super::super::rows::{Queues, Table, Work, write};
use super::InsightsReport;
use super::compare::{Unlike, at_one_time, in_time};
use super::days::Recount;
use super::ground::Ground;
use super::survey::Survey;
use crate::clock::Clock;

/// How many rows are replaced at once, so that commands get between.
const AT_ONCE: usize = 256;
/// How long after it said that it counts it says so again.
const RENEWED: Duration = Duration::from_secs(3);

/// Why figures were not counted again, or not all of them.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// Somebody else rebuilds.
    #[error("another rebuild counts; wait until it is over, and try again")]
    Lost,
    /// The database is not to be had, or not as it should be.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Stopped> for RebuildError {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Lost => Self::Lost,
            Stopped::Store(error) => Self::Store(error),
        }
    }
}

impl Store {
    /// Counts again what lies wholly within the log that is kept, and replaces what differs; older buckets are not
    /// touched. On a file no server may run: it would count at the same time.
    pub async fn rebuild_insights(&self, clock: &Clock) -> Result<InsightsReport, RebuildError> {
        let Some(mut lease) = Lease::take(self, clock).await? else {
            return Ok(InsightsReport::default());
        };
        let done = rebuild(self, &mut lease).await;
        let released = lease.release().await;
        let report = done?;
        released?;
        Ok(report)
    }
}

/// The lease while figures are counted again.
struct Lease<'a> {
    store: &'a Store,
    clock: &'a Clock,
    by: Uuid,
    renewed: Instant,
}

impl<'a> Lease<'a> {
    /// Takes it, whoever has it; none: nothing is counted.
    async fn take(store: &'a Store, clock: &'a Clock) -> Result<Option<Self>, StoreError> {
        let by = Uuid::new_v4();
        let renewed = Instant::now();
        let transaction = store.write.begin().await?;
        let is_counted = take_lease(&*transaction, by, clock.now(), true).await?;
        transaction.commit().await?;
        Ok(is_counted.then_some(Self {
            store,
            clock,
            by,
            renewed,
        }))
    }

    /// Says that this goes on, if that was some time ago.
    async fn keep(&mut self) -> Result<(), Stopped> {
        if self.renewed.elapsed() < RENEWED {
            return Ok(());
        }
        let transaction = self.begin().await?;
        Ok(transaction.commit().await?)
    }

    /// Begins a transaction in which nobody else counts.
    async fn begin(&mut self) -> Result<super::super::super::one_connection::Transaction, Stopped> {
        let transaction = self.store.write.begin().await?;
        if !renew_lease(&*transaction, self.by, self.clock.now()).await? {
            transaction.roll_back().await;
            return Err(Stopped::Lost);
        }
        self.renewed = Instant::now();
        Ok(transaction)
    }

    /// Lets servers count at once.
    async fn release(self) -> Result<(), StoreError> {
        let transaction = self.store.write.begin().await?;
        release_lease(&*transaction, self.by).await?;
        Ok(transaction.commit().await?)
    }

    /// Puts what was counted in the place of what is stored.
    async fn replace<T: Table>(&mut self, unlike: &[Unlike<T>]) -> Result<(), Stopped>
    where
        <T::Entity as EntityTrait>::Model: IntoActiveModel<T::Row>,
    {
        let nothing = T::Figures::default();
        for some in unlike.chunks(AT_ONCE) {
            let transaction = self.begin().await?;
            let rows = some.iter().map(|one| {
                let counted = one.counted.as_ref().unwrap_or(&nothing);
                (one.bucket, one.key, counted)
            });
            write::<T>(&transaction, rows).await?;
            transaction.commit().await?;
        }
        Ok(())
    }
}

async fn rebuild(store: &Store, lease: &mut Lease<'_>) -> Result<InsightsReport, Stopped> {
    let snapshot = store.snapshot().await?;
    let Some(ground) = Ground::read(&snapshot).await? else {
        return Ok(InsightsReport::default());
    };
    let mut report = ground.report();
    let survey = Survey::make(&snapshot, &ground).await?;
    let mut days = Recount::begin(&snapshot, &ground, &survey).await?;
    while let Some(day) = days.next().await? {
        lease.keep().await?;
        let unlike = in_time(&snapshot, &ground, &survey, day).await?;
        report.rows += unlike.rows;
        report.differences += (unlike.queues.len() + unlike.work.len() + unlike.times.len()) as u64;
        lease.replace(&unlike.queues).await?;
        lease.replace(&unlike.work).await?;
        lease.replace(&unlike.times).await?;
    }
    for_now(&snapshot, lease, &survey, &mut report).await?;
    where_it_goes_on(&snapshot, lease, (&ground, &survey, &days), &mut report).await?;
    snapshot.commit().await?;
    Ok(report)
}

/// Replaces what goes on.
async fn for_now(
    snapshot: &sea_orm::DatabaseTransaction,
    lease: &mut Lease<'_>,
    survey: &Survey,
    report: &mut InsightsReport,
) -> Result<(), Stopped> {
    let (queues, many) = at_one_time::<Queues>(snapshot, EVER, survey.queues.clone()).await?;
    let (work, more) = at_one_time::<Work>(snapshot, EVER, survey.work.clone()).await?;
    report.rows += many + more;
    report.differences += (queues.len() + work.len()) as u64;
    lease.replace(&queues).await?;
    lease.replace(&work).await
}

/// Replaces agents' hands, and by what events are judged.
async fn where_it_goes_on(
    snapshot: &sea_orm::DatabaseTransaction,
    lease: &mut Lease<'_>,
    (ground, survey, days): (&Ground, &Survey, &Recount<'_>),
    report: &mut InsightsReport,
) -> Result<(), Stopped> {
    let stored = read_hands(snapshot).await?;
    let known = |agent: &&domain::AgentId| survey.is_known(**agent, ground.progress.state.at);
    let counted = days.hands();
    let gone = stored.keys().filter(|agent| !counted.contains_key(agent));
    let gone: Vec<_> = gone.filter(known).copied().collect();
    let others = counted
        .iter()
        .filter(|(agent, hand)| stored.get(agent) != Some(hand));
    let others: Vec<_> = others.filter(|(agent, _)| known(agent)).collect();
    let mut progress = ground.progress.clone();
    let position = progress.position;
    let is_judged_otherwise = progress.state.judgement != days.judgement();
    progress.state.judge(position, days.judgement());
    report.rows += stored.len() as u64;
    report.differences += (gone.len() + others.len()) as u64 + u64::from(is_judged_otherwise);
    let transaction = lease.begin().await?;
    if !progress.advance(&*transaction, position, lease.by).await? {
        transaction.roll_back().await;
        return Err(Stopped::Lost);
    }
    delete_hands(&transaction, gone.into_iter()).await?;
    write_hands(&transaction, others.into_iter()).await?;
    Ok(transaction.commit().await?)
}
