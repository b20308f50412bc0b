//! Agents past their grace: who they are by the rows, and judged again where the writer writes.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::DatabaseTransaction;

use super::{Connections, rows};
use crate::store::order::Order;
use crate::store::{Store, StoreError};
use domain::ids::AgentId;
use domain::{Asker, Command, Viewer};

/// How much longer than the grace an agent must have been away, so that one who came back at the
/// last moment, elsewhere, is written there first.
const WRITTEN_WITHIN: TimeDelta = TimeDelta::milliseconds(300);

impl Connections {
    /// Whether this server may act on agents of others: its own lease has been in force for so long.
    pub(in crate::store) fn may_act_on_others(&self, held_for: Duration) -> bool {
        self.lease().held_for(held_for, self.clock.now())
    }

    /// Agents who are past their grace by the rows, and have no stream here.
    pub(in crate::store) async fn list_away(
        &self,
        store: &Store,
        at_most: u64,
    ) -> Result<Vec<AgentId>, StoreError> {
        let since = self.away_before(self.clock.now());
        let mut away = rows::away_since(&store.read, since, at_most).await?;
        away.retain(|agent| !self.is_open_here(*agent));
        Ok(away)
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
