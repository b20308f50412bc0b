//! `cancelTransfer`: a supervisor withdraws an unanswered transfer request (domain.md section 4).

use super::withdraw::withdraw;
use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::policy::Needs;
use crate::{AuditDetail, Decision, OfferKind, Outcome, Permission, Refusal, Setting};

/// Withdraws an unanswered transfer request.
#[derive(Clone, Copy, Debug)]
pub struct CancelTransfer;

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::CancelTransfer,
    audited: AuditedAction::CancelTransfer,
    needs: Needs::Supervisor(Setting::SupervisorTransfer, Permission::Transfer),
    in_closed: false,
    meets: |standing, _| standing.pending(OfferKind::Transfer).map(drop),
    viewer_can: Some(ViewerCan {
        field: "cancelTransfer",
        description: "`cancelTransfer`, for supervisors: withdraw a transfer request that was not answered.",
    }),
};

impl ConversationCommand for CancelTransfer {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        withdraw(case, OfferKind::Transfer)
    }

    fn audit(&self, outcome: Option<&Outcome>) -> AuditDetail {
        AuditDetail::of(outcome.and_then(|outcome| outcome.offer))
    }
}
