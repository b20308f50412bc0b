//! `closeConversation`: the primary agent ends the after-work, and with it the conversation (domain.md section 2).

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::policy::Needs;
use crate::{
    AgentKind, AuditDetail, CancelReason, Change, Decision, Outcome, Refusal, State, StatusReason,
};

/// Ends it for good.
#[derive(Clone, Copy, Debug)]
pub struct Close;

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::Close,
    audited: AuditedAction::CloseConversation,
    needs: Needs::Agent,
    in_closed: false,
    meets: |standing, grant| standing.primary_in(grant.as_agent()?, State::WrapUp),
    viewer_can: Some(ViewerCan {
        field: "close",
        description: "`closeConversation`, for the primary agent: end the after-work.",
    }),
};

impl ConversationCommand for Close {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let reason = match case.standing.primary(case.grant().as_agent()?)? {
            AgentKind::Human => StatusReason::EndedByAgent,
            AgentKind::Bot => StatusReason::EndedByBot,
        };
        let mut recorder = case.recorder();
        recorder.enter(Change::Closed { reason }, CancelReason::EndedByAgent);
        Ok(recorder.done())
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }
}
