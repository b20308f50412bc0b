//! `endConversation`: the primary agent ends the contact (domain.md section 2).

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::policy::Needs;
use crate::{AuditDetail, CancelReason, Change, Decision, Outcome, Refusal, State, StatusReason};

/// Ends the contact; the after-work begins.
#[derive(Clone, Copy, Debug)]
pub struct End;

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::End,
    audited: AuditedAction::EndConversation,
    needs: Needs::Agent,
    in_closed: false,
    meets: |standing, grant| standing.primary_in(grant.as_agent()?, State::Active),
    viewer_can: Some(ViewerCan {
        field: "end",
        description: "`endConversation`, for the primary agent: end the contact, go on to after-work.",
    }),
};

impl ConversationCommand for End {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let mut recorder = case.recorder();
        recorder.enter(
            Change::MovedToWrapUp {
                reason: StatusReason::MovedToWrapUpByAgent,
            },
            CancelReason::EndedByAgent,
        );
        Ok(recorder.done())
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }
}
