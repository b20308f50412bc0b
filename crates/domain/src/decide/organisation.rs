//! What administrators change and delete of the organisation, an agent's word that they have read the
//! monitoring notice, and the erasure of a customer's data.
//!
//! A change acts at once on what runs, but clocks keep the due time they started with, and offers that wait run
//! on. What something ongoing still uses is not deleted; see `in_use`.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::changes::{agent_event, open_in, queue_event, well_formed, workstream_event};
use super::standing::noticed;
use super::steps::{Steps, in_order};
use super::{Decision, Text};
use crate::patch::{AgentPatch, QueuePatch, WorkstreamPatch};
use crate::{
    Acknowledgement, Actor, Agent, AgentId, AgentKind, Change, CustomerId, Draft, Edit, Event,
    InUse, MonitoringEnd, Outcome, Queue, QueueId, Refusal, Role, Viewer, Workstream, WorkstreamId,
    policy,
};

/// What happened, and what the answer shows.
type Changed = Result<(Vec<Event>, Outcome), Refusal>;

pub(super) fn update_agent(draft: &Draft<'_>, id: AgentId, patch: &AgentPatch) -> Changed {
    let before = agent(draft, id)?;
    let mut after = patch.apply_to(before);
    if after.kind == AgentKind::Bot {
        after.capacity = before.capacity;
    }
    if after == **before {
        return Ok(unchanged(|outcome| outcome.agent = Some(before.clone())));
    }
    let change = Change::AgentChanged {
        edit: Edit::Updated,
    };
    Ok(agent_event(change, after))
}

pub(super) fn delete_agent(draft: &Draft<'_>, id: AgentId, now: DateTime<Utc>) -> Changed {
    let before = agent(draft, id)?;
    InUse::of_agent(draft, id).none()?;
    // They leave their queues first, so that their lists learn what goes with each.
    let mut after = (**before).clone();
    let mut events = Vec::new();
    for queue in &before.queues {
        after.queues.remove(queue);
        let change = Change::MembershipChanged {
            queue: *queue,
            member: false,
            left: open_in(draft, *queue),
        };
        events.extend(agent_event(change, after.clone()).0);
    }
    let change = Change::AgentChanged {
        edit: Edit::Deleted,
    };
    after.deleted_at = Some(now);
    let (deleted, outcome) = agent_event(change, after);
    events.extend(deleted);
    Ok((events, outcome))
}

pub(super) fn update_queue(draft: &Draft<'_>, id: QueueId, patch: &QueuePatch) -> Changed {
    let before = queue(draft, id)?;
    let after = patch.apply_to(before);
    if after.kind != before.kind {
        InUse::of_queue(draft, id).none()?;
    }
    if after == **before {
        return Ok(unchanged(|outcome| outcome.queue = Some(before.clone())));
    }
    Ok(queue_event(Edit::Updated, after))
}

pub(super) fn delete_queue(draft: &Draft<'_>, id: QueueId, now: DateTime<Utc>) -> Changed {
    let before = queue(draft, id)?;
    InUse::of_queue(draft, id).none()?;
    let after = Queue {
        deleted_at: Some(now),
        ..(**before).clone()
    };
    Ok(queue_event(Edit::Deleted, after))
}

pub(super) fn update_workstream(
    draft: &Draft<'_>,
    id: WorkstreamId,
    patch: &WorkstreamPatch,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Changed {
    let before = workstream(draft, id)?;
    let after = patch.apply_to(before);
    well_formed(&after)?;
    if after == **before {
        return Ok(unchanged(|outcome| {
            outcome.workstream = Some(before.clone());
        }));
    }
    let notice = after.monitoring_notice;
    let (mut events, outcome) = workstream_event(Edit::Updated, after);
    if notice != before.monitoring_notice {
        let watched = draft.watched().filter(|conversation| {
            conversation.workstream == id && noticed(notice, conversation).is_err()
        });
        for conversation in in_order(watched) {
            let mut steps = Steps::new(draft, conversation, actor.clone(), now);
            steps.stop_monitoring(MonitoringEnd::ConsentWithdrawn, |_| true);
            events.extend(steps.into_events());
        }
    }
    Ok((events, outcome))
}

pub(super) fn delete_workstream(
    draft: &Draft<'_>,
    id: WorkstreamId,
    now: DateTime<Utc>,
) -> Changed {
    let before = workstream(draft, id)?;
    InUse::of_workstream(draft, id).none()?;
    let after = Workstream {
        deleted_at: Some(now),
        ..(**before).clone()
    };
    Ok(workstream_event(Edit::Deleted, after))
}

/// Erasing changes nothing that a rule looks at, so it is no event: see docs/decisions/0009-erasure.md.
pub(super) fn erase(
    draft: &Draft<'_>,
    customer: CustomerId,
    actor: Actor,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    InUse::of_customer(draft, customer).none()?;
    let path = "customerId";
    let known = draft.customer(customer);
    let erased_at = known.ok_or(Refusal::TargetNotFound { path })?;
    // Once erased, nothing can come to this customer again: their key makes a new one.
    let texts = match erased_at {
        Some(_) => vec![],
        None => vec![Text::Erased { customer, at: now }],
    };
    let outcome = Outcome {
        erased: Some((customer, erased_at.unwrap_or(now))),
        ..Outcome::default()
    };
    Ok(Decision {
        actor,
        events: vec![],
        texts,
        outcome,
    })
}

pub(super) fn acknowledge(
    draft: &Draft<'_>,
    viewer: &Viewer,
    version: &Arc<str>,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    policy::require_role(viewer, Role::Agent)?;
    let agent = draft.agent_of(viewer.subject());
    let agent = agent.ok_or(Refusal::AgentUnknown)?;
    if agent.kind == AgentKind::Bot {
        return Err(Refusal::TargetIsBot);
    }
    let settings = draft.settings();
    let latest = settings.notice_version();
    if **version != *latest {
        return Err(Refusal::NoticeChanged {
            text: settings.monitoring_notice_text.clone(),
            version: latest,
        });
    }
    let (events, outcome) = if agent.acknowledged_at(settings).is_some() {
        unchanged(|outcome| outcome.agent = Some(agent.clone()))
    } else {
        let change = Change::AgentChanged {
            edit: Edit::Updated,
        };
        let acknowledged = Some(Acknowledgement {
            at: now,
            version: version.clone(),
        });
        let after = Agent {
            acknowledged,
            ..(**agent).clone()
        };
        agent_event(change, after)
    };
    Ok(Decision {
        actor: Actor::Agent { agent: agent.id },
        events,
        texts: vec![],
        outcome,
    })
}

/// It was so already.
fn unchanged(show: impl FnOnce(&mut Outcome)) -> (Vec<Event>, Outcome) {
    let mut outcome = Outcome::default();
    show(&mut outcome);
    (vec![], outcome)
}

fn agent<'d>(draft: &'d Draft<'_>, id: AgentId) -> Result<&'d Arc<Agent>, Refusal> {
    let path = "agentId";
    draft.agent(id).ok_or(Refusal::TargetNotFound { path })
}

fn queue<'d>(draft: &'d Draft<'_>, id: QueueId) -> Result<&'d Arc<Queue>, Refusal> {
    let path = "queueId";
    draft.queue(id).ok_or(Refusal::TargetNotFound { path })
}

fn workstream<'d>(draft: &'d Draft<'_>, id: WorkstreamId) -> Result<&'d Arc<Workstream>, Refusal> {
    let path = "workstreamId";
    draft.workstream(id).ok_or(Refusal::TargetNotFound { path })
}
