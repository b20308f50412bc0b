//! `acknowledgeAttention`: a supervisor has seen to a reason that does not end by itself (domain.md section 13).

use serde::Serialize;

use crate::action::{Action, AuditedAction};
use crate::attention::is_acknowledged;
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::policy::Needs;
use crate::{AttentionReason, AuditDetail, Change, Decision, Outcome, Permission, Refusal};

/// Ends this reason, until there is a new cause for it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct AcknowledgeAttention(pub AttentionReason);

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::AcknowledgeAttention,
    audited: AuditedAction::AcknowledgeAttention,
    needs: Needs::SupervisorPermitted(Permission::Monitor),
    in_closed: false,
    meets: |standing, _| {
        let mut reasons = standing.conversation.attention.keys();
        let any = reasons.any(|reason| is_acknowledged(*reason));
        standing.needs(any, "a reason for attention that is acknowledged")
    },
    viewer_can: Some(ViewerCan {
        field: "acknowledgeAttention",
        description: "`acknowledgeAttention`, for supervisors, while DELIVERY_FAILED or ESCALATION_SIGNAL is a reason for attention.",
    }),
};

impl ConversationCommand for AcknowledgeAttention {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let Self(reason) = *self;
        let holds = case.conversation().attention.contains_key(&reason);
        let holds = holds && is_acknowledged(reason);
        case.standing
            .needs(holds, "this reason for attention, which is acknowledged")?;
        let mut recorder = case.recorder();
        recorder.push(Change::AttentionAcknowledged { reason });
        Ok(recorder.done())
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::target(self.0)
    }
}
