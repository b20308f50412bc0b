//! Agents as they were: of which queues each was a member at a position of the log.
//!
//! An agent sees what is OPEN in their queues, and a subscription may hear of an event when their
//! memberships are others already. What was theirs to see at the event is a question of the log, so
//! this remembers, for each event that changed whose member an agent is, the agent before it. It
//! begins with the board; what was before comes from the log, when somebody follows it from there.
//!
//! Invariant: after `since` it has every such event up to the board's position. It is as long as the
//! log is kept, and memberships seldom change. It decides nothing.

use std::collections::HashMap;
use std::sync::Arc;

use crate::log::Entry;
use domain::{After, Agent, Change, Edit, Subject};

/// The position of each event that changed them, oldest first, and the agent before it; none before
/// there was one.
type Changes = Vec<(i64, Option<Arc<Agent>>)>;

/// Who each agent was before their memberships changed.
#[derive(Debug)]
pub struct Past {
    since: i64,
    /// By the `sub` of their tokens.
    agents: HashMap<Subject, Changes>,
}

impl Past {
    /// Nothing so far after this position.
    pub(super) fn new(since: i64) -> Self {
        Self {
            since,
            agents: HashMap::new(),
        }
    }

    /// After which position it is known.
    pub const fn since(&self) -> i64 {
        self.since
    }

    /// The agent with this `sub` as it was at this position, where that was another member than
    /// `now`, the agent at the board's position.
    pub fn agent(
        &self,
        subject: &Subject,
        position: i64,
        now: Option<&Arc<Agent>>,
    ) -> Option<Arc<Agent>> {
        let changes = self.agents.get(subject).map_or(&[][..], Vec::as_slice);
        let next = changes.partition_point(|(at, _)| *at <= position);
        changes
            .get(next)
            .map_or(now, |(_, before)| before.as_ref())
            .cloned()
    }

    /// Goes on by the newest event.
    pub(super) fn note(&mut self, entry: &Entry) {
        if let Some((subject, before)) = before(entry) {
            let changes = self.agents.entry(subject).or_default();
            changes.push((entry.position, before));
        }
    }

    /// Reaches back to this position: these are the events after it, in order, as far as it did not
    /// reach before and maybe further.
    pub fn reach_back(&mut self, since: i64, entries: &[Entry]) {
        let mut older: HashMap<Subject, Changes> = HashMap::new();
        for entry in entries.iter().filter(|entry| entry.position <= self.since) {
            if let Some((subject, before)) = before(entry) {
                older
                    .entry(subject)
                    .or_default()
                    .push((entry.position, before));
            }
        }
        for (subject, changes) in older {
            self.agents.entry(subject).or_default().splice(..0, changes);
        }
        self.since = self.since.min(since);
    }

    /// Nobody goes on from before this event any more.
    pub fn forget_before(&mut self, first: i64) {
        self.agents.retain(|_, changes| {
            changes.retain(|(at, _)| *at >= first);
            !changes.is_empty()
        });
        self.since = self.since.max(first - 1);
    }
}

/// Whose memberships this event changed, and the agent before it.
fn before(entry: &Entry) -> Option<(Subject, Option<Arc<Agent>>)> {
    let After::Agent(after) = &entry.after else {
        return None;
    };
    let before = match &entry.change {
        Change::MembershipChanged { queue, member, .. } => {
            let mut before = (**after).clone();
            if *member {
                before.queues.remove(queue);
            } else {
                before.queues.insert(*queue);
            }
            Some(Arc::new(before))
        }
        Change::AgentChanged {
            edit: Edit::Created,
            ..
        } => None,
        Change::AgentChanged {
            edit: Edit::Deleted,
            ..
        } => Some(Arc::new(Agent {
            deleted_at: None,
            ..(**after).clone()
        })),
        _ => return None,
    };
    Some((after.subject.clone(), before))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use domain::{Actor, AgentId, AgentKind, Presence, QueueId};

    const fn queue(number: u128) -> QueueId {
        QueueId(Uuid::from_u128(number))
    }

    fn anna(queues: &[u128]) -> Arc<Agent> {
        Arc::new(Agent {
            id: AgentId(Uuid::from_u128(1)),
            subject: Subject::new("anna").unwrap(),
            name: "Anna".into(),
            kind: AgentKind::Human,
            presence: Presence::Available,
            presence_since: None,
            capacity: 3,
            queues: queues.iter().copied().map(queue).collect(),
            acknowledged: None,
            deleted_at: None,
        })
    }

    fn entry(position: i64, change: Change, after: Arc<Agent>) -> Entry {
        Entry {
            epoch: Uuid::nil(),
            position,
            at: DateTime::UNIX_EPOCH,
            actor: Actor::System,
            change,
            after: After::Agent(after),
            before: None,
            hash: position,
        }
    }

    fn joined(position: i64, number: u128, queues: &[u128]) -> Entry {
        let change = Change::MembershipChanged {
            queue: queue(number),
            member: true,
            left: vec![],
        };
        entry(position, change, anna(queues))
    }

    /// At 3 Anna is made, a member of queue 1; at 5 of 2 as well, at 8 of 3.
    fn log() -> [Entry; 3] {
        let edit = Edit::Created;
        let made = entry(
            3,
            Change::AgentChanged {
                edit,
                of: std::collections::BTreeSet::new(),
            },
            anna(&[1]),
        );
        [made, joined(5, 2, &[1, 2]), joined(8, 3, &[1, 2, 3])]
    }

    /// Her queues at each of these positions; none where she was no agent.
    fn queues(past: &Past, positions: impl IntoIterator<Item = i64>) -> Vec<Option<usize>> {
        let now = anna(&[1, 2, 3]);
        let at = |position| past.agent(&now.subject, position, Some(&now));
        let count = |agent: Arc<Agent>| agent.queues.len();
        let positions = positions.into_iter();
        positions.map(|position| at(position).map(count)).collect()
    }

    #[test]
    fn an_agent_is_known_at_every_position_however_it_was_learnt() {
        let [made, second, third] = log();
        let expected = [None, Some(1), Some(1), Some(2), Some(2), Some(2), Some(3)];
        for since in [2, 4, 6, 8] {
            let mut past = Past::new(since);
            for entry in &log() {
                if entry.position > since {
                    past.note(entry);
                }
            }
            // Two read at once, and what both read counts once.
            past.reach_back(4, &[second.clone(), third.clone()]);
            past.reach_back(2, &[made.clone(), second.clone(), third.clone()]);
            assert_eq!(past.since(), 2);
            assert_eq!(queues(&past, 2..=8), expected, "begun at {since}");
        }
    }

    #[test]
    fn what_the_log_forgets_is_forgotten() {
        let mut past = Past::new(2);
        for entry in &log() {
            past.note(entry);
        }
        past.forget_before(6);
        assert_eq!(past.since(), 5);
        assert_eq!(queues(&past, 5..=8), [Some(2), Some(2), Some(2), Some(3)]);
        past.forget_before(9);
        assert!(past.agents.is_empty());
    }
}
