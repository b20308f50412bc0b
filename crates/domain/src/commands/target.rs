//! The agent whom an assignment or a transfer names, and which limits the supervisor lifts for them.

use serde::Serialize;

use crate::candidates::{AgentCandidate, Overrides};
use crate::case::{Case, Recorder};
use crate::{AgentId, AuditDetail, Decision, OfferId, Outcome, Refusal};

/// An agent to give work to, and which rules the supervisor overrides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Target {
    /// The offer's id.
    #[serde(skip)]
    pub offer: OfferId,
    /// To whom.
    pub agent: AgentId,
    /// Whatever the agent's presence (assignments only).
    pub override_presence: bool,
    /// Whatever the agent's capacity.
    pub override_capacity: bool,
    /// However often the agent declined.
    pub override_declines: bool,
}

impl Target {
    /// The limits that are lifted.
    pub(super) const fn overrides(&self) -> Overrides {
        Overrides {
            presence: self.override_presence,
            capacity: self.override_capacity,
            declines: self.override_declines,
        }
    }

    /// The agent, measured; `path`: where the input names them.
    pub(super) fn candidate(
        &self,
        case: &Case<'_>,
        path: &'static str,
    ) -> Result<AgentCandidate, Refusal> {
        let agent = case.draft.agent(self.agent);
        let agent = agent.ok_or(Refusal::TargetNotFound { path })?;
        let (load, workstream) = (case.draft.load(agent.id), &case.standing.workstream);
        let conversation = case.conversation();
        Ok(AgentCandidate::new(agent, load, workstream, conversation))
    }

    pub(super) fn audit(&self) -> AuditDetail {
        AuditDetail {
            overrides: self.overrides(),
            ..AuditDetail::target(self.agent)
        }
    }
}

/// The answer of a command that made an offer.
pub(super) fn offered(recorder: Recorder<'_>, target: &Target, exceeded_by: u32) -> Decision {
    recorder.done_with(Outcome {
        offer: Some(target.offer),
        capacity_exceeded_by: Some(exceeded_by),
        ..Outcome::default()
    })
}
