//! `transferConversation`: a supervisor asks another agent to take a running conversation over (domain.md section 4).

use serde::Serialize;

use super::target::{Target, offered};
use crate::action::{Action, AuditedAction};
use crate::candidates::Overrides;
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::policy::Needs;
use crate::{AuditDetail, Change, Decision, Outcome, Permission, Refusal, Setting};

/// Asks an agent of its queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Transfer(pub Target);

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::Transfer,
    audited: AuditedAction::TransferConversation,
    needs: Needs::Supervisor(Setting::SupervisorTransfer, Permission::Transfer),
    in_closed: false,
    meets: |standing, _| standing.transferable().map(drop),
    viewer_can: Some(ViewerCan {
        field: "transfer",
        description: "`transferConversation`, for supervisors: ask another agent to take it over.",
    }),
};

impl ConversationCommand for Transfer {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let Self(target) = self;
        let from = case.standing.transferable()?.agent;
        let mut recorder = case.recorder();
        let candidate = target.candidate(case, "agentId")?;
        candidate.can_be_transferred_to(case.conversation())?;
        candidate.has_room(Overrides {
            presence: false,
            ..target.overrides()
        })?;
        let (units, exceeded_by) = (candidate.required_units(), candidate.exceeded_by());
        let due_at = recorder.due_in(recorder.workstream().offer_seconds);
        recorder.push(Change::TransferRequested {
            offer: target.offer,
            from,
            to: target.agent,
            units,
            exceeded_by,
            due_at,
            by: case.viewer().subject().clone(),
        });
        Ok(offered(recorder, target, exceeded_by))
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        self.0.audit()
    }
}
