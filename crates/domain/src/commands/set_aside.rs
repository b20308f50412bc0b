//! `setAsideConversation`: the primary agent sets a conversation aside until the customer writes (domain.md section 2).

use crate::action::{Action, AuditedAction};
use crate::case::standing::human;
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::policy::Needs;
use crate::{AuditDetail, CancelReason, Change, Decision, Outcome, Refusal, State};

/// Sets it aside, which frees the capacity.
#[derive(Clone, Copy, Debug)]
pub struct SetAside;

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::SetAside,
    audited: AuditedAction::SetAsideConversation,
    needs: Needs::Agent,
    in_closed: false,
    meets: |standing, grant| {
        let me = grant.as_agent()?;
        standing.primary_in(me, State::Active)?;
        standing.asynchronous()?;
        // A bot picks, writes, releases, ends and closes: it has nobody to wait for.
        human(standing.primary(me)?)
    },
    viewer_can: Some(ViewerCan {
        field: "setAside",
        description: "`setAsideConversation`, for the primary agent: wait for the customer.",
    }),
};

impl ConversationCommand for SetAside {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let mut recorder = case.recorder();
        recorder.enter(Change::SetAside, CancelReason::SetAside);
        Ok(recorder.done())
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }
}
