//! `cancelHelp`: the primary agent needs no help any more (domain.md section 13).

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::policy::Needs;
use crate::{AuditDetail, Decision, HelpEnd, Outcome, Refusal};

/// Takes the request back.
#[derive(Clone, Copy, Debug)]
pub struct CancelHelp;

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::CancelHelp,
    audited: AuditedAction::CancelHelp,
    needs: Needs::Agent,
    in_closed: false,
    meets: |standing, grant| {
        standing.primary(grant.as_agent()?)?;
        standing.help_requested().map(drop)
    },
    viewer_can: Some(ViewerCan {
        field: "cancelHelp",
        description: "`cancelHelp`, for its primary agent who has asked for help.",
    }),
};

impl ConversationCommand for CancelHelp {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let mut recorder = case.recorder();
        recorder.end_help(HelpEnd::Cancelled);
        Ok(recorder.done())
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }
}
