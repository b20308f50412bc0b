//! What commands on the organisation share: their events, their outcomes, and what is checked of their input.

use std::sync::Arc;

use super::steps::in_order;
use crate::world::Key;
use crate::{
    After, Agent, Change, ConversationId, Draft, Edit, Event, Outcome, Presence, Queue, QueueId,
    Refusal, Workstream,
};

/// What its members see for being members.
pub(super) fn open_in(draft: &Draft<'_>, queue: QueueId) -> Vec<ConversationId> {
    let open = in_order(draft.concerning(Key::OpenIn(queue)));
    open.into_iter().map(|c| c.id).collect()
}

pub(super) fn well_formed(workstream: &Workstream) -> Result<(), Refusal> {
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

pub(super) fn agent_event(change: Change, agent: Agent) -> (Vec<Event>, Outcome) {
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

pub(super) fn queue_event(edit: Edit, queue: Queue) -> (Vec<Event>, Outcome) {
    let queue = Arc::new(queue);
    let outcome = Outcome {
        queue: Some(queue.clone()),
        ..Outcome::default()
    };
    let event = plain(Change::QueueChanged { edit }, After::Queue(queue));
    (vec![event], outcome)
}

pub(super) fn workstream_event(edit: Edit, workstream: Workstream) -> (Vec<Event>, Outcome) {
    let workstream = Arc::new(workstream);
    let outcome = Outcome {
        workstream: Some(workstream.clone()),
        ..Outcome::default()
    };
    let after = After::Workstream(workstream);
    (
        vec![plain(Change::WorkstreamChanged { edit }, after)],
        outcome,
    )
}

pub(super) const fn plain(change: Change, after: After) -> Event {
    Event {
        change,
        after,
        before: None,
    }
}

pub(super) fn invalid(path: &'static str, problem: &str) -> Refusal {
    Refusal::InvalidInput {
        path,
        problem: problem.into(),
    }
}
