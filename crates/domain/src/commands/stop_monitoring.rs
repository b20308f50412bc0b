//! `stopMonitoring`: a supervisor stops watching; a joined one leaves as well (domain.md section 4).

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::conversation::Monitor;
use crate::policy::Needs;
use crate::{AuditDetail, Decision, MonitoringEnd, Outcome, Refusal};

/// Ends the session.
#[derive(Clone, Copy, Debug)]
pub struct StopMonitoring;

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::StopMonitoring,
    audited: AuditedAction::StopMonitoring,
    needs: Needs::SupervisorInScope,
    in_closed: false,
    meets: |standing, _| standing.monitoring().map(drop),
    viewer_can: Some(ViewerCan {
        field: "stopMonitoring",
        description: "`stopMonitoring`, for supervisors.",
    }),
};

impl ConversationCommand for StopMonitoring {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let (me, session) = (case.viewer().subject(), case.standing.monitoring()?);
        let end = MonitoringEnd::Stopped;
        let mut recorder = case.recorder();
        recorder.stop_monitoring(end, |who| who == me);
        // A joined supervisor left before the session ended, as the session's row says too.
        let session = Monitor {
            joined_at: None,
            ..session.clone()
        };
        Ok(recorder.done_with(Outcome {
            session: Some(session),
            session_ended: Some((case.standing.now, end)),
            ..Outcome::default()
        }))
    }

    fn audit(&self, outcome: Option<&Outcome>) -> AuditDetail {
        AuditDetail::of(outcome.and_then(|outcome| Some(outcome.session.as_ref()?.session)))
    }
}
