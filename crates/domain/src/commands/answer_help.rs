//! `answerHelp`: a supervisor has helped, or will (domain.md section 13).

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::policy::Needs;
use crate::{AuditDetail, Decision, HelpEnd, Outcome, Permission, Refusal};

/// Ends the request.
#[derive(Clone, Copy, Debug)]
pub struct AnswerHelp;

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::AnswerHelp,
    audited: AuditedAction::AnswerHelp,
    needs: Needs::SupervisorPermitted(Permission::Monitor),
    in_closed: false,
    meets: |standing, _| {
        standing.not_own()?;
        standing.help_requested().map(drop)
    },
    viewer_can: Some(ViewerCan {
        field: "answerHelp",
        description: "`answerHelp`, for supervisors, while its agent asks for help.",
    }),
};

impl ConversationCommand for AnswerHelp {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let mut recorder = case.recorder();
        recorder.end_help(HelpEnd::Answered);
        Ok(recorder.done())
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }
}
