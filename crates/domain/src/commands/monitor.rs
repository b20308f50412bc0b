//! `monitorConversation`: a supervisor watches silently (domain.md section 4).

use serde::Serialize;

use crate::action::{Action, AuditedAction};
use crate::case::standing::noticed;
use crate::case::{Case, ConversationCommand, Spec, Standing, ViewerCan};
use crate::policy::{Grant, Needs};
use crate::{
    AuditDetail, Change, Decision, MonitorSessionId, Outcome, Permission, Refusal, Setting, State,
};

/// Begins a session, or moves the end of the one that runs to the end of this token.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Monitor {
    /// The session's id, unless one runs already.
    #[serde(skip)]
    pub session: MonitorSessionId,
}

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::Monitor,
    audited: AuditedAction::MonitorConversation,
    needs: Needs::Supervisor(Setting::SupervisorMonitor, Permission::Monitor),
    in_closed: false,
    meets: watchable,
    viewer_can: Some(ViewerCan {
        field: "monitor",
        description: "`monitorConversation`, for supervisors: watch silently. Allowed too while your session runs.",
    }),
};

impl ConversationCommand for Monitor {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let mut recorder = case.recorder();
        let (supervisor, until) = (case.viewer().subject().clone(), case.viewer().expires_at());
        let running = case.conversation().monitor_of(&supervisor);
        if running.is_none_or(|running| running.until < until) {
            let session = running.map_or(self.session, |running| running.session);
            recorder.push(Change::MonitoringStarted {
                session,
                supervisor: supervisor.clone(),
                until,
                token: case.viewer().token_id().map(Into::into),
            });
        }
        let session = recorder.current.monitor_of(&supervisor).cloned();
        Ok(recorder.done_with(Outcome {
            session,
            ..Outcome::default()
        }))
    }

    fn audit(&self, outcome: Option<&Outcome>) -> AuditDetail {
        AuditDetail::of(outcome.and_then(|outcome| Some(outcome.session.as_ref()?.session)))
    }
}

fn watchable(standing: &Standing<'_>, _: &Grant<'_>) -> Result<(), Refusal> {
    let conversation = standing.conversation;
    standing.needs(
        conversation.is_in_conversation() || conversation.state == State::WrapUp,
        "ACTIVE and accepted, or WRAP_UP",
    )?;
    standing.not_a_record()?;
    standing.not_own()?;
    noticed(standing.workstream.monitoring_notice, conversation)
}
