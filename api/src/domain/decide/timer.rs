//! What happens when nothing happened for too long. A timer that was overtaken does nothing.

use chrono::{DateTime, Utc};

use super::Decision;
use super::gateway::customer_left;
use super::steps::Steps;
use crate::domain::{
    Actor, After, Agent, CancelReason, Change, Channel, Conversation, ConversationId, Draft, Event,
    MonitoringEnd, OfferKind, Outcome, Presence, State, StatusReason, Subject, TimerKind,
};

pub(super) fn due(
    draft: &Draft<'_>,
    conversation: ConversationId,
    kind: TimerKind,
    now: DateTime<Utc>,
) -> Decision {
    let due = draft
        .conversation(conversation)
        .filter(|c| is_due(c, kind, now));
    let Some(conversation) = due else {
        let outcome = Outcome::default();
        return Decision {
            actor: Actor::System,
            events: vec![],
            texts: vec![],
            outcome,
        };
    };
    let mut steps = Steps::new(draft, conversation, Actor::System, now);
    match kind {
        TimerKind::Offer => return missed_offer(draft, steps, conversation),
        TimerKind::CustomerGrace => customer_left(
            &mut steps,
            CancelReason::CustomerDisconnected,
            StatusReason::CustomerDisconnected,
        ),
        TimerKind::AutoClose => auto_close(&mut steps),
        TimerKind::WrapUpCapacity => {
            if let Some(primary) = &conversation.primary {
                let (agent, units) = (primary.agent, primary.units);
                steps.push(Change::CapacityReleased { agent, units });
            }
        }
        TimerKind::MonitorExpiry => {
            let expired: Vec<Subject> = conversation
                .monitors
                .iter()
                .filter(|monitor| monitor.until <= now)
                .map(|monitor| monitor.supervisor.clone())
                .collect();
            steps.stop_monitoring(MonitoringEnd::TokenExpired, |who| expired.contains(who));
        }
    }
    steps.done()
}

fn is_due(conversation: &Conversation, kind: TimerKind, now: DateTime<Utc>) -> bool {
    conversation.is_ongoing()
        && conversation
            .timers()
            .any(|(k, due)| k == kind && due <= now)
}

fn missed_offer(draft: &Draft<'_>, mut steps: Steps<'_>, conversation: &Conversation) -> Decision {
    let Some(pending) = &conversation.offer else {
        return steps.done();
    };
    let (offer, agent) = (pending.id, pending.agent);
    steps.push(match pending.kind {
        OfferKind::Assignment => Change::OfferTimedOut { offer, agent },
        OfferKind::Transfer => Change::TransferTimedOut { offer, agent },
    });
    steps.settle();
    let mut decision = steps.done();
    if draft.settings().inactive_after_missed_offer
        && let Some(agent) = draft.agent(agent)
    {
        let presence = Presence::Inactive;
        let after = After::Agent(
            Agent {
                presence,
                ..(**agent).clone()
            }
            .into(),
        );
        let change = Change::AgentPresenceChanged { presence };
        decision.events.push(Event {
            change,
            after,
            before: None,
        });
    }
    decision
}

fn auto_close(steps: &mut Steps<'_>) {
    let current = &steps.current;
    let change = match current.state {
        State::Active if current.channel == Channel::Voice && current.is_in_conversation() => {
            Change::MovedToWrapUp {
                reason: StatusReason::CustomerDisconnected,
            }
        }
        State::Waiting => Change::Closed {
            reason: StatusReason::AutoClosedFromWaiting,
        },
        _ => Change::Closed {
            reason: StatusReason::AutoClosedBySystem,
        },
    };
    steps.cancel_pending(CancelReason::AutoClosed);
    steps.push(change);
    steps.settle();
}
