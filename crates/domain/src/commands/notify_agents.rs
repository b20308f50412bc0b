//! `notifyAgents`: a supervisor tells agents something (domain.md section 13).
//!
//! What is said stands in a row, and is no part of the log: each agent's event has its id.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::case::organisation::plain;
use crate::policy;
use crate::{
    Actor, After, Agent, AgentId, AgentKind, AgentNoticeId, AuditDetail, Change, Decision, Draft,
    Outcome, QueueId, Refusal, Text, Viewer,
};

/// The most agents whom one notice names; a queue's members may be more.
pub const MOST_AGENTS: usize = 500;

/// What agents are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotifyAgents {
    /// The notice's id, chosen by the caller.
    #[serde(skip)]
    pub id: AgentNoticeId,
    /// Whom.
    pub to: Notified,
    /// What they are told.
    pub text: Arc<str>,
}

/// Whom a supervisor notifies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Notified {
    /// These, each once, in this order.
    Agents(Vec<AgentId>),
    /// The people who are members of this queue, but for the supervisor.
    Queue(QueueId),
}

impl NotifyAgents {
    pub(super) fn audit(&self, outcome: Option<&Outcome>) -> AuditDetail {
        match (&self.to, outcome) {
            (Notified::Queue(queue), _) => AuditDetail::target(queue),
            (Notified::Agents(agents), _) if agents.len() == 1 => AuditDetail::target(agents[0]),
            (Notified::Agents(_), outcome) => AuditDetail::of(outcome.and_then(|o| o.notice)),
        }
    }
}

/// What comes of it: an event for each of them, or for nobody.
pub(crate) fn decide(
    notify: &NotifyAgents,
    draft: &Draft<'_>,
    viewer: &Viewer,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let told = match &notify.to {
        Notified::Agents(agents) => {
            let each = agents
                .iter()
                .map(|agent| policy::led_person(viewer, draft, *agent, policy::MANAGES));
            each.collect::<Result<Vec<_>, _>>()?
        }
        Notified::Queue(queue) => {
            policy::leads_queue(viewer, draft, *queue)?;
            let members = draft.members_of(*queue);
            let is_told = |agent: &&Arc<Agent>| {
                agent.kind == AgentKind::Human && agent.subject != *viewer.subject()
            };
            members.filter(is_told).collect()
        }
    };
    let subject = viewer.subject().clone();
    let event = |agent: &Arc<Agent>| {
        let change = Change::AgentsNotified { notice: notify.id };
        plain(change, After::Agent(agent.clone()))
    };
    Ok(Decision {
        events: told.iter().map(|agent| event(agent)).collect(),
        texts: vec![Text::AgentNotice {
            id: notify.id,
            by: subject.clone(),
            text: notify.text.clone(),
            at: now,
        }],
        outcome: Outcome {
            notice: Some(notify.id),
            notified: u32::try_from(told.len()).unwrap_or(u32::MAX),
            ..Outcome::default()
        },
        actor: Actor::Supervisor { subject },
        ..Decision::nothing()
    })
}
