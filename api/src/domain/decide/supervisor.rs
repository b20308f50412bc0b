//! The supervisor's actions (domain.md section 4): checks 9 and 10, the policy having made 3 to 7.

use super::{Case, Decision, Text, not_for_this_role};
use crate::domain::command::Target;
use crate::domain::conversation::{is_messaging, queue_kind_of};
use crate::domain::{
    Act, Agent, AgentKind, Author, CancelReason, Change, Channel, Consent, MessageId, Mode,
    MonitorSessionId, MonitoringEnd, MonitoringNotice, OfferKind, Outcome, ParticipantRole,
    QueueId, Refusal, State, SystemMessage, Visibility,
};
use std::sync::Arc;

/// From so many declines of one agent on, a supervisor must override them.
pub const DECLINES_BEFORE_OVERRIDE: u32 = 3;

pub(super) fn act(case: &Case<'_>, act: &Act) -> Result<Decision, Refusal> {
    case.ongoing()?;
    match act {
        Act::Monitor { session } => monitor(case, *session),
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
            not_a_record(case)?;
            let mut steps = case.steps();
            steps.cancel_pending(CancelReason::ForceClosed);
            steps.say(SystemMessage::ForceClosed);
            steps.push(Change::ForceClosed {
                supervisor: case.viewer.subject().clone(),
            });
            steps.settle();
            Ok(steps.done())
        }
        other => Err(not_for_this_role(other)),
    }
}

fn not_a_record(case: &Case<'_>) -> Result<(), Refusal> {
    match case.conversation.channel {
        Channel::Record => Err(Refusal::ChannelNotSupported(Channel::Record)),
        _ => Ok(()),
    }
}

fn monitor(case: &Case<'_>, session: MonitorSessionId) -> Result<Decision, Refusal> {
    let conversation = case.conversation;
    case.needs(
        conversation.is_in_conversation() || conversation.state == State::WrapUp,
        "ACTIVE and accepted, or WRAP_UP",
    )?;
    not_a_record(case)?;
    if is_own(case) {
        return Err(Refusal::OwnConversation);
    }
    let mut steps = case.steps();
    notice_allows(case, steps.workstream().monitoring_notice)?;
    let (supervisor, until) = (case.viewer.subject().clone(), case.viewer.expires_at());
    let running = conversation.monitor_of(&supervisor);
    if running.is_none_or(|running| running.until < until) {
        let session = running.map_or(session, |running| running.session);
        steps.push(Change::MonitoringStarted {
            session,
            supervisor: supervisor.clone(),
            until,
        });
    }
    let session = steps.current.monitor_of(&supervisor).cloned();
    Ok(steps.done_with(Outcome {
        session,
        ..Outcome::default()
    }))
}

fn is_own(case: &Case<'_>) -> bool {
    let me = case
        .draft
        .agent_of(case.viewer.subject())
        .map(|agent| agent.id);
    me.is_some() && me == case.conversation.primary_agent()
}

fn notice_allows(case: &Case<'_>, notice: MonitoringNotice) -> Result<(), Refusal> {
    let given = case.conversation.notice_given_at.is_some();
    let consent = case.conversation.consent;
    match notice {
        MonitoringNotice::None => Ok(()),
        _ if !given => Err(Refusal::NoticeNotGiven),
        MonitoringNotice::ConsentRequired if consent != Consent::Granted => {
            Err(Refusal::ConsentNotGranted(consent))
        }
        _ => Ok(()),
    }
}

fn stop_monitoring(case: &Case<'_>) -> Result<Decision, Refusal> {
    let me = case.viewer.subject();
    let session = case
        .conversation
        .monitor_of(me)
        .ok_or(Refusal::NotMonitoring)?;
    let mut steps = case.steps();
    steps.stop_monitoring(MonitoringEnd::Stopped, |who| who == me);
    Ok(steps.done_with(Outcome {
        session: Some(session.clone()),
        ..Outcome::default()
    }))
}

fn join(case: &Case<'_>) -> Result<Decision, Refusal> {
    case.needs(
        case.conversation.is_in_conversation(),
        "ACTIVE and accepted",
    )?;
    not_a_record(case)?;
    if is_own(case) {
        return Err(Refusal::OwnConversation);
    }
    let supervisor = case.viewer.subject().clone();
    let session = case
        .conversation
        .monitor_of(&supervisor)
        .ok_or(Refusal::NotMonitoring)?;
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
    let supervisor = case.viewer.subject().clone();
    let joined = case
        .conversation
        .monitor_of(&supervisor)
        .filter(|m| m.joined_at.is_some());
    if joined.is_none() {
        return Err(Refusal::NotParticipant(ParticipantRole::Supervisor));
    }
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
    let session = case.conversation.monitor_of(case.viewer.subject());
    let joined = session.ok_or(Refusal::NotMonitoring)?.joined_at.is_some();
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
    unassigned(case)?;
    not_a_record(case)?;
    let mut steps = case.steps();
    let (units, seconds) = (steps.workstream().units, steps.workstream().offer_seconds);
    let agent = human_target(case, target, "target.agentId")?;
    if !target.override_presence {
        presence_allows(agent, steps.workstream())?;
    }
    let exceeded_by = room_for(case, agent, units, target)?;
    let due_at = steps.due_in(seconds);
    steps.push(Change::AssignedToAgent {
        offer: target.offer,
        agent: agent.id,
        units,
        exceeded_by,
        due_at,
        by: case.viewer.subject().clone(),
    });
    steps.settle();
    Ok(offered(steps, target, exceeded_by))
}

fn assign_to_queue(case: &Case<'_>, to: QueueId) -> Result<Decision, Refusal> {
    unassigned(case)?;
    not_a_record(case)?;
    let queue = case.draft.queue(to).ok_or(Refusal::TargetNotFound {
        path: "target.queueId",
    })?;
    let from = case.conversation.queue;
    if to == from {
        return Err(Refusal::TargetQueueIsCurrent);
    }
    let needed = queue_kind_of(case.conversation.channel);
    if queue.kind != needed {
        return Err(Refusal::QueueKindMismatch {
            given: queue.kind,
            needed,
        });
    }
    let mut steps = case.steps();
    steps.push(Change::AssignedToQueue { from, to });
    Ok(steps.done())
}

fn unassigned(case: &Case<'_>) -> Result<(), Refusal> {
    if let Some(agent) = case.conversation.assigned_agent() {
        return Err(Refusal::AlreadyAssigned(agent));
    }
    case.in_state(State::Open, "OPEN")
}

fn transfer(case: &Case<'_>, target: &Target) -> Result<Decision, Refusal> {
    let conversation = case.conversation;
    let running = conversation.is_in_conversation() || conversation.state == State::Waiting;
    case.needs(running, "ACTIVE and accepted, or WAITING")?;
    if let Some(pending) = &conversation.offer {
        return Err(Refusal::OfferPending(pending.id));
    }
    if !is_messaging(conversation.channel) {
        return Err(Refusal::ChannelNotSupported(conversation.channel));
    }
    if conversation.mode != Mode::Text {
        return Err(Refusal::ModeNotSupported(conversation.mode));
    }
    let primary = conversation.primary.as_ref();
    let primary = primary.ok_or_else(|| super::invalid_state(conversation, "a primary agent"))?;
    if primary.kind == AgentKind::Bot {
        return Err(Refusal::PrimaryIsBot);
    }
    let mut steps = case.steps();
    let (units, seconds) = (steps.workstream().units, steps.workstream().offer_seconds);
    let agent = human_target(case, target, "agentId")?;
    if agent.id == primary.agent {
        return Err(Refusal::TargetIsPrimary);
    }
    if !agent.queues.contains(&conversation.queue) {
        return Err(Refusal::TargetNotInQueue);
    }
    presence_allows(agent, steps.workstream())?;
    let exceeded_by = room_for(case, agent, units, target)?;
    let due_at = steps.due_in(seconds);
    steps.push(Change::TransferRequested {
        offer: target.offer,
        from: primary.agent,
        to: agent.id,
        units,
        exceeded_by,
        due_at,
        by: case.viewer.subject().clone(),
    });
    Ok(offered(steps, target, exceeded_by))
}

fn offered(steps: super::steps::Steps<'_>, target: &Target, exceeded_by: u32) -> Decision {
    steps.done_with(Outcome {
        offer: Some(target.offer),
        capacity_exceeded_by: Some(exceeded_by),
        ..Outcome::default()
    })
}

fn human_target<'a>(
    case: &Case<'a>,
    target: &Target,
    path: &'static str,
) -> Result<&'a Agent, Refusal> {
    let agent = case
        .draft
        .agent(target.agent)
        .ok_or(Refusal::TargetNotFound { path })?;
    match agent.kind {
        AgentKind::Human => Ok(agent),
        AgentKind::Bot => Err(Refusal::TargetIsBot),
    }
}

fn presence_allows(agent: &Agent, workstream: &crate::domain::Workstream) -> Result<(), Refusal> {
    if workstream.allowed_presences.contains(&agent.presence) {
        return Ok(());
    }
    let allowed = workstream.allowed_presences.iter().copied().collect();
    Err(Refusal::PresenceNotAllowed {
        presence: agent.presence,
        allowed,
    })
}

/// Capacity, then declines; says by how many units the capacity would be exceeded.
fn room_for(case: &Case<'_>, agent: &Agent, units: u32, target: &Target) -> Result<u32, Refusal> {
    let consumed = case.draft.load(agent.id).consumed;
    let exceeded_by = consumed
        .saturating_add(units)
        .saturating_sub(agent.capacity);
    if exceeded_by > 0 && !target.override_capacity {
        let total = agent.capacity;
        return Err(Refusal::CapacityExceeded {
            total,
            consumed,
            units,
            exceeded_by,
        });
    }
    let declines = case
        .conversation
        .declines
        .get(&agent.id)
        .copied()
        .unwrap_or(0);
    if declines >= DECLINES_BEFORE_OVERRIDE && !target.override_declines {
        return Err(Refusal::DeclinedTooOften { declines });
    }
    Ok(exceeded_by)
}

fn cancel(case: &Case<'_>, kind: OfferKind) -> Result<Decision, Refusal> {
    let offer = case
        .conversation
        .pending(kind)
        .ok_or(Refusal::NoPendingOffer)?
        .id;
    let mut steps = case.steps();
    steps.cancel_pending(CancelReason::Withdrawn);
    Ok(steps.done_with(Outcome {
        offer: Some(offer),
        ..Outcome::default()
    }))
}
