//! What agents and bots do with conversations.

use super::{Case, Decision, Text, not_for_this_role};
use crate::domain::conversation::is_asynchronous;
use crate::domain::{
    Act, AgentId, AgentKind, Author, CancelReason, Change, OfferKind, Outcome, ParticipantRole,
    Refusal, State, StatusReason, Visibility,
};

pub(super) fn act(case: &Case<'_>, act: &Act) -> Result<Decision, Refusal> {
    case.ongoing()?;
    let me = case.grant.agent().ok_or(Refusal::AgentUnknown)?;
    match act {
        Act::Pick => pick(case, me),
        Act::Accept => answer(case, me, true),
        Act::Reject => answer(case, me, false),
        Act::SetAside => set_aside(case, me),
        Act::Reopen => {
            primary(case, me)?;
            case.in_state(State::Waiting, "WAITING")?;
            let mut steps = case.steps();
            steps.cancel_pending(CancelReason::Reopened);
            steps.push(Change::Reactivated { by_agent: true });
            Ok(steps.done())
        }
        Act::Release => leave_active(case, me, CancelReason::Released, |agent| {
            Change::ReleasedToQueue {
                agent,
                disconnected: false,
            }
        }),
        Act::End => leave_active(case, me, CancelReason::EndedByAgent, |_| {
            Change::MovedToWrapUp {
                reason: StatusReason::MovedToWrapUpByAgent,
            }
        }),
        Act::Close => {
            let kind = primary(case, me)?;
            case.in_state(State::WrapUp, "WRAP_UP")?;
            let reason = match kind {
                AgentKind::Human => StatusReason::EndedByAgent,
                AgentKind::Bot => StatusReason::EndedByBot,
            };
            let mut steps = case.steps();
            steps.push(Change::Closed { reason });
            steps.settle();
            Ok(steps.done())
        }
        Act::Send {
            id,
            text,
            visibility,
        } => {
            let author = takes_part(case, me)?;
            let mut steps = case.steps();
            steps.add_text(Text::Message(*id, text.clone()));
            steps.push(Change::MessagePosted {
                message: *id,
                author,
                visibility: visibility.unwrap_or(Visibility::Public),
                system: None,
                score: None,
                analysed: false,
            });
            Ok(steps.done_with(Outcome {
                message: Some(*id),
                ..Outcome::default()
            }))
        }
        Act::Leave => {
            if !case.conversation.consultants.contains(&me) {
                return Err(Refusal::NotParticipant(ParticipantRole::Consultant));
            }
            let mut steps = case.steps();
            steps.push(Change::ConsultantLeft { agent: me });
            Ok(steps.done())
        }
        other => Err(not_for_this_role(other)),
    }
}

fn primary(case: &Case<'_>, me: AgentId) -> Result<AgentKind, Refusal> {
    match &case.conversation.primary {
        Some(primary) if primary.agent == me => Ok(primary.kind),
        _ => Err(Refusal::NotParticipant(ParticipantRole::PrimaryAgent)),
    }
}

fn takes_part(case: &Case<'_>, me: AgentId) -> Result<Author, Refusal> {
    if case.conversation.consultants.contains(&me) {
        return Ok(Author::Agent);
    }
    Ok(match primary(case, me)? {
        AgentKind::Human => Author::Agent,
        AgentKind::Bot => Author::Bot,
    })
}

fn pick(case: &Case<'_>, me: AgentId) -> Result<Decision, Refusal> {
    if let Some(agent) = case.conversation.assigned_agent() {
        return Err(Refusal::AlreadyAssigned(agent));
    }
    let agent = case.draft.agent(me).ok_or(Refusal::AgentUnknown)?;
    if !agent.queues.contains(&case.conversation.queue) {
        return Err(Refusal::TargetNotInQueue);
    }
    let mut steps = case.steps();
    let units = match agent.kind {
        AgentKind::Human => steps.workstream().units,
        AgentKind::Bot => 0,
    };
    steps.push(Change::Picked {
        agent: me,
        kind: agent.kind,
        units,
    });
    steps.settle();
    Ok(steps.done())
}

fn answer(case: &Case<'_>, me: AgentId, accepted: bool) -> Result<Decision, Refusal> {
    let offer = case
        .conversation
        .offer
        .as_ref()
        .filter(|offer| offer.agent == me);
    let offer = offer.ok_or(Refusal::NoPendingOffer)?;
    let (id, agent) = (offer.id, me);
    let mut steps = case.steps();
    steps.push(
        match (offer.kind, accepted, case.conversation.primary_agent()) {
            (OfferKind::Transfer, true, Some(from)) => Change::TransferAccepted {
                offer: id,
                from,
                to: me,
            },
            (_, true, _) => Change::OfferAccepted { offer: id, agent },
            (OfferKind::Transfer, false, _) => Change::TransferRejected { offer: id, agent },
            (OfferKind::Assignment, false, _) => Change::OfferRejected { offer: id, agent },
        },
    );
    steps.settle();
    Ok(steps.done_with(Outcome {
        offer: Some(id),
        ..Outcome::default()
    }))
}

fn set_aside(case: &Case<'_>, me: AgentId) -> Result<Decision, Refusal> {
    primary(case, me)?;
    case.in_state(State::Active, "ACTIVE")?;
    let channel = case.conversation.channel;
    if !is_asynchronous(channel) {
        return Err(Refusal::ChannelNotSupported(channel));
    }
    leave_active(case, me, CancelReason::SetAside, |_| Change::SetAside)
}

fn leave_active(
    case: &Case<'_>,
    me: AgentId,
    cancelled: CancelReason,
    change: impl FnOnce(AgentId) -> Change,
) -> Result<Decision, Refusal> {
    primary(case, me)?;
    case.in_state(State::Active, "ACTIVE")?;
    let mut steps = case.steps();
    steps.cancel_pending(cancelled);
    steps.push(change(me));
    steps.settle();
    Ok(steps.done())
}
