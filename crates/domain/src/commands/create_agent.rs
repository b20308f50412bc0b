//! `createAgent`: an administrator makes an agent.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use crate::action::AuditedAction;
use crate::case::organisation::{agent_event, invalid};
use crate::case::{OrganisationCase, OrganisationCommand};
use crate::{
    Agent, AgentId, AgentKind, AuditDetail, Change, Decision, Edit, Managed, Outcome, Presence,
    QueueId, Refusal, Subject,
};

/// A new agent, OFFLINE until they set their presence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CreateAgent {
    /// Its id.
    #[serde(skip)]
    pub id: AgentId,
    /// The `sub` of its tokens.
    pub subject: Subject,
    /// Its name.
    pub name: Arc<str>,
    /// Human or bot.
    pub kind: AgentKind,
    /// Total capacity units; ignored for a bot.
    pub capacity: u32,
    /// The queues it becomes a member of.
    pub queues: BTreeSet<QueueId>,
}

impl OrganisationCommand for CreateAgent {
    fn audited(&self) -> AuditedAction {
        AuditedAction::CreateAgent
    }

    fn decide(&self, case: &OrganisationCase<'_>) -> Result<Decision, Refusal> {
        if case.draft.agent_of(&self.subject).is_some() {
            return Err(invalid("subject", "another agent has this subject"));
        }
        let path = "queueIds";
        for queue in &self.queues {
            let there = case.draft.queue(*queue);
            there.ok_or(Refusal::TargetNotFound { path })?;
        }
        let capacity = match self.kind {
            AgentKind::Human => self.capacity,
            AgentKind::Bot => 0,
        };
        let change = Change::AgentChanged {
            edit: Edit::Created,
            of: BTreeSet::new(),
        };
        let agent = Agent {
            id: self.id,
            subject: self.subject.clone(),
            name: self.name.clone(),
            kind: self.kind,
            capacity,
            presence: Presence::Offline,
            presence_since: Some(case.now),
            queues: self.queues.clone(),
            acknowledged: None,
            deleted_at: None,
        };
        Ok(case.done(agent_event(change, agent)))
    }

    fn audit(&self, outcome: Option<&Outcome>) -> AuditDetail {
        AuditDetail::of(outcome.map(|_| self.id))
    }

    fn managed(&self) -> Managed {
        Managed::Nothing
    }
}
