//! `requeueConversation`: a supervisor gives a conversation that somebody has back to a queue (domain.md section 13).

use serde::Serialize;

use crate::action::{Action, AuditedAction};
use crate::candidates;
use crate::case::{Case, ConversationCommand, Spec, Standing, ViewerCan};
use crate::policy::Needs;
use crate::{
    AuditDetail, CancelReason, Change, Decision, MonitoringEnd, OfferKind, Outcome, Permission,
    QueueId, Refusal, Setting, State,
};

/// Gives it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Requeue {
    /// To which queue; none: to the one that it is in.
    pub queue: Option<QueueId>,
}

/// See [`Spec`]. It hangs on the setting of assign, which is no transfer in the source's sense: its default off for
/// transfers must not lock the exit.
pub const SPEC: Spec = Spec {
    action: Action::Requeue,
    audited: AuditedAction::RequeueConversation,
    needs: Needs::Supervisor(Setting::SupervisorAssign, Permission::Assign),
    in_closed: false,
    meets: |standing, _| requeueable(standing),
    viewer_can: Some(ViewerCan {
        field: "requeue",
        description: "`requeueConversation`, for supervisors: take it from its agent or bot and give it back to a queue.",
    }),
};

impl ConversationCommand for Requeue {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let conversation = case.conversation();
        let (from, to) = (conversation.queue, self.queue.unwrap_or(conversation.queue));
        if to != from {
            let path = "queueId";
            let queue = case.draft.queue(to);
            let queue = queue.ok_or(Refusal::TargetNotFound { path })?;
            candidates::queue_fits(queue, conversation)?;
        }
        let agent = conversation.primary_agent();
        let agent = agent.ok_or_else(|| needed(&case.standing))?;
        let mut recorder = case.recorder();
        let change = Change::Requeued { from, to, agent };
        recorder.enter(change, CancelReason::Requeued);
        if to != from {
            recorder.stop_reviews(MonitoringEnd::QueueChanged);
        }
        Ok(recorder.done())
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::of(self.queue)
    }
}

/// ACTIVE with an agent, WAITING, and `WRAP_UP` of what can go on: a chat or a call that ended does not.
fn requeueable(standing: &Standing<'_>) -> Result<(), Refusal> {
    standing.not_a_record()?;
    let conversation = standing.conversation;
    if let Some(offer) = conversation.pending(OfferKind::Assignment) {
        return Err(Refusal::OfferPending(offer.id));
    }
    let goes_on = match conversation.state {
        State::Active | State::Waiting => conversation.primary.is_some(),
        State::WrapUp => {
            standing.asynchronous()?;
            conversation.primary.is_some()
        }
        State::Open | State::Closed => false,
    };
    if goes_on {
        Ok(())
    } else {
        Err(needed(standing))
    }
}

fn needed(standing: &Standing<'_>) -> Refusal {
    let needed = "ACTIVE and accepted, WAITING, or WRAP_UP on an asynchronous channel";
    crate::case::invalid_state(standing.conversation, needed)
}
