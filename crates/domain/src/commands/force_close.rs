//! `forceCloseConversation`: a supervisor ends a conversation from outside (domain.md section 4).

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::policy::Needs;
use crate::{
    AuditDetail, CancelReason, Change, Decision, Outcome, Permission, Refusal, Setting,
    SystemMessage,
};

/// Ends it, whatever its state, and cuts everybody off.
#[derive(Clone, Copy, Debug)]
pub struct ForceClose;

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::ForceClose,
    audited: AuditedAction::ForceCloseConversation,
    needs: Needs::Supervisor(Setting::SupervisorForceClose, Permission::ForceClose),
    in_closed: false,
    meets: |standing, _| standing.not_a_record(),
    viewer_can: Some(ViewerCan {
        field: "forceClose",
        description: "`forceCloseConversation`, for supervisors: end it from outside.",
    }),
};

impl ConversationCommand for ForceClose {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let mut recorder = case.recorder();
        // Said first: nothing is written in a transcript that is closed.
        recorder.say(SystemMessage::ForceClosed);
        let supervisor = case.viewer().subject().clone();
        recorder.enter(
            Change::ForceClosed { supervisor },
            CancelReason::ForceClosed,
        );
        Ok(recorder.done())
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }
}
