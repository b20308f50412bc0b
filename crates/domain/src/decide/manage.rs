//! Presence, and what administrators change.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::changes::{
    agent_event, invalid, open_in, plain, queue_event, well_formed, workstream_event,
};
use super::steps::{Steps, in_order};
use super::{Decision, organisation, revoke};
use crate::command::{Manage, SettingsPatch};
use crate::world::Key;
use crate::{
    Actor, After, Agent, AgentId, AgentKind, CancelReason, Change, Conversation, Draft, Edit,
    Event, MonitoringEnd, OfferKind, Outcome, Presence, Queue, QueueId, Refusal, Role,
    SentimentLevel, Viewer, policy,
};

pub(super) fn set_presence(
    draft: &Draft<'_>,
    viewer: &Viewer,
    presence: Presence,
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
    })
}

pub(super) fn manage(
    draft: &Draft<'_>,
    viewer: &Viewer,
    manage: &Manage,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    policy::require_role(viewer, Role::Administrator)?;
    let actor = Actor::Administrator {
        subject: viewer.subject().clone(),
    };
    let (events, outcome) = match manage {
        Manage::CreateAgent {
            id,
            subject,
            name,
            kind,
            capacity,
            queues,
        } => {
            if draft.agent_of(subject).is_some() {
                return Err(invalid("subject", "another agent has this subject"));
            }
            for queue in queues {
                draft
                    .queue(*queue)
                    .ok_or(Refusal::TargetNotFound { path: "queueIds" })?;
            }
            let capacity = if *kind == AgentKind::Bot {
                0
            } else {
                *capacity
            };
            agent_event(
                Change::AgentChanged {
                    edit: Edit::Created,
                },
                Agent {
                    id: *id,
                    subject: subject.clone(),
                    name: name.clone(),
                    kind: *kind,
                    capacity,
                    presence: Presence::Offline,
                    queues: queues.clone(),
                    acknowledged: None,
                    deleted_at: None,
                },
            )
        }
        Manage::CreateQueue { id, name, kind } => {
            let queue = Queue {
                id: *id,
                name: name.clone(),
                kind: *kind,
                deleted_at: None,
            };
            queue_event(Edit::Created, queue)
        }
        Manage::CreateWorkstream(workstream) => {
            well_formed(workstream)?;
            workstream_event(Edit::Created, workstream.clone())
        }
        Manage::AddMember { agent, queue } => membership(draft, *agent, *queue, true, now)?,
        Manage::RemoveMember { agent, queue } => membership(draft, *agent, *queue, false, now)?,
        Manage::UpdateSettings(patch) => update_settings(draft, patch, &actor, now),
        Manage::UpdateAgent(id, patch) => organisation::update_agent(draft, *id, patch)?,
        Manage::DeleteAgent(id) => organisation::delete_agent(draft, *id, now)?,
        Manage::UpdateQueue(id, patch) => organisation::update_queue(draft, *id, patch)?,
        Manage::DeleteQueue(id) => organisation::delete_queue(draft, *id, now)?,
        Manage::UpdateWorkstream(id, patch) => {
            organisation::update_workstream(draft, *id, patch, &actor, now)?
        }
        Manage::DeleteWorkstream(id) => organisation::delete_workstream(draft, *id, now)?,
        Manage::EraseCustomer(id) => return organisation::erase(draft, *id, actor, now),
        Manage::Revoke {
            what,
            expires_at,
            longest_life,
        } => return revoke::revoke(draft, what, *expires_at, *longest_life, actor, now),
    };
    Ok(Decision {
        actor,
        events,
        texts: vec![],
        outcome,
    })
}

fn membership(
    draft: &Draft<'_>,
    agent: AgentId,
    queue: QueueId,
    member: bool,
    now: DateTime<Utc>,
) -> Result<(Vec<Event>, Outcome), Refusal> {
    let agent = draft
        .agent(agent)
        .ok_or(Refusal::TargetNotFound { path: "agentId" })?;
    draft
        .queue(queue)
        .ok_or(Refusal::TargetNotFound { path: "queueId" })?;
    if agent.queues.contains(&queue) == member {
        return Ok((
            vec![],
            Outcome {
                agent: Some(agent.clone()),
                ..Outcome::default()
            },
        ));
    }
    let mut changed = (**agent).clone();
    if member {
        changed.queues.insert(queue);
    } else {
        changed.queues.remove(&queue);
    }
    let id = changed.id;
    let left = if member {
        Vec::new()
    } else {
        open_in(draft, queue)
    };
    let change = Change::MembershipChanged {
        queue,
        member,
        left,
    };
    let (mut events, outcome) = agent_event(change, changed);
    if !member {
        let asked = draft.concerning(Key::Agent(id)).filter(|conversation| {
            let pending = conversation.pending(OfferKind::Transfer);
            conversation.queue == queue && pending.is_some_and(|offer| offer.agent == id)
        });
        for conversation in in_order(asked) {
            let mut steps = Steps::new(draft, conversation, Actor::System, now);
            steps.cancel_pending(CancelReason::MembershipLost);
            events.extend(steps.into_events());
        }
    }
    Ok((events, outcome))
}

fn update_settings(
    draft: &Draft<'_>,
    patch: &SettingsPatch,
    actor: &Actor,
    now: DateTime<Utc>,
) -> (Vec<Event>, Outcome) {
    let before = draft.settings();
    let after = Arc::new(patch.apply_to(before));
    let outcome = Outcome {
        settings: Some(after.clone()),
        ..Outcome::default()
    };
    if *after == **before {
        return (vec![], outcome);
    }
    let mut events = vec![plain(
        Change::SupervisorSettingsChanged,
        After::Settings(after.clone()),
    )];
    let unwatched = before.supervisor_monitor && !after.supervisor_monitor;
    let unanalysed = before.sentiment_analysis && !after.sentiment_analysis;
    let mut ends = Vec::new();
    if unanalysed {
        #[expect(clippy::disallowed_methods, reason = "it concerns every conversation")]
        ends.extend(draft.ongoing().filter(|c| is_analysed(c)));
    }
    if unwatched {
        let looked = |c: &&Arc<Conversation>| !(unanalysed && is_analysed(c));
        ends.extend(draft.watched().filter(looked));
    }
    for conversation in in_order(ends.into_iter()) {
        let mut steps = Steps::new(draft, conversation, actor.clone(), now);
        if unwatched {
            steps.stop_monitoring(MonitoringEnd::SettingDisabled, |_| true);
        }
        if unanalysed && is_analysed(conversation) {
            // No recovery: nothing says that the customer feels better.
            steps.push(Change::SentimentChanged {
                from: conversation.sentiment.level,
                to: SentimentLevel::NotAvailable,
                recovered: false,
                analysed: false,
            });
        }
        events.extend(steps.into_events());
    }
    (events, outcome)
}

fn is_analysed(conversation: &Conversation) -> bool {
    conversation.sentiment.level != SentimentLevel::NotAvailable
}
