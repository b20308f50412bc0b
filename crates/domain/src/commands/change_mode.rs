//! `changeMode`: a messaging conversation is elevated to voice or video, or comes back (domain.md section 2).

use serde::Serialize;

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec};
use crate::policy::Needs;
use crate::{AuditDetail, CancelReason, Change, Decision, Mode, Outcome, Refusal};

/// It is held in this mode from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeMode(pub Mode);

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::ChangeMode,
    audited: AuditedAction::ChangeMode,
    needs: Needs::Gateway,
    in_closed: false,
    meets: |standing, _| {
        standing
            .in_conversation()
            .and_then(|()| standing.messaging())
    },
    viewer_can: None,
};

impl ConversationCommand for ChangeMode {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let Self(mode) = *self;
        if mode == case.conversation().mode {
            return Err(Refusal::ModeNotSupported(mode));
        }
        let mut recorder = case.recorder();
        recorder.cancel_pending(CancelReason::ModeChanged);
        recorder.push(Change::ModeChanged { mode });
        Ok(recorder.done())
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }
}
