//! Keeping this server's rows: what opened and closed, and the lease of what is open.

use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::{Connections, person, rows};
use crate::store::{Outage, Store, StoreError};
use domain::ids::AgentId;

/// How often the clock is looked at.
pub(in crate::store) const EVERY: Duration = Duration::from_millis(200);
/// For how long a server that falls silent is believed.
const LEASE: TimeDelta = TimeDelta::seconds(30);
/// How long before its end the lease is moved on.
const REFRESHED_BEFORE_END: TimeDelta = TimeDelta::seconds(20);

/// This server's own lease: whether the others believe it, and so whether it may act.
#[derive(Debug)]
pub(super) struct Lease {
    until: DateTime<Utc>,
    /// Since when it has not been interrupted.
    since: Instant,
}

impl Lease {
    /// Before the first refresh.
    pub(super) fn not_yet(now: DateTime<Utc>) -> Self {
        Self {
            until: now,
            since: Instant::now(),
        }
    }

    /// Whether it is in force, and has been for so long.
    pub(super) fn held_for(&self, time: Duration, now: DateTime<Utc>) -> bool {
        now < self.until && self.since.elapsed() >= time
    }
}

impl Connections {
    /// Writes what changes as it changes, and moves the lease on, for ever.
    pub(super) async fn keep(&self, store: &Store) {
        let mut tick = interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut outage = Outage::of("write which agents are connected");
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                () = self.changed.notified() => {}
            }
            let kept = async {
                self.write_changes(store).await?;
                self.refresh_when_due(store).await
            };
            if outage.hears(&kept.await) {
                // What was not written is kept, and tried again.
                tick.tick().await;
            }
        }
    }

    /// Writes the rows of all who came and went since the last time, together.
    pub(super) async fn write_changes(&self, store: &Store) -> Result<(), StoreError> {
        let (mut unwritten, changes) = {
            let mut state = self.state();
            (std::mem::take(&mut state.unwritten), state.changes)
        };
        if !unwritten.is_empty() {
            let now = self.clock.now();
            let mut put: Vec<(AgentId, DateTime<Utc>)> = self.board.read(|board| {
                let changed = unwritten.iter();
                let rows = changed.filter_map(|(subject, closed_at)| {
                    let until = closed_at.unwrap_or(now + LEASE);
                    Some((person(&board.world, subject)?, until))
                });
                let rows = rows.collect();
                // Who is connected before there is an agent of that name is looked for again.
                let unknown = |subject: &_| board.world.agent_of(subject).is_none();
                let mut waits = self.state();
                for (subject, closed_at) in unwritten.extract_if(|who, _| unknown(who)) {
                    if closed_at.is_none() && waits.open.contains_key(&subject) {
                        waits.unwritten.entry(subject).or_insert(None);
                    }
                }
                rows
            });
            // In one order at every server, so that none waits for another in a circle.
            put.sort_unstable();
            if let Err(error) = write(store, self, &put, now).await {
                let mut state = self.state();
                for (subject, closed_at) in unwritten {
                    state.unwritten.entry(subject).or_insert(closed_at);
                }
                return Err(error);
            }
        }
        self.written
            .send_if_modified(|written| std::mem::replace(written, changes) != changes);
        Ok(())
    }

    /// One statement for all who are connected here. Fewer rows than agents means that some were
    /// taken away while this server was thought dead: all are written again.
    async fn refresh_when_due(&self, store: &Store) -> Result<(), StoreError> {
        let now = self.clock.now();
        if now + REFRESHED_BEFORE_END < self.lease().until {
            return Ok(());
        }
        let until = now + LEASE;
        let transaction = store.write.begin_in_background().await?;
        let refreshed = rows::refresh(&transaction, self.server, now, until).await?;
        transaction.commit().await?;
        let open = self.open_here();
        if usize::try_from(refreshed) != Ok(open.len()) {
            let put: Vec<_> = open.into_iter().map(|agent| (agent, until)).collect();
            write(store, self, &put, now).await?;
        }
        let mut lease = self.lease();
        if lease.until <= now {
            lease.since = Instant::now();
        }
        lease.until = until;
        Ok(())
    }

    /// The agents with a stream here, in order. A close that was not yet written still counts: its
    /// row is, too.
    fn open_here(&self) -> Vec<AgentId> {
        let open: Vec<_> = {
            let state = self.state();
            let leaving = state
                .unwritten
                .iter()
                .filter(|(_, closed)| closed.is_some());
            let leaving = leaving.map(|(subject, _)| subject);
            state.open.keys().chain(leaving).cloned().collect()
        };
        let mut open: Vec<AgentId> = self.board.read(|board| {
            let agents = open.iter().filter_map(|who| person(&board.world, who));
            agents.collect()
        });
        open.sort_unstable();
        open
    }

    pub(super) fn lease(&self) -> MutexGuard<'_, Lease> {
        self.lease.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn write(
    store: &Store,
    connections: &Connections,
    put: &[(AgentId, DateTime<Utc>)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let transaction = store.write.begin_in_background().await?;
    rows::put(&transaction, connections.server, put).await?;
    let ahead = put.iter().filter(|(_, until)| *until > now);
    let connected: Vec<AgentId> = ahead.map(|(agent, _)| *agent).collect();
    rows::forget_passed(&transaction, &connected, now).await?;
    Ok(transaction.commit().await?)
}
