//! `releaseConversation`: the primary agent gives a conversation back to its queue (domain.md section 2).

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::policy::Needs;
use crate::{AuditDetail, CancelReason, Change, Decision, Outcome, Refusal, State};

/// Gives it back; a bot hands over to people so.
#[derive(Clone, Copy, Debug)]
pub struct Release;

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::Release,
    audited: AuditedAction::ReleaseConversation,
    needs: Needs::Agent,
    in_closed: false,
    meets: |standing, grant| standing.primary_in(grant.as_agent()?, State::Active),
    viewer_can: Some(ViewerCan {
        field: "release",
        description: "`releaseConversation`, for the primary agent: give it back to the queue.",
    }),
};

impl ConversationCommand for Release {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let agent = case.grant().as_agent()?;
        let mut recorder = case.recorder();
        recorder.enter(
            Change::ReleasedToQueue {
                agent,
                disconnected: false,
            },
            CancelReason::Released,
        );
        Ok(recorder.done())
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }
}
