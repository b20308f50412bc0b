//! What happens when nothing happened for too long. A timer that was overtaken does nothing.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Decision;
use super::gateway::customer_left;
use super::steps::{Steps, in_order};
use crate::world::Key;
use crate::{
    Actor, After, Agent, AgentId, AgentKind, CancelReason, Change, Channel, Conversation,
    ConversationId, Draft, Event, MonitoringEnd, Outcome, Presence, State, StatusReason, Subject,
    TimerKind,
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
        return nothing();
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
        // What came with time is found at the end of every command.
        TimerKind::Attention => {}
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
    let (offer, agent, by) = (pending.id, pending.agent, pending.by.clone());
    steps.push(match conversation.transfer_from() {
        None => Change::OfferTimedOut { offer, agent, by },
        Some(from) => Change::TransferTimedOut {
            offer,
            from,
            agent,
            by,
        },
    });
    let mut decision = steps.done();
    if draft.settings().inactive_after_missed_offer {
        decision
            .events
            .extend(presence_set(draft, agent, Presence::Inactive));
    }
    decision
}

/// What makes this agent's presence what it should be; none when it is so already, or for a bot.
fn presence_set(draft: &Draft<'_>, agent: AgentId, presence: Presence) -> Option<Event> {
    let agent = draft.agent(agent)?;
    if agent.kind == AgentKind::Bot || agent.presence == presence {
        return None;
    }
    let after = Agent {
        presence,
        ..(**agent).clone()
    };
    Some(Event {
        change: Change::AgentPresenceChanged { presence },
        after: After::Agent(after.into()),
        before: None,
    })
}

/// The agent's grace time expired: what they have in conversation goes back to its queue, the rest
/// stays (domain.md section 2).
pub(super) fn agent_disconnected(
    draft: &Draft<'_>,
    agent: AgentId,
    now: DateTime<Utc>,
) -> Decision {
    let mut events: Vec<Event> = presence_set(draft, agent, Presence::Offline)
        .into_iter()
        .collect();
    let theirs =
        |c: &&Arc<Conversation>| c.is_in_conversation() && c.primary_agent() == Some(agent);
    for conversation in in_order(draft.concerning(Key::Agent(agent)).filter(theirs)) {
        let mut steps = Steps::new(draft, conversation, Actor::System, now);
        let released = Change::ReleasedToQueue {
            agent,
            disconnected: true,
        };
        steps.enter(released, CancelReason::AgentDisconnected);
        events.extend(steps.into_events());
    }
    Decision {
        events,
        ..nothing()
    }
}

fn nothing() -> Decision {
    Decision {
        actor: Actor::System,
        events: vec![],
        texts: vec![],
        outcome: Outcome::default(),
    }
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
    steps.enter(change, CancelReason::AutoClosed);
}
