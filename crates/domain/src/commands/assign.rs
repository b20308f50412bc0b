//! `assignConversation`: a supervisor gives an OPEN conversation to an agent or to another queue (domain.md
//! section 4).

use serde::Serialize;

use super::target::{Target, offered};
use crate::action::{Action, AuditedAction};
use crate::candidates;
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::policy::Needs;
use crate::{
    AuditDetail, Change, Decision, MonitoringEnd, Outcome, Permission, QueueId, Refusal, Setting,
    State,
};

/// Offers it to an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AssignToAgent(pub Target);

/// Moves it to another queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AssignToQueue(pub QueueId);

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::Assign,
    audited: AuditedAction::AssignConversation,
    needs: Needs::SupervisorInPerson(Setting::SupervisorAssign, Permission::Assign),
    in_closed: false,
    meets: |standing, _| {
        standing.unassigned()?;
        standing.in_state(State::Open)?;
        standing.not_a_record()
    },
    viewer_can: Some(ViewerCan {
        field: "assign",
        description: "`assignConversation`, for supervisors: to an agent or to another queue.",
    }),
};

impl ConversationCommand for AssignToAgent {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let Self(target) = self;
        let mut recorder = case.recorder();
        let candidate = target.candidate(case, "target.agentId")?;
        candidate.can_be_assigned()?;
        candidate.has_room(target.overrides())?;
        let (units, exceeded_by) = (candidate.required_units(), candidate.exceeded_by());
        let due_at = recorder.due_in(recorder.workstream().offer_seconds);
        recorder.push(Change::AssignedToAgent {
            offer: target.offer,
            agent: target.agent,
            units,
            exceeded_by,
            due_at,
            by: case.viewer().subject().clone(),
        });
        Ok(offered(recorder, target, exceeded_by))
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        self.0.audit()
    }
}

impl ConversationCommand for AssignToQueue {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let Self(to) = *self;
        let path = "target.queueId";
        let queue = case.draft.queue(to);
        let queue = queue.ok_or(Refusal::TargetNotFound { path })?;
        candidates::queue_fits(queue, case.conversation())?;
        let mut recorder = case.recorder();
        let from = case.conversation().queue;
        recorder.push(Change::AssignedToQueue { from, to });
        // Whose scope has the new queue is not known of sessions; who has it may begin again.
        recorder.stop_reviews(MonitoringEnd::QueueChanged);
        Ok(recorder.done())
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::target(self.0)
    }
}
