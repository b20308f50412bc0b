//! What happens when nothing happened for too long (domain.md section 2).

use chrono::{DateTime, Utc};

use crate::case::Recorder;
use crate::case::organisation::agent_presence;
use crate::conversation::is_asynchronous;
use crate::{
    Actor, AgentId, CancelReason, Change, Channel, Conversation, ConversationId, Decision, Draft,
    MonitoringEnd, Presence, State, StatusReason, TimerKind,
};

/// What comes of it. A timer that was overtaken does nothing.
pub(crate) fn decide(
    draft: &Draft<'_>,
    conversation: ConversationId,
    kind: TimerKind,
    now: DateTime<Utc>,
) -> Decision {
    let due = draft
        .conversation(conversation)
        .filter(|c| is_due(c, kind, now));
    let Some(conversation) = due else {
        return Decision::nothing();
    };
    let mut recorder = Recorder::new(draft, conversation, Actor::System, now);
    match kind {
        TimerKind::Offer => return missed_offer(draft, recorder, conversation, now),
        TimerKind::CustomerGrace => recorder.customer_left(
            CancelReason::CustomerDisconnected,
            StatusReason::CustomerDisconnected,
        ),
        TimerKind::AutoClose => auto_close(&mut recorder),
        TimerKind::WrapUpCapacity => {
            if let Some(primary) = &conversation.primary {
                let (agent, units) = (primary.agent, primary.units);
                recorder.push(Change::CapacityReleased { agent, units });
            }
        }
        TimerKind::MonitorExpiry => {
            for end in [MonitoringEnd::TokenExpired, MonitoringEnd::TimeLimit] {
                recorder.stop_looks(end, |look| look.ended_by(now) == Some(end));
            }
        }
        // What came with time is found at the end of every command.
        TimerKind::Attention => {}
    }
    recorder.done()
}

fn is_due(conversation: &Conversation, kind: TimerKind, now: DateTime<Utc>) -> bool {
    conversation
        .timers()
        .any(|(k, due)| k == kind && due <= now)
}

fn missed_offer(
    draft: &Draft<'_>,
    mut recorder: Recorder<'_>,
    conversation: &Conversation,
    now: DateTime<Utc>,
) -> Decision {
    let Some(pending) = &conversation.offer else {
        return recorder.done();
    };
    let (offer, agent, by) = (pending.id, pending.agent, pending.by.clone());
    recorder.push(match conversation.transfer_from() {
        None => Change::OfferTimedOut { offer, agent, by },
        Some(from) => Change::TransferTimedOut {
            offer,
            from,
            agent,
            by,
        },
    });
    let mut decision = recorder.done();
    if draft.settings().inactive_after_missed_offer {
        decision
            .events
            .extend(agent_presence(draft, agent, Presence::Inactive, now));
    }
    decision
}

fn auto_close(recorder: &mut Recorder<'_>) {
    let current = &recorder.current;
    let closed = |reason| Change::Closed { reason };
    let change = match current.state {
        State::Active if current.channel == Channel::Voice && current.is_in_conversation() => {
            Change::MovedToWrapUp {
                reason: StatusReason::CustomerDisconnected,
            }
        }
        State::Waiting => closed(StatusReason::AutoClosedFromWaiting),
        State::WrapUp => match unheard(current) {
            Some(agent) => Change::ReleasedToQueue {
                agent,
                disconnected: false,
            },
            None => closed(StatusReason::AutoClosedBySystem),
        },
        State::Open | State::Active | State::Closed => closed(StatusReason::AutoClosedBySystem),
    };
    recorder.enter(change, CancelReason::AutoClosed);
}

/// Whose it was, of one in `WRAP_UP` in which the customer has written since: it is not closed on them, but goes back to
/// its queue (domain.md section 10).
fn unheard(c: &Conversation) -> Option<AgentId> {
    c.wrote_in_wrap_up_at?;
    c.primary_agent().filter(|_| is_asynchronous(c.channel))
}
