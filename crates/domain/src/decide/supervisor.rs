//! The supervisor's actions (domain.md section 4): check 10, and what they come to. The policy has
//! made checks 3 to 7, `standing` check 9; `candidates` measures targets, for lists too.

use super::{Case, Decision, Text, not_for_this_role};
use crate::candidates::{self, AgentCandidate, Overrides};
use crate::command::Target;
use crate::conversation::Monitor;
use crate::{
    Act, Author, CancelReason, Change, MessageId, MonitorSessionId, MonitoringEnd, OfferKind,
    Outcome, ParticipantRole, QueueId, Refusal, SystemMessage, Visibility,
};
use std::sync::Arc;

pub(super) fn act(case: &Case<'_>, act: &Act) -> Result<Decision, Refusal> {
    match act {
        Act::Monitor { session } => Ok(monitor(case, *session)),
        Act::StopMonitoring => stop_monitoring(case),
        Act::Join => join(case),
        Act::Leave => leave(case),
        Act::Send {
            id,
            text,
            visibility,
        } => send(case, *id, text, *visibility),
        Act::AssignToAgent(target) => assign_to_agent(case, target),
        Act::AssignToQueue(queue) => assign_to_queue(case, *queue),
        Act::CancelOffer => cancel(case, OfferKind::Assignment),
        Act::Transfer(target) => transfer(case, target),
        Act::CancelTransfer => cancel(case, OfferKind::Transfer),
        Act::ForceClose => {
            let mut steps = case.steps();
            // Said first: nothing is written in a transcript that is closed.
            steps.say(SystemMessage::ForceClosed);
            let supervisor = case.viewer().subject().clone();
            let closed = Change::ForceClosed { supervisor };
            steps.enter(closed, CancelReason::ForceClosed);
            Ok(steps.done())
        }
        other => Err(not_for_this_role(other)),
    }
}

fn monitor(case: &Case<'_>, session: MonitorSessionId) -> Decision {
    let mut steps = case.steps();
    let (supervisor, until) = (case.viewer().subject().clone(), case.viewer().expires_at());
    let running = case.conversation().monitor_of(&supervisor);
    if running.is_none_or(|running| running.until < until) {
        let session = running.map_or(session, |running| running.session);
        steps.push(Change::MonitoringStarted {
            session,
            supervisor: supervisor.clone(),
            until,
            token: case.viewer().token_id().map(Into::into),
        });
    }
    let session = steps.current.monitor_of(&supervisor).cloned();
    steps.done_with(Outcome {
        session,
        ..Outcome::default()
    })
}

fn stop_monitoring(case: &Case<'_>) -> Result<Decision, Refusal> {
    let (me, session) = (case.viewer().subject(), case.standing.monitoring()?);
    let end = MonitoringEnd::Stopped;
    let mut steps = case.steps();
    steps.stop_monitoring(end, |who| who == me);
    // A joined supervisor left before the session ended, as the session's row says too.
    let session = Monitor {
        joined_at: None,
        ..session.clone()
    };
    Ok(steps.done_with(Outcome {
        session: Some(session),
        session_ended: Some((case.standing.now, end)),
        ..Outcome::default()
    }))
}

fn join(case: &Case<'_>) -> Result<Decision, Refusal> {
    let session = case.standing.monitoring()?;
    let supervisor = session.supervisor.clone();
    let mut steps = case.steps();
    if session.joined_at.is_none() {
        steps.push(Change::SupervisorJoined {
            supervisor: supervisor.clone(),
        });
        steps.say(SystemMessage::SupervisorJoined);
    }
    let session = steps.current.monitor_of(&supervisor).cloned();
    Ok(steps.done_with(Outcome {
        session,
        ..Outcome::default()
    }))
}

fn leave(case: &Case<'_>) -> Result<Decision, Refusal> {
    let supervisor = case.standing.joined()?.supervisor.clone();
    let mut steps = case.steps();
    steps.leave(supervisor.clone());
    let session = steps.current.monitor_of(&supervisor).cloned();
    Ok(steps.done_with(Outcome {
        session,
        ..Outcome::default()
    }))
}

fn send(
    case: &Case<'_>,
    id: MessageId,
    text: &Arc<str>,
    visibility: Option<Visibility>,
) -> Result<Decision, Refusal> {
    let joined = case.standing.monitoring()?.joined_at.is_some();
    let visibility = visibility.unwrap_or(Visibility::Internal);
    if visibility == Visibility::Public && !joined {
        return Err(Refusal::NotParticipant(ParticipantRole::Supervisor));
    }
    let mut steps = case.steps();
    steps.add_text(Text::Message(id, text.clone()));
    steps.push(Change::MessagePosted {
        message: id,
        author: Author::Supervisor,
        visibility,
        system: None,
        score: None,
        analysed: false,
    });
    Ok(steps.done_with(Outcome {
        message: Some(id),
        ..Outcome::default()
    }))
}

fn assign_to_agent(case: &Case<'_>, target: &Target) -> Result<Decision, Refusal> {
    let mut steps = case.steps();
    let candidate = target_of(case, target, "target.agentId")?;
    candidate.can_be_assigned()?;
    candidate.has_room(Overrides {
        presence: target.override_presence,
        capacity: target.override_capacity,
        declines: target.override_declines,
    })?;
    let (units, exceeded_by) = (candidate.required_units(), candidate.exceeded_by());
    let due_at = steps.due_in(steps.workstream().offer_seconds);
    steps.push(Change::AssignedToAgent {
        offer: target.offer,
        agent: target.agent,
        units,
        exceeded_by,
        due_at,
        by: case.viewer().subject().clone(),
    });
    Ok(offered(steps, target, exceeded_by))
}

fn assign_to_queue(case: &Case<'_>, to: QueueId) -> Result<Decision, Refusal> {
    let queue = case.draft.queue(to).ok_or(Refusal::TargetNotFound {
        path: "target.queueId",
    })?;
    candidates::queue_fits(queue, case.conversation())?;
    let mut steps = case.steps();
    let from = case.conversation().queue;
    steps.push(Change::AssignedToQueue { from, to });
    Ok(steps.done())
}

fn transfer(case: &Case<'_>, target: &Target) -> Result<Decision, Refusal> {
    let from = case.standing.transferable()?.agent;
    let mut steps = case.steps();
    let candidate = target_of(case, target, "agentId")?;
    candidate.can_be_transferred_to(case.conversation())?;
    candidate.has_room(Overrides {
        presence: false,
        capacity: target.override_capacity,
        declines: target.override_declines,
    })?;
    let (units, exceeded_by) = (candidate.required_units(), candidate.exceeded_by());
    let due_at = steps.due_in(steps.workstream().offer_seconds);
    steps.push(Change::TransferRequested {
        offer: target.offer,
        from,
        to: target.agent,
        units,
        exceeded_by,
        due_at,
        by: case.viewer().subject().clone(),
    });
    Ok(offered(steps, target, exceeded_by))
}

fn target_of(
    case: &Case<'_>,
    target: &Target,
    path: &'static str,
) -> Result<AgentCandidate, Refusal> {
    let agent = case.draft.agent(target.agent);
    let agent = agent.ok_or(Refusal::TargetNotFound { path })?;
    let (load, workstream) = (case.draft.load(agent.id), &case.standing.workstream);
    Ok(AgentCandidate::new(
        agent,
        load,
        workstream,
        case.conversation(),
    ))
}

fn offered(steps: super::steps::Steps<'_>, target: &Target, exceeded_by: u32) -> Decision {
    steps.done_with(Outcome {
        offer: Some(target.offer),
        capacity_exceeded_by: Some(exceeded_by),
        ..Outcome::default()
    })
}

fn cancel(case: &Case<'_>, kind: OfferKind) -> Result<Decision, Refusal> {
    let offer = case.standing.pending(kind)?.id;
    let mut steps = case.steps();
    steps.cancel_pending(CancelReason::Withdrawn);
    Ok(steps.done_with(Outcome {
        offer: Some(offer),
        ..Outcome::default()
    }))
}
