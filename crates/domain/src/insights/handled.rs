//! What one event says of handle time: the stint that it ended.

use chrono::{DateTime, Utc};

use super::counting::millis;
use crate::course::Standpoint;
use crate::{AgentId, AgentKind, Conversation, QueueId, State};

/// A stint of a person in ACTIVE that has ended: a case of handle time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handled {
    /// Who had the conversation.
    pub agent: AgentId,
    /// In which queue.
    pub queue: QueueId,
    /// For how long, in milliseconds.
    pub millis: u64,
}

impl Handled {
    /// The one that the newest event of this conversation ended, at this instant.
    pub fn by(c: &Conversation, at: DateTime<Utc>) -> Option<Self> {
        let before = c.course.before.as_deref()?;
        let (stint, (agent, kind)) = before.ended_stint(&Standpoint::of(c))?;
        let counts = kind == AgentKind::Human && before.state == State::Active;
        counts.then(|| Self {
            agent,
            queue: before.queue,
            millis: millis(at - stint.since),
        })
    }
}
