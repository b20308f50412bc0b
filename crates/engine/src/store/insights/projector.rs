//! The projector: follows the log and counts.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::super::{EventLog, Outage, ResumeError, Store, StoreError};
use super::begin::{EVER, begin, begin_again, delete_hands, read_hands, write_hands};
use super::corrections::correct;
use super::joining::{Joined, forget};
use super::progress::{Progress, Stopped, release_lease, renew_lease, take_lease};
use super::restoring::restore;
use super::rows::{Added, Length, Queues, Remembered, Table, Times, Work};
use crate::board::Board;
use crate::clock::Clock;
use crate::log::Entry;
use domain::AgentId;
use domain::insights::{
    Counted, Counting, DAY, Figures, Hand, MINUTE, Occurrence, QUARTER, bucket_of,
};

/// How long it waits between two pages that it has to write, so that it writes many events at once.
const PACE: Duration = Duration::from_millis(700);
/// How often it looks whether it has to do anything, and says that it counts.
const EVERY: Duration = Duration::from_secs(2);
/// How long after a server said that it counts it says so again; where a file is the database, no other server is there.
const RENEWED: TimeDelta = TimeDelta::seconds(3);
/// The most events that are counted in one transaction.
const AT_ONCE: usize = 512;
/// How long after the end of a quarter of an hour its minutes are joined: what was decided before is in the log by then.
const SETTLED: TimeDelta = TimeDelta::seconds(10);

/// Counts as long as this server lives, whenever no other server does. `moved` moves when the figures do, whoever counts,
/// and with each minute: what is asked for may go up to now.
pub async fn run(
    store: Store,
    log: Arc<EventLog>,
    board: Arc<Board>,
    clock: Clock,
    moved: watch::Sender<u64>,
    stop: CancellationToken,
) {
    let mut outage = Outage::of("count figures");
    let mut heads = log.watch();
    let by = Uuid::new_v4();
    let (mut projector, mut seen) = (None, None);
    while !stop.is_cancelled() {
        let tried = step(&store, &log, &board, &clock, by, &stop, &mut projector).await;
        let tried = match tried {
            Ok(()) => Ok(()),
            Err(Stopped::Lost) => {
                projector = None;
                Ok(())
            }
            Err(Stopped::Store(error)) => Err(error),
        };
        if outage.hears(&tried) {
            projector = None;
        }
        let position = match (&projector, tried) {
            (Some(projector), Ok(())) => Some(projector.progress.position),
            _ => read_position(&store).await,
        };
        let now = position.map(|position| (position, bucket_of(clock.now(), MINUTE)));
        if now.is_some() && now != seen {
            seen = now;
            moved.send_modify(|number| *number += 1);
        }
        let is_behind = projector
            .as_ref()
            .is_some_and(|one| one.progress.position < log.head().position);
        let pause = async {
            // What comes in the meantime is written with it.
            if is_behind || tokio::time::timeout(EVERY, heads.changed()).await.is_ok() {
                tokio::time::sleep(PACE).await;
            }
        };
        tokio::select! {
            () = pause => {}
            () = stop.cancelled() => {}
        }
    }
    if let Err(error) = give_up(&store, by).await {
        // The lease passes by itself.
        tracing::warn!(%error, "cannot write that another server may count figures");
    }
}

/// Lets another server count at once.
async fn give_up(store: &Store, by: Uuid) -> Result<(), StoreError> {
    let transaction = store.write.begin_in_background().await?;
    release_lease(&*transaction, by).await?;
    Ok(transaction.commit().await?)
}

async fn read_position(store: &Store) -> Option<i64> {
    let progress = Progress::read(&store.read).await.ok()??;
    Some(progress.position)
}

/// Counts what there is to count, if this server is the one that does.
async fn step(
    store: &Store,
    log: &EventLog,
    board: &Board,
    clock: &Clock,
    by: Uuid,
    stop: &CancellationToken,
    kept: &mut Option<Projector>,
) -> Result<(), Stopped> {
    // What is decided later is not in what is read of the log below.
    let settled = clock.now() - SETTLED;
    if kept.is_none() {
        begin(store, log, board, clock.now()).await?;
    }
    let holds = |one: &Projector| store.is_sqlite() || clock.now() < one.leased_at + RENEWED;
    if !kept.as_ref().is_some_and(holds) {
        let now = clock.now();
        let transaction = store.write.begin_in_background().await?;
        // Somebody else may have counted since: then everything is read again.
        let goes_on = kept.is_some() && renew_lease(&*transaction, by, now).await?;
        let counts = goes_on || take_lease(&*transaction, by, now, store.is_sqlite()).await?;
        transaction.commit().await?;
        kept.take_if(|_| !goes_on);
        if !counts {
            return Ok(());
        }
        if let Some(projector) = kept {
            projector.leased_at = now;
        }
    }
    let projector = match kept {
        Some(projector) => projector,
        None => kept.insert(Projector::load(store.clone(), log, by, clock.now()).await?),
    };
    while !stop.is_cancelled() {
        match log.after(projector.progress.position).await {
            Ok(entries) => {
                let Some(first) = entries.first() else {
                    return projector.join_to(settled).await;
                };
                // After a long silence each quarter of it is written by itself, not all with the event that ends it.
                let silence = settled.min(first.at - SETTLED);
                projector.join_to(silence).await?;
                projector.count(&entries).await?;
            }
            Err(ResumeError::Store(error)) => return Err(error.into()),
            Err(ResumeError::Expired) => {
                tracing::warn!("what figures were not counted from is not kept any more");
                let lost = projector.progress.clone();
                begin_again(store, log, board, clock.now(), lost).await?;
                *kept = None;
                return Ok(());
            }
        }
        projector.join_to(projector.progress.state.at).await?;
    }
    Ok(())
}

/// What this server knows while it counts.
struct Projector {
    store: Store,
    by: Uuid,
    /// When it last said that it counts.
    leased_at: DateTime<Utc>,
    progress: Progress,
    counting: Counting,
    /// Hands as they are stored.
    hands: BTreeMap<AgentId, Hand>,
    queues: Remembered<Queues>,
    work: Remembered<Work>,
    times: Remembered<Times>,
}

impl Projector {
    async fn load(
        store: Store,
        log: &EventLog,
        by: Uuid,
        leased_at: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let progress = Progress::read(&store.read).await?;
        let progress = progress.ok_or_else(|| StoreError::Row {
            table: "insight_progress",
            problem: "the row is missing".to_owned(),
        })?;
        let hands = read_hands(&store.read).await?;
        let state = &progress.state;
        let historic = progress.position < state.begun_at;
        let known = if historic {
            BTreeMap::new()
        } else {
            hands.clone()
        };
        let mut counting = Counting::new(state.judgement, known, state.at);
        if state.restores {
            restore(&store, log, progress.position, &mut counting).await?;
        }
        Ok(Self {
            store,
            by,
            leased_at,
            progress,
            counting,
            hands,
            queues: Remembered::default(),
            work: Remembered::default(),
            times: Remembered::default(),
        })
    }

    /// Whether what is counted next is from before counting began: what goes on, and hands, are known from then on.
    const fn is_historic(&self) -> bool {
        self.progress.position < self.progress.state.begun_at
    }

    /// Counts some of these events, the first ones.
    async fn count(&mut self, entries: &[Arc<Entry>]) -> Result<(), Stopped> {
        let begun_at = self.progress.state.begun_at;
        let historic = self.is_historic();
        let until = if historic { begun_at } else { i64::MAX };
        let mut counted = Counted::default();
        let mut to = self.progress.position;
        // No longer than to the end of a quarter: each minute until then is a row for each agent.
        let quarter = entries
            .first()
            .map(|first| bucket_of(first.at, QUARTER) + QUARTER);
        let together = |entry: &&Arc<Entry>| quarter.is_some_and(|end| entry.at < end);
        let these = entries.iter().take(AT_ONCE).take_while(together);
        for entry in these.take_while(|entry| entry.position <= until) {
            self.counting.count(occurrence(entry), &mut counted);
            to = entry.position;
            self.progress.state.judge(to, self.counting.judgement());
        }
        correct(&self.store, &self.progress.state, &mut counted).await?;
        if historic {
            counted.times.clear();
        }
        self.write(counted, to, historic).await?;
        if historic && to == begun_at {
            self.counting.take_hands(self.hands.clone());
        }
        Ok(())
    }

    /// Joins each quarter of an hour, and each day, that is over at this instant. Where nothing happened in it, how far that is
    /// is written with what happens next.
    async fn join_to(&mut self, settled: DateTime<Utc>) -> Result<(), Stopped> {
        loop {
            let start = self.progress.state.quarters_to;
            let end = start + QUARTER;
            if end > settled {
                return Ok(());
            }
            if !self.is_historic() {
                let mut counted = Counted::default();
                self.counting.count_times(end, &mut counted);
                if !counted.times.is_empty() {
                    self.write(counted, self.progress.position, false).await?;
                }
            }
            let quarter = Joined::read(&self.store, Length::Quarter, start).await?;
            quarter.write(&self.store, self.by).await?;
            self.progress.state.quarters_to = end;
            let day = self.progress.state.days_to;
            if day + DAY <= end {
                let joined = Joined::read(&self.store, Length::Day, day).await?;
                joined.write(&self.store, self.by).await?;
                self.progress.state.days_to = day + DAY;
                if let Some(first) = self.store.first_event().await? {
                    self.progress.state.forget_before(first);
                }
                self.write(
                    Counted::default(),
                    self.progress.position,
                    self.is_historic(),
                )
                .await?;
                forget(&self.store, end, settled).await?;
            }
        }
    }

    /// Adds these figures and moves on to this position, in one transaction.
    async fn write(&mut self, counted: Counted, to: i64, historic: bool) -> Result<(), Stopped> {
        let state = &self.progress.state;
        let joined = (state.quarters_to, state.days_to);
        let read = &self.store.read;
        let queues = placed::<Queues>(counted.queues, joined, |figures| {
            going_on(figures, historic)
        });
        self.queues.add(read, queues).await?;
        let work = placed::<Work>(counted.work, joined, |figures| going_on(figures, historic));
        self.work.add(read, work).await?;
        let times = placed::<Times>(counted.times, joined, |_| None);
        self.times.add(read, times).await?;
        let from = self.progress.position;
        self.progress.position = to;
        self.progress.state.restores = self.counting.restores();
        self.progress.state.at = self.counting.to();
        let hands = if historic {
            &self.hands
        } else {
            self.counting.hands()
        };
        let changed = hands
            .iter()
            .filter(|(agent, hand)| self.hands.get(agent) != Some(hand));
        let transaction = self.store.write.begin_in_background().await?;
        if !self.progress.advance(&*transaction, from, self.by).await? {
            transaction.roll_back().await;
            return Err(Stopped::Lost);
        }
        let gone = self.hands.keys().filter(|agent| !hands.contains_key(agent));
        delete_hands(&transaction, gone.copied()).await?;
        write_hands(&transaction, changed).await?;
        self.queues.write(&transaction).await?;
        self.work.write(&transaction).await?;
        self.times.write(&transaction).await?;
        transaction.commit().await?;
        if !historic {
            self.hands.clone_from(self.counting.hands());
        }
        self.queues.is_written();
        self.work.is_written();
        self.times.is_written();
        Ok(())
    }
}

pub(super) fn occurrence(entry: &Entry) -> Occurrence<'_> {
    Occurrence {
        at: entry.at,
        actor: &entry.actor,
        change: &entry.change,
        after: &entry.after,
    }
}

/// What goes on becomes more or less by this.
fn going_on(figures: &Figures, historic: bool) -> Option<Figures> {
    let moves = figures.ongoing != 0 || figures.waiting != 0;
    (moves && !historic).then(|| Figures {
        ongoing: figures.ongoing,
        waiting: figures.waiting,
        ..Figures::default()
    })
}

/// Figures of minutes in the buckets to which they are added: the minute, what it is joined to already, and what goes
/// on.
fn placed<T: Table>(
    counted: BTreeMap<(DateTime<Utc>, T::Key), T::Figures>,
    (quarters_to, days_to): (DateTime<Utc>, DateTime<Utc>),
    ever: impl Fn(&T::Figures) -> Option<T::Figures>,
) -> Added<T> {
    let mut added: Added<T> = BTreeMap::new();
    let mut add = |bucket, key, figures: &T::Figures| {
        let by_key = added.entry(bucket).or_default();
        T::join(by_key.entry(key).or_default(), figures);
    };
    for ((minute, key), figures) in counted {
        add((Length::Minute, minute), key, &figures);
        if minute < quarters_to {
            add((Length::Quarter, bucket_of(minute, QUARTER)), key, &figures);
        }
        if minute < days_to {
            add((Length::Day, bucket_of(minute, DAY)), key, &figures);
        }
        if let Some(going_on) = ever(&figures) {
            add(EVER, key, &going_on);
        }
    }
    added
}
