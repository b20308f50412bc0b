//! `cancelOffer`: a supervisor withdraws an unanswered assignment (domain.md section 4).

use super::withdraw::withdraw;
use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::policy::Needs;
use crate::{AuditDetail, Decision, OfferKind, Outcome, Permission, Refusal, Setting};

/// Withdraws an unanswered assignment.
#[derive(Clone, Copy, Debug)]
pub struct CancelOffer;

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::CancelOffer,
    audited: AuditedAction::CancelOffer,
    needs: Needs::Supervisor(Setting::SupervisorAssign, Permission::Assign),
    in_closed: false,
    meets: |standing, _| standing.pending(OfferKind::Assignment).map(drop),
    viewer_can: Some(ViewerCan {
        field: "cancelOffer",
        description: "`cancelOffer`, for supervisors: withdraw an assignment that was not answered.",
    }),
};

impl ConversationCommand for CancelOffer {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        withdraw(case, OfferKind::Assignment)
    }

    fn audit(&self, outcome: Option<&Outcome>) -> AuditDetail {
        AuditDetail::of(outcome.and_then(|outcome| outcome.offer))
    }
}
