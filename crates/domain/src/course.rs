//! A conversation's course through queues and agents: what the figures of domain.md section 12 are counted from.
//!
//! A visit is the time in which a conversation waits in one queue for somebody to take it; a stint the time in which one
//! agent or bot has it, in one queue and one state. An image says which of both run, and, where the newest event changed
//! that, how it stood before. So one event is enough to count what it ended, and the figures need nothing but the log.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    AgentId, AgentKind, Author, Change, Conversation, OfferKind, QueueId, SentimentLevel, State,
    Visibility,
};

/// What the figures need to know of a conversation beside what it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// Since when it waits in its queue, OPEN or offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<DateTime<Utc>>,
    /// How its agent has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stint: Option<Stint>,
    /// Whether a human agent has written to the customer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub responded: bool,
    /// Whether the newest event was the first time that one did.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub first_response: bool,
    /// How it stood before the newest event, where that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Box<Standpoint>>,
}

/// One agent or bot having a conversation, in one queue and one of the states ACTIVE (accepted) and `WRAP_UP`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stint {
    /// Since when.
    pub since: DateTime<Utc>,
    /// The customer's sentiment then.
    pub level: SentimentLevel,
}

/// Where a conversation stands, as far as figures count it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standpoint {
    /// Its queue.
    pub queue: QueueId,
    /// Its state.
    pub state: State,
    /// Who has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<(AgentId, AgentKind)>,
    /// Since when it waits in its queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<DateTime<Utc>>,
    /// How its agent has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stint: Option<Stint>,
    /// Since when it is offered to an agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered_at: Option<DateTime<Utc>>,
    /// Since when its customer is away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub away_since: Option<DateTime<Utc>>,
    /// Whose capacity it holds, and how many units.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<(AgentId, u32)>,
}

impl Course {
    /// Whether nothing is known of it: so it is in images from before there were figures, and in those of conversations that are
    /// WAITING or CLOSED.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The course of a conversation that has just begun.
    pub fn begun(now: DateTime<Utc>) -> Self {
        Self {
            visit: Some(now),
            ..Self::default()
        }
    }
}

impl Standpoint {
    /// Where this conversation stands.
    pub fn of(c: &Conversation) -> Self {
        let course = known(c);
        Self {
            queue: c.queue,
            state: c.state,
            agent: c.primary.as_ref().map(|one| (one.agent, one.kind)),
            visit: course.visit,
            stint: course.stint,
            offered_at: c.pending(OfferKind::Assignment).map(|one| one.made_at),
            away_since: c.customer_away_since,
            held: c.capacity_held().collect(),
        }
    }

    /// The stint that ended on the way from here to where the conversation stands next, and whose it was.
    pub fn ended_stint(&self, next: &Self) -> Option<(Stint, (AgentId, AgentKind))> {
        let place = |point: &Self| (point.queue, point.state, point.agent);
        let ended = self.stint.zip(self.agent);
        ended.filter(|_| place(self) != place(next))
    }

    /// By how many units each agent has more to carry where the conversation stands next; agents may come twice.
    pub fn unit_shifts(&self, next: &Conversation) -> Vec<(AgentId, i64)> {
        let before = self.held.iter();
        let before = before.map(|(agent, units)| (*agent, -i64::from(*units)));
        let after = next.capacity_held();
        let after = after.map(|(agent, units)| (agent, i64::from(units)));
        before.chain(after).collect()
    }

    /// Whether agents carry other units where the conversation stands next.
    pub fn shifts_units(&self, next: &Conversation) -> bool {
        !self.held.iter().copied().eq(next.capacity_held())
    }

    /// Whether an agent or bot has it and it has not ended.
    pub fn holder(&self) -> Option<(AgentId, AgentKind)> {
        self.agent.filter(|_| self.state != State::Closed)
    }
}

/// The course after this change: `next` is the image that it leaves, but for the course.
pub fn follow(
    before: &Conversation,
    next: &Conversation,
    change: &Change,
    now: DateTime<Utc>,
) -> Course {
    let was = Standpoint::of(before);
    let moved = was.queue != next.queue;
    let visit = waits(next).then(|| was.visit.filter(|_| !moved).unwrap_or(now));
    let goes_on = !moved && was.state == next.state && was.agent == primary(next);
    let stint = is_handled(next).then(|| {
        was.stint.filter(|_| goes_on).unwrap_or(Stint {
            since: now,
            level: next.sentiment.level,
        })
    });
    let responded = before.course.responded;
    let first_response = !responded && is_response(change);
    let course = Course {
        visit,
        stint,
        responded: responded || first_response,
        first_response,
        before: None,
    };
    let stands = Standpoint {
        visit,
        stint,
        ..Standpoint::of(next)
    };
    Course {
        before: (was != stands).then(|| Box::new(was)),
        ..course
    }
}

/// A PUBLIC message by a human agent.
fn is_response(change: &Change) -> bool {
    matches!(
        change,
        Change::MessagePosted {
            author: Author::Agent,
            visibility: Visibility::Public,
            ..
        }
    )
}

/// Its course; of an image from before there were figures what its other fields say.
fn known(c: &Conversation) -> Course {
    if !c.course.is_empty() {
        return c.course.clone();
    }
    Course {
        visit: waits(c).then(|| c.waiting_since.unwrap_or(c.state_since)),
        stint: is_handled(c).then_some(Stint {
            since: c.state_since,
            level: c.sentiment.level,
        }),
        ..Course::default()
    }
}

/// OPEN, or ACTIVE while offered.
fn waits(c: &Conversation) -> bool {
    c.state == State::Open || c.state == State::Active && c.primary.is_none()
}

/// ACTIVE and accepted, or `WRAP_UP`.
fn is_handled(c: &Conversation) -> bool {
    c.is_in_conversation() || c.state == State::WrapUp && c.primary.is_some()
}

fn primary(c: &Conversation) -> Option<(AgentId, AgentKind)> {
    c.primary.as_ref().map(|one| (one.agent, one.kind))
}
