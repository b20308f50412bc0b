//! `customerDisconnected`: the live-chat customer's connection broke (domain.md section 2).

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec};
use crate::policy::Needs;
use crate::{AuditDetail, Change, Decision, Outcome, Refusal, State};

/// Begins the grace time.
#[derive(Clone, Copy, Debug)]
pub struct CustomerDisconnected;

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::CustomerDisconnected,
    audited: AuditedAction::CustomerDisconnected,
    needs: Needs::Gateway,
    in_closed: false,
    meets: |standing, _| {
        let conversation = standing.conversation;
        let here = matches!(conversation.state, State::Open | State::Active)
            && conversation.customer_away_since.is_none();
        standing.live_chat()?;
        standing.needs(here, "OPEN or ACTIVE with the customer connected")
    },
    viewer_can: None,
};

impl ConversationCommand for CustomerDisconnected {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let mut recorder = case.recorder();
        let grace_until = recorder.due_in(recorder.workstream().customer_grace_seconds);
        recorder.push(Change::CustomerDisconnected { grace_until });
        Ok(recorder.done())
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }
}
