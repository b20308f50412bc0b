//! `setPresence`: whoever works here says whether they can be reached (domain.md section 5).

use std::sync::Arc;

use crate::case::organisation::invalid;
use crate::{
    Actor, After, Agent, AgentKind, Change, Decision, Draft, Event, Outcome, Presence, Refusal,
    Role, Viewer,
};

/// What comes of it.
pub(crate) fn decide(
    presence: Presence,
    draft: &Draft<'_>,
    viewer: &Viewer,
) -> Result<Decision, Refusal> {
    if presence == Presence::Inactive {
        return Err(invalid("presence", "INACTIVE is set by the system only"));
    }
    let supervises = viewer.has_role(Role::Supervisor) || viewer.has_role(Role::Administrator);
    let agent = draft
        .agent_of(viewer.subject())
        .filter(|_| viewer.has_role(Role::Agent));
    let subject = viewer.subject().clone();
    let mut events = Vec::new();
    let change = Change::AgentPresenceChanged { presence };
    if let Some(agent) = agent {
        if agent.kind == AgentKind::Bot {
            return Err(Refusal::TargetIsBot);
        }
        if agent.presence != presence {
            let after = After::Agent(Arc::new(Agent {
                presence,
                ..(**agent).clone()
            }));
            events.push(Event {
                change: change.clone(),
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
    if supervises && draft.supervisor_presence(&subject) != presence {
        let after = After::Supervisor(subject.clone(), presence);
        events.push(Event {
            change,
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
