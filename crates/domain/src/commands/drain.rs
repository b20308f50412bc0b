//! `drainAgent`: a supervisor takes all work from an agent who is gone or has too much (domain.md section 13).
//!
//! Decided here: the presence, and what waits for the agent's answer. What they are primary agent of is then requeued in
//! orders of its own, each as `requeueConversation` would.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::case::organisation::agent_presence;
use crate::case::{Recorder, in_order};
use crate::policy;
use crate::world::Key;
use crate::{
    Actor, AgentId, AuditDetail, CancelReason, Conversation, Decision, Draft, Outcome, Permission,
    Presence, Refusal, Setting, Viewer,
};

/// Takes an agent's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Drain {
    /// Whose.
    pub agent: AgentId,
    /// Whether they are OFFLINE from now on; otherwise AWAY, unless they are OFFLINE already.
    pub go_offline: bool,
}

impl Drain {
    pub(super) fn audit(&self) -> AuditDetail {
        AuditDetail::target(self.agent)
    }

    fn presence(self, now: Presence) -> Presence {
        if self.go_offline || now == Presence::Offline {
            Presence::Offline
        } else {
            Presence::Away
        }
    }
}

/// What comes of it. Conversations out of scope are neither touched nor counted.
pub(crate) fn decide(
    drain: &Drain,
    draft: &Draft<'_>,
    viewer: &Viewer,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let agent = policy::led_person(
        viewer,
        draft,
        drain.agent,
        (Setting::SupervisorAssign, Permission::Assign),
    )?;
    let actor = Actor::Supervisor {
        subject: viewer.subject().clone(),
    };
    let in_scope = |c: &&Arc<Conversation>| viewer.queues().contains(&c.queue);
    let theirs = draft.concerning(Key::Agent(agent.id)).filter(in_scope);
    let theirs = in_order(theirs);
    let presence = drain.presence(agent.presence);
    let mut events: Vec<_> = agent_presence(draft, agent.id, presence, now)
        .into_iter()
        .collect();
    let (mut withdrawn, mut held) = (Vec::new(), Vec::new());
    for conversation in theirs {
        let offer = conversation.offer.as_ref();
        if offer.is_some_and(|offer| offer.agent == agent.id) {
            let mut recorder = Recorder::new(draft, conversation, actor.clone(), now);
            recorder.cancel_pending(CancelReason::Drained);
            events.extend(recorder.into_events());
            withdrawn.push(conversation.id);
        }
        if conversation.primary_agent() == Some(agent.id) {
            held.push(conversation.id);
        }
    }
    let outcome = Outcome {
        agent: Some(agent.clone()),
        withdrawn,
        held,
        ..Outcome::default()
    };
    Ok(Decision {
        actor,
        events,
        outcome,
        ..Decision::nothing()
    })
}
