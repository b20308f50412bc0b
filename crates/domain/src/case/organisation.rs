//! What commands on the organisation share: their events, their outcomes, and what is checked of their input.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::recorder::in_order;
use crate::audience::workstream_differs;
use crate::world::Key;
use crate::{
    After, Agent, AgentId, AgentKind, Change, ConversationId, Draft, Edit, Event, Outcome,
    Presence, Queue, QueueId, Refusal, Workstream, WorkstreamId,
};

/// What its members see for being members.
pub fn open_in(draft: &Draft<'_>, queue: QueueId) -> Vec<ConversationId> {
    let open = in_order(draft.concerning(Key::OpenIn(queue)));
    open.into_iter().map(|c| c.id).collect()
}

pub fn well_formed(workstream: &Workstream) -> Result<(), Refusal> {
    if workstream.allowed_presences.contains(&Presence::Inactive) {
        return Err(invalid(
            "allowedPresences",
            "INACTIVE is never an allowed presence",
        ));
    }
    if workstream.allowed_presences.is_empty() {
        return Err(invalid("allowedPresences", "give at least one presence"));
    }
    if workstream.units == 0 {
        return Err(invalid("units", "a conversation takes at least one unit"));
    }
    if workstream.offer_seconds == 0 {
        return Err(invalid(
            "offerSeconds",
            "an offer needs at least one second",
        ));
    }
    let attention = workstream.attention;
    for (path, seconds) in [
        ("attention.waitingSeconds", attention.waiting_seconds),
        ("attention.unansweredSeconds", attention.unanswered_seconds),
        ("attention.handledSeconds", attention.handled_seconds),
    ] {
        if seconds == 0 {
            return Err(invalid(path, "give 1 second or more"));
        }
    }
    Ok(())
}

pub fn agent_event(change: Change, agent: Agent) -> (Vec<Event>, Outcome) {
    let agent = Arc::new(agent);
    let event = plain(change, After::Agent(agent.clone()));
    (
        vec![event],
        Outcome {
            agent: Some(agent),
            ..Outcome::default()
        },
    )
}

pub fn queue_event(edit: Edit, queue: Queue) -> (Vec<Event>, Outcome) {
    let queue = Arc::new(queue);
    let outcome = Outcome {
        queue: Some(queue.clone()),
        ..Outcome::default()
    };
    let event = plain(Change::QueueChanged { edit }, After::Queue(queue));
    (vec![event], outcome)
}

/// `before` is the workstream before, where it was changed.
pub fn workstream_event(
    edit: Edit,
    before: Option<&Workstream>,
    workstream: Workstream,
) -> (Vec<Event>, Outcome) {
    let of = before.map(|before| workstream_differs(before, &workstream));
    let of = of.unwrap_or_default();
    let workstream = Arc::new(workstream);
    let outcome = Outcome {
        workstream: Some(workstream.clone()),
        ..Outcome::default()
    };
    let after = After::Workstream(workstream);
    (
        vec![plain(Change::WorkstreamChanged { edit, of }, after)],
        outcome,
    )
}

pub const fn plain(change: Change, after: After) -> Event {
    Event {
        change,
        after,
        before: None,
    }
}

pub fn invalid(path: &'static str, problem: &str) -> Refusal {
    Refusal::InvalidInput {
        path,
        problem: problem.into(),
    }
}

/// What makes this agent's presence what it should be; none when it is so already, or for a bot.
pub fn agent_presence(
    draft: &Draft<'_>,
    agent: AgentId,
    presence: Presence,
    now: DateTime<Utc>,
) -> Option<Event> {
    let agent = draft.agent(agent)?;
    if agent.kind == AgentKind::Bot || agent.presence == presence {
        return None;
    }
    let after = Agent {
        presence,
        presence_since: Some(now),
        ..(**agent).clone()
    };
    let from = Some(agent.presence);
    Some(Event {
        change: Change::AgentPresenceChanged { presence, from },
        after: After::Agent(after.into()),
        before: None,
    })
}

/// What is there already: nothing happens, and the answer shows it.
pub fn unchanged(show: impl FnOnce(&mut Outcome)) -> (Vec<Event>, Outcome) {
    let mut outcome = Outcome::default();
    show(&mut outcome);
    (vec![], outcome)
}

/// The agent that an input names.
pub fn agent<'d>(draft: &'d Draft<'_>, id: AgentId) -> Result<&'d Arc<Agent>, Refusal> {
    let path = "agentId";
    draft.agent(id).ok_or(Refusal::TargetNotFound { path })
}

/// The queue that an input names.
pub fn queue<'d>(draft: &'d Draft<'_>, id: QueueId) -> Result<&'d Arc<Queue>, Refusal> {
    let path = "queueId";
    draft.queue(id).ok_or(Refusal::TargetNotFound { path })
}

/// The workstream that an input names.
pub fn workstream<'d>(
    draft: &'d Draft<'_>,
    id: WorkstreamId,
) -> Result<&'d Arc<Workstream>, Refusal> {
    let path = "workstreamId";
    draft.workstream(id).ok_or(Refusal::TargetNotFound { path })
}
