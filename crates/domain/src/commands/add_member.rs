//! `addQueueMember`: an agent becomes a member of a queue.

use serde::Serialize;

use crate::action::AuditedAction;
use crate::case::organisation::{agent, agent_event, queue, unchanged};
use crate::case::{OrganisationCase, OrganisationCommand};
use crate::{AgentId, AuditDetail, Change, Decision, Managed, Outcome, QueueId, Refusal};

/// The membership begins; nothing happens where it has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AddMember {
    /// Who.
    pub agent: AgentId,
    /// Where.
    pub queue: QueueId,
}

impl OrganisationCommand for AddMember {
    fn audited(&self) -> AuditedAction {
        AuditedAction::AddQueueMember
    }

    fn decide(&self, case: &OrganisationCase<'_>) -> Result<Decision, Refusal> {
        let agent = agent(case.draft, self.agent)?;
        queue(case.draft, self.queue)?;
        if agent.queues.contains(&self.queue) {
            return Ok(case.done(unchanged(|outcome| outcome.agent = Some(agent.clone()))));
        }
        let mut after = (**agent).clone();
        after.queues.insert(self.queue);
        let change = Change::MembershipChanged {
            queue: self.queue,
            member: true,
            left: Vec::new(),
        };
        Ok(case.done(agent_event(change, after)))
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::target(format!("{} {}", self.agent, self.queue))
    }

    fn managed(&self) -> Managed {
        Managed::Agent(self.agent)
    }
}
