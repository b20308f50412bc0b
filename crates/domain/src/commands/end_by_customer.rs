//! `endByCustomer`: the customer ended the contact (domain.md section 2).

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec};
use crate::policy::Needs;
use crate::{AuditDetail, CancelReason, Decision, Outcome, Refusal, State, StatusReason};

/// The customer is gone.
#[derive(Clone, Copy, Debug)]
pub struct EndByCustomer;

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::EndByCustomer,
    audited: AuditedAction::EndByCustomer,
    needs: Needs::Gateway,
    in_closed: false,
    meets: |standing, _| {
        let contact = standing.conversation.state != State::WrapUp;
        standing.needs(contact, "OPEN, ACTIVE or WAITING")
    },
    viewer_can: None,
};

impl ConversationCommand for EndByCustomer {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let mut recorder = case.recorder();
        recorder.customer_left(
            CancelReason::CustomerEnded,
            StatusReason::MovedToWrapUpByCustomer,
        );
        Ok(recorder.done())
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }
}
