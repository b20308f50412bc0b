//! `leaveConversation`: a joined supervisor or a consultant leaves (domain.md section 4).

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::policy::Needs;
use crate::{AuditDetail, Change, Decision, Outcome, ParticipantRole, Refusal};

/// Leaves; a supervisor goes on monitoring.
#[derive(Clone, Copy, Debug)]
pub struct Leave;

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::Leave,
    audited: AuditedAction::LeaveConversation,
    needs: Needs::AgentOrSupervisor,
    in_closed: false,
    meets: |standing, grant| match grant.agent() {
        Some(me) if standing.conversation.consultants.contains(&me) => Ok(()),
        Some(_) => Err(Refusal::NotParticipant(ParticipantRole::Consultant)),
        None => standing.joined().map(drop),
    },
    viewer_can: Some(ViewerCan {
        field: "leave",
        description: "`leaveConversation`, for supervisors who joined and for consultants.",
    }),
};

impl ConversationCommand for Leave {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let mut recorder = case.recorder();
        if let Some(agent) = case.grant().agent() {
            recorder.push(Change::ConsultantLeft { agent });
            return Ok(recorder.done());
        }
        let supervisor = case.standing.joined()?.supervisor.clone();
        recorder.leave(supervisor.clone());
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
