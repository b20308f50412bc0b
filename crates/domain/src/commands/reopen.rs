//! `reopenConversation`: the primary agent takes up what they set aside (domain.md section 2).

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::policy::Needs;
use crate::{AuditDetail, CancelReason, Change, Decision, Outcome, Refusal, State};

/// Takes it up, whatever the capacity and presence.
#[derive(Clone, Copy, Debug)]
pub struct Reopen;

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::Reopen,
    audited: AuditedAction::ReopenConversation,
    needs: Needs::Agent,
    in_closed: false,
    meets: |standing, grant| standing.primary_in(grant.as_agent()?, State::Waiting),
    viewer_can: Some(ViewerCan {
        field: "reopen",
        description: "`reopenConversation`, for the primary agent: take it up again.",
    }),
};

impl ConversationCommand for Reopen {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let mut recorder = case.recorder();
        recorder.enter(
            Change::Reactivated { by_agent: true },
            CancelReason::Reopened,
        );
        Ok(recorder.done())
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }
}
