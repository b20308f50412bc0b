//! `joinConversation`: a monitoring supervisor becomes a participant (domain.md section 4).

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::policy::Needs;
use crate::{
    AuditDetail, Change, Decision, HelpEnd, Outcome, Permission, Refusal, Setting, SystemMessage,
};

/// Joins; nothing happens where the supervisor has joined already.
#[derive(Clone, Copy, Debug)]
pub struct Join;

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::Join,
    audited: AuditedAction::JoinConversation,
    needs: Needs::Supervisor(Setting::SupervisorMonitor, Permission::Join),
    in_closed: false,
    meets: |standing, _| {
        standing.in_conversation()?;
        standing.not_a_record()?;
        standing.not_own()?;
        standing.monitoring().map(drop)
    },
    viewer_can: Some(ViewerCan {
        field: "join",
        description: "`joinConversation`, for supervisors who monitor: become a participant. Allowed too when you have joined.",
    }),
};

impl ConversationCommand for Join {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let session = case.standing.monitoring()?;
        let supervisor = session.supervisor.clone();
        let mut recorder = case.recorder();
        if session.joined_at.is_none() {
            recorder.push(Change::SupervisorJoined {
                supervisor: supervisor.clone(),
            });
            recorder.say(SystemMessage::SupervisorJoined);
            recorder.end_help(HelpEnd::Joined);
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
