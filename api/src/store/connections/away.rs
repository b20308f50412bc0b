//! Agents past their grace: found here, brought to the writer, and judged again where it writes.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use sea_orm::DatabaseTransaction;
use tokio::time::{MissedTickBehavior, interval};

use super::keep::EVERY;
use super::{Connections, rows};
use crate::domain::{Asker, Command, Viewer};
use crate::store::writer::{Order, OrderError};
use crate::store::{Outage, Store, StoreError, Writer};
use entity::ids::AgentId;

/// How long this server's lease must have been in force before it acts: after the machine slept,
/// the other servers get this long to say that they are there.
const HELD_FOR: Duration = Duration::from_millis(500);
/// How much longer than the grace an agent must have been away, so that one who came back at the
/// last moment, elsewhere, is written there first.
const WRITTEN_WITHIN: TimeDelta = TimeDelta::milliseconds(300);
/// How many agents are brought at once.
const AT_ONCE: u64 = 256;

impl Connections {
    /// Brings agents who are past their grace to the writer, until the writer stops.
    pub(super) async fn bring_away(&self, store: &Store, writer: &Writer) {
        let mut tick = interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut outage = Outage::of("act on disconnected agents");
        loop {
            tick.tick().await;
            if !self.lease().held_for(HELD_FOR, self.clock.now()) {
                continue;
            }
            let brought = self.bring(store, writer).await;
            if let Err(OrderError::Gone(_)) = brought {
                return;
            }
            outage.hears(&brought);
        }
    }

    async fn bring(&self, store: &Store, writer: &Writer) -> Result<(), OrderError> {
        let since = self.away_before(self.clock.now());
        let away = rows::away_since(&store.read, since, AT_ONCE)
            .await
            .map_err(|error| Arc::new(StoreError::from(error)))?;
        let orders = away
            .into_iter()
            .filter(|agent| !self.is_open_here(*agent))
            .map(|agent| {
                writer.give(Order {
                    asker: Asker::System,
                    command: Command::AgentDisconnected(agent),
                    expected_version: None,
                    reason: None,
                    idempotency: None,
                })
            });
        for answer in join_all(orders).await {
            match answer {
                Ok(_) | Err(OrderError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What the rows say now, under the lock, of the agents that these orders are about.
    pub(in crate::store) async fn look_up(
        &self,
        transaction: &DatabaseTransaction,
        orders: &[&Order],
        now: DateTime<Utc>,
    ) -> Result<Away, StoreError> {
        let (mut disconnected, mut present) = (HashSet::new(), HashSet::new());
        for order in orders {
            match (&order.command, &order.asker) {
                (Command::AgentDisconnected(agent), _) => {
                    disconnected.insert(*agent);
                }
                (Command::SetPresence(_), Asker::Viewer(viewer)) => {
                    present.extend(self.agent_of(viewer));
                }
                _ => {}
            }
        }
        let mut away = Away::default();
        if disconnected.is_empty() && present.is_empty() {
            return Ok(away);
        }
        let named: Vec<AgentId> = disconnected.union(&present).copied().collect();
        let mut last: HashMap<AgentId, DateTime<Utc>> = HashMap::new();
        for (agent, until) in rows::of(transaction, named).await? {
            let last = last.entry(agent).or_insert(until);
            *last = until.max(*last);
            if until <= now && present.contains(&agent) {
                away.passed.insert(agent);
            }
        }
        let before = self.away_before(now);
        let gone = |agent: &AgentId| last.get(agent).is_some_and(|last| *last <= before);
        disconnected.retain(|agent| gone(agent) && !self.is_open_here(*agent));
        away.disconnected = disconnected;
        Ok(away)
    }

    fn agent_of(&self, viewer: &Viewer) -> Option<AgentId> {
        let agent = |board: &crate::board::State| {
            let agent = board.world.agent_of(viewer.subject());
            agent.map(|agent| agent.id)
        };
        self.board.read(agent)
    }

    /// Whoever was last connected then or before is past their grace.
    fn away_before(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - self.grace - WRITTEN_WITHIN
    }
}

/// Of the agents that a batch is about.
#[derive(Debug, Default)]
pub(in crate::store) struct Away {
    /// Those still disconnected past their grace.
    disconnected: HashSet<AgentId>,
    /// Those with rows that have passed, who are exempt once their presence is set.
    passed: HashSet<AgentId>,
    /// Those whose rows go with this batch.
    settled: Vec<AgentId>,
}

impl Away {
    /// Whether this agent is still disconnected past the grace; the first who asks acts on it.
    pub fn takes(&mut self, agent: AgentId) -> bool {
        let still = self.disconnected.remove(&agent);
        if still {
            self.settled.push(agent);
        }
        still
    }

    /// The presence of this agent was set: who has no stream open is exempt from now on.
    pub fn presence_set(&mut self, agent: AgentId) {
        self.disconnected.remove(&agent);
        if self.passed.remove(&agent) {
            self.settled.push(agent);
        }
    }

    /// Whose rows go with this batch.
    pub fn settled(&self) -> &[AgentId] {
        &self.settled
    }

    /// Takes the rows of whoever was acted on away, in the transaction that acts.
    pub async fn write(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        Ok(rows::forget_passed(transaction, &self.settled, now).await?)
    }
}
