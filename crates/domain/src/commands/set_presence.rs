//! `setPresence`: whoever works here says whether they can be reached (domain.md section 5).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::case::organisation::{agent_presence, invalid};
use crate::policy;
use crate::{
    Actor, After, Agent, AgentId, AgentKind, Change, Decision, Draft, Event, Outcome, Presence,
    Refusal, Role, Viewer,
};

/// The presence of an agent of a supervisor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SetPresenceOf {
    /// Whose.
    pub agent: AgentId,
    /// What it is to be.
    pub presence: Presence,
}

/// What comes of a supervisor setting it (domain.md section 13).
pub(crate) fn decide_of(
    set: SetPresenceOf,
    draft: &Draft<'_>,
    viewer: &Viewer,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    settable(set.presence)?;
    let agent = policy::led_person(viewer, draft, set.agent, policy::MANAGES)?;
    let subject = viewer.subject().clone();
    Ok(Decision {
        actor: Actor::Supervisor { subject },
        events: agent_presence(draft, agent.id, set.presence, now)
            .into_iter()
            .collect(),
        outcome: Outcome {
            presence: Some(set.presence),
            ..Outcome::default()
        },
        ..Decision::nothing()
    })
}

fn settable(presence: Presence) -> Result<(), Refusal> {
    if presence == Presence::Inactive {
        return Err(invalid("presence", "INACTIVE is set by the system only"));
    }
    Ok(())
}

/// What comes of it.
pub(crate) fn decide(
    presence: Presence,
    draft: &Draft<'_>,
    viewer: &Viewer,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    settable(presence)?;
    let supervises = viewer.has_role(Role::Supervisor) || viewer.has_role(Role::Administrator);
    let agent = draft
        .agent_of(viewer.subject())
        .filter(|_| viewer.has_role(Role::Agent));
    let subject = viewer.subject().clone();
    let mut events = Vec::new();
    let changed = |from| Change::AgentPresenceChanged {
        presence,
        from: Some(from),
    };
    if let Some(agent) = agent {
        if agent.kind == AgentKind::Bot {
            return Err(Refusal::TargetIsBot);
        }
        if agent.presence != presence {
            let after = After::Agent(Arc::new(Agent {
                presence,
                presence_since: Some(now),
                ..(**agent).clone()
            }));
            events.push(Event {
                change: changed(agent.presence),
                after,
                before: None,
            });
        }
    } else if !supervises {
        let known = viewer.has_role(Role::Agent);
        return Err(if known {
            Refusal::AgentUnknown
        } else {
            Refusal::RoleRequired(Role::Agent)
        });
    }
    let before = draft.supervisor_presence(&subject);
    if supervises && before != presence {
        let after = After::Supervisor(subject.clone(), presence);
        events.push(Event {
            change: changed(before),
            after,
            before: None,
        });
    }
    let actor = match agent {
        Some(agent) => Actor::Agent { agent: agent.id },
        None if viewer.has_role(Role::Supervisor) => Actor::Supervisor { subject },
        None => Actor::Administrator { subject },
    };
    let outcome = Outcome {
        presence: Some(presence),
        ..Outcome::default()
    };
    Ok(Decision {
        actor,
        events,
        texts: vec![],
        outcome,
        left: None,
    })
}
