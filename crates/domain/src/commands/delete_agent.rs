//! `deleteAgent`: an agent goes, unless something ongoing still refers to them.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::action::AuditedAction;
use crate::case::organisation::{agent, agent_event, open_in};
use crate::case::{OrganisationCase, OrganisationCommand};
use crate::{AgentId, AuditDetail, Change, Decision, Edit, InUse, Managed, Outcome, Refusal};

/// An agent goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DeleteAgent(pub AgentId);

impl OrganisationCommand for DeleteAgent {
    fn audited(&self) -> AuditedAction {
        AuditedAction::DeleteAgent
    }

    fn decide(&self, case: &OrganisationCase<'_>) -> Result<Decision, Refusal> {
        let before = agent(case.draft, self.0)?;
        InUse::of_agent(case.draft, self.0).none()?;
        // They leave their queues first, so that their lists learn what goes with each.
        let mut after = (**before).clone();
        let mut events = Vec::new();
        for queue in &before.queues {
            after.queues.remove(queue);
            let change = Change::MembershipChanged {
                queue: *queue,
                member: false,
                left: open_in(case.draft, *queue),
            };
            events.extend(agent_event(change, after.clone()).0);
        }
        let change = Change::AgentChanged {
            edit: Edit::Deleted,
            of: BTreeSet::new(),
        };
        after.deleted_at = Some(case.now);
        let (deleted, outcome) = agent_event(change, after);
        events.extend(deleted);
        Ok(case.done((events, outcome)))
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::target(self.0)
    }

    fn managed(&self) -> Managed {
        Managed::Agent(self.0)
    }
}
