//! An agent stayed disconnected past the grace time (domain.md section 2).

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::case::organisation::agent_presence;
use crate::case::{Recorder, in_order};
use crate::world::Key;
use crate::{Actor, AgentId, CancelReason, Change, Conversation, Decision, Draft, Event, Presence};

/// The agent's grace time expired: what they have in conversation goes back to its queue, the rest
/// stays (domain.md section 2).
pub(crate) fn decide(draft: &Draft<'_>, agent: AgentId, now: DateTime<Utc>) -> Decision {
    let mut events: Vec<Event> = agent_presence(draft, agent, Presence::Offline, now)
        .into_iter()
        .collect();
    let theirs =
        |c: &&Arc<Conversation>| c.is_in_conversation() && c.primary_agent() == Some(agent);
    for conversation in in_order(draft.concerning(Key::Agent(agent)).filter(theirs)) {
        let mut recorder = Recorder::new(draft, conversation, Actor::System, now);
        let released = Change::ReleasedToQueue {
            agent,
            disconnected: true,
        };
        recorder.enter(released, CancelReason::AgentDisconnected);
        events.extend(recorder.into_events());
    }
    Decision::of_events(events)
}
