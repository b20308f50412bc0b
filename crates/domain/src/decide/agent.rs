//! What agents and bots do with conversations.

use super::{Case, Decision, Text, not_for_this_role};
use crate::{
    Act, AgentId, AgentKind, CancelReason, Change, Outcome, Refusal, StatusReason, Visibility,
};

pub(super) fn act(case: &Case<'_>, act: &Act) -> Result<Decision, Refusal> {
    let me = case.grant.agent().ok_or(Refusal::AgentUnknown)?;
    Ok(match act {
        Act::Pick => return pick(case),
        Act::Accept => return answer(case, me, true),
        Act::Reject => return answer(case, me, false),
        Act::SetAside => enter(case, CancelReason::SetAside, Change::SetAside),
        Act::Reopen => {
            let reopened = Change::Reactivated { by_agent: true };
            enter(case, CancelReason::Reopened, reopened)
        }
        Act::Release => {
            let released = Change::ReleasedToQueue {
                agent: me,
                disconnected: false,
            };
            enter(case, CancelReason::Released, released)
        }
        Act::End => {
            let ended = Change::MovedToWrapUp {
                reason: StatusReason::MovedToWrapUpByAgent,
            };
            enter(case, CancelReason::EndedByAgent, ended)
        }
        Act::Close => {
            let reason = match case.standing.primary(me)? {
                AgentKind::Human => StatusReason::EndedByAgent,
                AgentKind::Bot => StatusReason::EndedByBot,
            };
            enter(case, CancelReason::EndedByAgent, Change::Closed { reason })
        }
        Act::Send {
            id,
            text,
            visibility,
        } => {
            let author = case.standing.author(me)?;
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
            steps.done_with(Outcome {
                message: Some(*id),
                ..Outcome::default()
            })
        }
        Act::Leave => {
            let mut steps = case.steps();
            steps.push(Change::ConsultantLeft { agent: me });
            steps.done()
        }
        other => return Err(not_for_this_role(other)),
    })
}

fn pick(case: &Case<'_>) -> Result<Decision, Refusal> {
    let agent = case.standing.agent.ok_or(Refusal::AgentUnknown)?;
    let mut steps = case.steps();
    let units = match agent.kind {
        AgentKind::Human => steps.workstream().units,
        AgentKind::Bot => 0,
    };
    steps.push(Change::Picked {
        agent: agent.id,
        kind: agent.kind,
        units,
    });
    Ok(steps.done())
}

fn answer(case: &Case<'_>, me: AgentId, accepted: bool) -> Result<Decision, Refusal> {
    let offer = case.standing.offered_to(me)?;
    let (offer, agent, by) = (offer.id, me, offer.by.clone());
    let mut steps = case.steps();
    if accepted {
        steps.becomes_primary(me);
    }
    steps.push(match (case.conversation().transfer_from(), accepted) {
        (Some(from), true) => Change::TransferAccepted {
            offer,
            from,
            to: me,
            by,
        },
        (Some(from), false) => Change::TransferRejected {
            offer,
            from,
            agent,
            by,
        },
        (None, true) => Change::OfferAccepted { offer, agent, by },
        (None, false) => Change::OfferRejected { offer, agent, by },
    });
    Ok(steps.done_with(Outcome {
        offer: Some(offer),
        ..Outcome::default()
    }))
}

fn enter(case: &Case<'_>, cancelled: CancelReason, change: Change) -> Decision {
    let mut steps = case.steps();
    steps.enter(change, cancelled);
    steps.done()
}
