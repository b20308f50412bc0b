//! `stopReview`: a supervisor no longer reads (domain.md section 11).

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::policy::Needs;
use crate::{AuditDetail, Decision, MonitoringEnd, Outcome, Refusal};

/// Ends the session.
#[derive(Clone, Copy, Debug)]
pub struct StopReview;

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::StopReview,
    audited: AuditedAction::StopReview,
    needs: Needs::SupervisorInScope,
    in_closed: true,
    meets: |standing, _| standing.reviewing().map(drop),
    viewer_can: Some(ViewerCan {
        field: "stopReview",
        description: "`stopReview`, for supervisors.",
    }),
};

impl ConversationCommand for StopReview {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let session = case.standing.reviewing()?;
        let end = MonitoringEnd::Stopped;
        let mut recorder = case.recorder();
        recorder.stop_looks(end, |look| look.session == session.session);
        Ok(recorder.done_with(Outcome {
            session: Some(session.clone()),
            session_ended: Some((case.standing.now, end)),
            ..Outcome::default()
        }))
    }

    fn audit(&self, outcome: Option<&Outcome>) -> AuditDetail {
        AuditDetail::of(outcome.and_then(|outcome| Some(outcome.session.as_ref()?.session)))
    }
}
