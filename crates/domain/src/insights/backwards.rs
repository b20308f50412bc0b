//! Agents' hands at a place in the log, counted back from how they stand at its end.
//!
//! Units and conversations in hand are what they are at the end, less what each event since added. Presence and capacity are what
//! the first event since left as it was; the log does not say every capacity that an agent had before it was set.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Hand;
use super::counting::loads;
use crate::audience::OrganisationFact;
use crate::course::Standpoint;
use crate::directory::Edit;
use crate::{After, Agent, AgentId, AgentKind, Change, Presence};

/// What the events say of agents around a place in the log, which is followed from before it to the end.
#[derive(Clone, Debug, Default)]
pub struct Backwards {
    /// Whether the log is there from its first event on: an agent of whom nothing is said before the place was not there.
    is_whole: bool,
    stood: BTreeMap<AgentId, Stood>,
    /// By how many units and conversations they have more at the end.
    loads: BTreeMap<AgentId, (i64, i64)>,
}

/// How an agent stood at the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stood {
    /// Not there yet, or not any more.
    Absent,
    /// With this presence and capacity.
    Known(Presence, u32),
    /// The log says it from this instant on.
    Since(DateTime<Utc>, Presence, u32),
}

/// The hands at the place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandsThen {
    /// By agent.
    pub hands: BTreeMap<AgentId, Hand>,
    /// From when on they are known, of whom they are not known at the place itself.
    pub known_from: BTreeMap<AgentId, DateTime<Utc>>,
}

impl Backwards {
    /// Nothing is known yet. `is_whole` says that the log is followed from its first event on.
    pub fn new(is_whole: bool) -> Self {
        Self {
            is_whole,
            ..Self::default()
        }
    }

    /// Takes in an event that is at the place or before it.
    pub fn before(&mut self, after: &After) {
        if let After::Agent(agent) = after {
            self.stood.insert(agent.id, now(agent));
        }
    }

    /// Takes in an event that comes after the place.
    pub fn since(&mut self, at: DateTime<Utc>, change: &Change, after: &After) {
        match after {
            After::Agent(agent) => {
                let is_whole = self.is_whole;
                let stood = self.stood.entry(agent.id);
                stood.or_insert_with(|| {
                    if is_whole {
                        Stood::Absent
                    } else {
                        before(at, change, agent)
                    }
                });
            }
            After::Conversation(c) => {
                let Some(was) = c.course.before.as_deref() else {
                    return;
                };
                for (agent, units, in_hand) in loads(was, &Standpoint::of(c)) {
                    let sum = self.loads.entry(agent).or_default();
                    *sum = (sum.0 + units, sum.1 + in_hand);
                }
            }
            After::Supervisor(..) | After::Queue(_) | After::Workstream(_) | After::Settings(_) => {
            }
        }
    }

    /// The hands at the place, of those at the end. Their times are counted up to the place, at this instant.
    pub fn hands(&self, at_the_end: &BTreeMap<AgentId, Hand>, at: DateTime<Utc>) -> HandsThen {
        let mut then = HandsThen::default();
        let mut people: BTreeMap<AgentId, Stood> = self.stood.clone();
        for (agent, hand) in at_the_end {
            let quiet = Stood::Known(hand.presence, hand.units_total);
            people.entry(*agent).or_insert(quiet);
        }
        for (agent, stood) in people {
            let (presence, units_total) = match stood {
                Stood::Absent => continue,
                Stood::Known(presence, capacity) => (presence, capacity),
                Stood::Since(from, presence, capacity) => {
                    then.known_from.insert(agent, from);
                    (presence, capacity)
                }
            };
            let end = at_the_end.get(&agent);
            let (units, in_hand) = self.loads.get(&agent).copied().unwrap_or_default();
            let less = |count: Option<u32>, more: i64| {
                u32::try_from(i64::from(count.unwrap_or(0)) - more).unwrap_or(0)
            };
            let hand = Hand {
                presence,
                units_total,
                units_consumed: less(end.map(|hand| hand.units_consumed), units),
                in_hand: less(end.map(|hand| hand.in_hand), in_hand),
                counted_to: at,
            };
            then.hands.insert(agent, hand);
        }
        then
    }
}

fn now(agent: &Agent) -> Stood {
    if agent.kind != AgentKind::Human || agent.deleted_at.is_some() {
        return Stood::Absent;
    }
    Stood::Known(agent.presence, agent.capacity)
}

/// How the agent stood before this event, the first one of them.
fn before(at: DateTime<Utc>, change: &Change, agent: &Agent) -> Stood {
    if agent.kind != AgentKind::Human {
        return Stood::Absent;
    }
    let as_it_is = Stood::Known(agent.presence, agent.capacity);
    let unknown = Stood::Since(at, agent.presence, agent.capacity);
    match change {
        Change::AgentPresenceChanged { from, .. } => {
            from.map_or(unknown, |from| Stood::Known(from, agent.capacity))
        }
        Change::AgentChanged {
            edit: Edit::Created,
            ..
        } => Stood::Absent,
        Change::AgentChanged {
            edit: Edit::Updated,
            of,
        } if of.is_empty() || of.contains(&OrganisationFact::AgentFigures) => unknown,
        _ => as_it_is,
    }
}
