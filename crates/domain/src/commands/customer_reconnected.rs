//! `customerReconnected`: the live-chat customer is back within the grace time (domain.md section 2).

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec};
use crate::policy::Needs;
use crate::{AuditDetail, Change, Decision, Outcome, Refusal};

/// Ends the grace time.
#[derive(Clone, Copy, Debug)]
pub struct CustomerReconnected;

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::CustomerReconnected,
    audited: AuditedAction::CustomerReconnected,
    needs: Needs::Gateway,
    in_closed: false,
    meets: |standing, _| {
        standing.live_chat()?;
        let until = standing.conversation.customer_grace_until;
        let in_time = until.is_some_and(|until| standing.now <= until);
        standing.needs(in_time, "a customer who is away and within the grace time")
    },
    viewer_can: None,
};

impl ConversationCommand for CustomerReconnected {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let mut recorder = case.recorder();
        recorder.push(Change::CustomerReconnected);
        Ok(recorder.done())
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }
}
