//! `updateAgent`: an agent's name or capacity.

use serde::Serialize;

use crate::action::AuditedAction;
use crate::audience::agent_differs;
use crate::case::organisation::{agent, agent_event, unchanged};
use crate::case::{OrganisationCase, OrganisationCommand};
use crate::patch::AgentPatch;
use crate::{AgentId, AgentKind, AuditDetail, Change, Decision, Edit, Managed, Outcome, Refusal};

/// New values for an agent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UpdateAgent(pub AgentId, pub AgentPatch);

impl OrganisationCommand for UpdateAgent {
    fn audited(&self) -> AuditedAction {
        AuditedAction::UpdateAgent
    }

    fn decide(&self, case: &OrganisationCase<'_>) -> Result<Decision, Refusal> {
        let Self(id, patch) = self;
        let before = agent(case.draft, *id)?;
        let mut after = patch.apply_to(before);
        if after.kind == AgentKind::Bot {
            after.capacity = before.capacity;
        }
        if after == **before {
            return Ok(case.done(unchanged(|outcome| outcome.agent = Some(before.clone()))));
        }
        let change = Change::AgentChanged {
            edit: Edit::Updated,
            of: agent_differs(before, &after),
        };
        Ok(case.done(agent_event(change, after)))
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::target(self.0)
    }

    fn managed(&self) -> Managed {
        Managed::Agent(self.0)
    }
}
