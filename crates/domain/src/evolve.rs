//! What a conversation becomes by a change. Total: a change that happened cannot be refused.
//!
//! Every image is a row of the table in domain.md section 2: what a state does not hold ends in the
//! very image that comes into it. The events after it (that an offer was cancelled, that somebody
//! left, that a look ended) only tell of it.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::attention::has_new_cause;
use super::conversation::{Conversation, Help, Monitor, Offer, Primary, Rating, is_messaging};
use super::directory::{Workstream, WrapUpCapacity, closes_by_open_time};
use super::hours::Pace;
use super::sentiment::{Assessment, RecentScores};
use super::{
    AgentId, AgentKind, Attention, AttentionReason, Author, CancelReason, Change, LookKind, Mode,
    OfferKind, OpeningHours, QueueId, SentimentLevel, Signalled, State, StatusReason, Visibility,
    attention, course,
};

mod messages;

use messages::nothing_is_unanswered;

/// When a queue is open; none: always.
pub type HoursOf<'a> = &'a dyn Fn(QueueId) -> Option<Arc<OpeningHours>>;

/// The conversation right after the change. `workstream` is the conversation's own; `hours_of` knows its queue, and the one
/// to which the change moves it.
pub fn evolve(
    conversation: &Conversation,
    change: &Change,
    workstream: &Workstream,
    hours_of: HoursOf<'_>,
    now: DateTime<Utc>,
) -> Conversation {
    let mut next = conversation.clone();
    apply(&mut next, change, workstream, now);
    next.course = course::follow(conversation, &next, change, now);
    only_its_agent_asks_for_help(&mut next);
    if !conversation.is_ongoing() && is_taken_by_closed(change) {
        return next;
    }
    if change.kind().raises_version() {
        next.version += 1;
    }
    if is_activity(change) {
        next.last_activity_at = now;
    }
    if next.state != conversation.state {
        next.state_since = now;
    }
    let moves = next.queue != conversation.queue;
    let from = moves.then(|| hours_of(conversation.queue)).flatten();
    let here = hours_of(next.queue);
    let pace = if moves {
        Pace::moved(from.as_deref(), here.as_deref())
    } else {
        Pace::of(here.as_deref())
    };
    if restarts_auto_close(conversation, &next, change) {
        next.auto_close_at = workstream.auto_close_at(next.channel, next.state, pace, now);
    } else if closes_by_open_time(next.state) {
        let due = next.auto_close_at;
        next.auto_close_at = due.and_then(|due| pace.goes_on(due, now));
    }
    attention::run_clocks(conversation, &mut next, &workstream.attention, pace, now);
    next
}

/// What a closed conversation still takes, as a change of its own record alone: no version, no activity, no clock
/// (domain.md section 10). Every other event after the end tells of what ended with it.
const fn is_taken_by_closed(change: &Change) -> bool {
    matches!(
        change,
        Change::ConsentRecorded { .. }
            | Change::RatingRecorded { .. }
            | Change::MessageEdited { .. }
            | Change::MessageRemoved { .. }
            | Change::MessageReaction { .. }
            | Change::MessageDelivery { .. }
            | Change::SentimentCorrected { .. }
            | Change::MessageScored { .. }
            | Change::ReviewStarted { .. }
            | Change::ReviewStopped { .. }
            | Change::CustomerChanged { .. }
            | Change::CustomersMerged { .. }
    )
}

/// What somebody did that everybody in the conversation may know of. An INTERNAL message is none:
/// its time would tell the customer's side that there was one. Nor is what is done to a message, what follows from one,
/// from time or from the settings, nor a label, which is a note about the conversation and nothing in it.
fn is_activity(change: &Change) -> bool {
    let none = matches!(
        change,
        Change::MessagePosted {
            visibility: Visibility::Internal,
            ..
        } | Change::MessageEdited { .. }
            | Change::MessageRemoved { .. }
            | Change::MessageReaction { .. }
            | Change::MessageDelivery { .. }
            | Change::MessageScored { .. }
            | Change::SentimentChanged { .. }
            | Change::EscalationSignalled { .. }
            | Change::AttentionChanged { .. }
            | Change::LabelsChanged { .. }
            | Change::DispositionSet { .. }
            | Change::RatingRecorded { .. }
            | Change::CustomerChanged { .. }
            | Change::CustomersMerged { .. }
            | Change::CapacityReleased { .. }
    );
    change.kind().is_public() && !none
}

/// The clock restarts with a change of state, with monitoring, consulting and transferring
/// (domain.md section 2), and with what people write on messaging channels (own: a conversation
/// in which people write is not inactive; a call's limit is on the call).
fn restarts_auto_close(before: &Conversation, after: &Conversation, change: &Change) -> bool {
    before.state != after.state
        || match change {
            // A newer token that takes a running session over starts no monitoring.
            Change::MonitoringStarted { supervisor, .. } => before.monitor_of(supervisor).is_none(),
            Change::SupervisorJoined { .. }
            | Change::TransferRequested { .. }
            | Change::TransferAccepted { .. }
            | Change::TakenOver { .. } => true,
            Change::MessagePosted { author, .. } => {
                is_messaging(after.channel) && *author != Author::System
            }
            // Those among these that change the state restart it by that.
            Change::ConversationStarted
            | Change::MessageEdited { .. }
            | Change::MessageRemoved { .. }
            | Change::MessageReaction { .. }
            | Change::MessageDelivery { .. }
            | Change::SentimentCorrected { .. }
            | Change::MessageScored { .. }
            | Change::SentimentChanged { .. }
            | Change::SentimentAlertRaised { .. }
            | Change::EscalationSignalled { .. }
            | Change::AttentionChanged { .. }
            | Change::AttentionAcknowledged { .. }
            | Change::AgentCoached { .. }
            | Change::HelpRequested { .. }
            | Change::HelpEnded { .. }
            | Change::AssignedToAgent { .. }
            | Change::AssignedToQueue { .. }
            | Change::Picked { .. }
            | Change::OfferAccepted { .. }
            | Change::OfferRejected { .. }
            | Change::OfferTimedOut { .. }
            | Change::OfferCancelled { .. }
            | Change::TransferRejected { .. }
            | Change::TransferTimedOut { .. }
            | Change::TransferCancelled { .. }
            | Change::SetAside
            | Change::Reactivated { .. }
            | Change::ReleasedToQueue { .. }
            | Change::Requeued { .. }
            | Change::MonitoringStopped { .. }
            // A review is about what was, and keeps nothing going.
            | Change::ReviewStarted { .. }
            | Change::ReviewStopped { .. }
            | Change::SupervisorLeft { .. }
            | Change::ConsultantLeft { .. }
            | Change::ModeChanged { .. }
            | Change::CustomerDisconnected { .. }
            | Change::CustomerReconnected
            | Change::ConsentRecorded { .. }
            | Change::LabelsChanged { .. }
            | Change::DispositionSet { .. }
            | Change::RatingRecorded { .. }
            | Change::CustomerChanged { .. }
            | Change::CustomersMerged { .. }
            | Change::MovedToWrapUp { .. }
            | Change::CapacityReleased { .. }
            | Change::Closed { .. }
            | Change::ForceClosed { .. }
            | Change::AgentPresenceChanged { .. }
            | Change::AgentChanged { .. }
            | Change::QueueChanged { .. }
            | Change::WorkstreamChanged { .. }
            | Change::MembershipChanged { .. }
            | Change::AgentsNotified { .. }
            | Change::SupervisorSettingsChanged => false,
        }
}

#[allow(clippy::too_many_lines)] // One arm a change; splitting would hide that the list is whole.
fn apply(c: &mut Conversation, change: &Change, workstream: &Workstream, now: DateTime<Utc>) {
    match change {
        Change::MessagePosted { .. }
        | Change::MessageEdited { .. }
        | Change::MessageRemoved { .. }
        | Change::MessageScored { .. }
        | Change::MessageDelivery { .. } => messages::apply(c, change, now),
        Change::SentimentChanged {
            recovered,
            analysed,
            ..
        } => {
            c.sentiment_since = now;
            if *recovered {
                c.alerted = false;
            }
            if !*analysed {
                c.scores = RecentScores::default();
                c.sentiment = Assessment::not_available();
            }
        }
        Change::SentimentAlertRaised { .. } => c.alerted = true,
        Change::EscalationSignalled { message, signals } => {
            has_new_cause(c, AttentionReason::EscalationSignal);
            c.signal(Signalled {
                message: *message,
                signals: signals.clone(),
                at: now,
            });
        }
        Change::AttentionChanged { added, removed } => attend(c, added, removed),
        Change::AgentCoached { .. } => c.coached += 1,
        Change::AttentionAcknowledged { reason } => {
            c.acknowledged.insert(*reason);
            if *reason == AttentionReason::EscalationSignal {
                c.no_signal_is_open();
            }
        }
        Change::HelpRequested { agent, note } => {
            c.help = Some(Help {
                agent: *agent,
                since: now,
                note: *note,
            });
        }
        Change::HelpEnded { .. } => c.help = None,
        Change::AssignedToAgent {
            offer,
            agent,
            units,
            exceeded_by,
            due_at,
            by,
        } => {
            enter(c, State::Active, StatusReason::AwaitingAgentAcceptance);
            c.offer = Some(Offer {
                id: *offer,
                kind: OfferKind::Assignment,
                agent: *agent,
                by: by.clone(),
                units: *units,
                exceeded_by: *exceeded_by,
                made_at: now,
                due_at: *due_at,
            });
        }
        Change::AssignedToQueue { to, .. } => c.queue = *to,
        Change::Picked { agent, kind, units } => take(c, *agent, *kind, *units),
        Change::OfferAccepted { agent, .. } => {
            let units = c.offer.take().map_or(0, |offer| offer.units);
            take(c, *agent, AgentKind::Human, units);
        }
        Change::OfferRejected { agent, .. } | Change::OfferTimedOut { agent, .. } => {
            decline(c, *agent);
            enter(c, State::Open, StatusReason::AwaitingAgentAssignment);
        }
        Change::OfferCancelled { reason, .. } => {
            // Any other reason tells of what closed it: the offer ended with the state.
            if matches!(reason, CancelReason::Withdrawn | CancelReason::Drained) {
                enter(c, State::Open, StatusReason::AwaitingAgentAssignment);
            }
        }
        Change::TransferRequested {
            offer,
            to,
            units,
            exceeded_by,
            due_at,
            by,
            ..
        } => {
            c.offer = Some(Offer {
                id: *offer,
                kind: OfferKind::Transfer,
                agent: *to,
                by: by.clone(),
                units: *units,
                exceeded_by: *exceeded_by,
                made_at: now,
                due_at: *due_at,
            });
        }
        Change::TransferAccepted { from, to, .. } => {
            let units = c.offer.take().map_or(0, |offer| offer.units);
            c.consultants.remove(to);
            if c.state == State::Active {
                c.consultants.insert(*from);
            }
            take(c, *to, AgentKind::Human, units);
        }
        Change::TransferRejected { agent, .. } | Change::TransferTimedOut { agent, .. } => {
            c.offer = None;
            decline(c, *agent);
        }
        Change::TransferCancelled { .. } => c.offer = None,
        Change::SetAside => {
            hold(c, false);
            enter(c, State::Waiting, StatusReason::AwaitingCustomerResponse);
        }
        Change::Reactivated { by_agent: true } => {
            hold(c, true);
            enter(c, State::Active, StatusReason::InConversation);
        }
        Change::Reactivated { by_agent: false } | Change::ReleasedToQueue { .. } => {
            back_to_queue(c, now);
        }
        Change::Requeued { to, .. } => {
            c.queue = *to;
            back_to_queue(c, now);
        }
        Change::TakenOver { from, agent, units } => {
            c.consultants.remove(agent);
            let was_human = c
                .primary
                .as_ref()
                .is_some_and(|p| p.kind == AgentKind::Human);
            if c.state == State::Active && was_human {
                c.consultants.insert(*from);
            }
            take(c, *agent, AgentKind::Human, *units);
            c.no_signal_is_open();
            // Another stint begins.
            (c.clocks.handled_since, c.clocks.handled_due) = (None, None);
        }
        Change::MonitoringStarted {
            session,
            supervisor,
            until,
            token,
        } => look(
            c,
            Monitor {
                session: *session,
                kind: LookKind::Monitor,
                supervisor: supervisor.clone(),
                started_at: now,
                until: *until,
                token: token.clone(),
                joined_at: None,
            },
        ),
        Change::ReviewStarted {
            session,
            supervisor,
            until,
            token,
        } => look(
            c,
            Monitor {
                session: *session,
                kind: LookKind::Review,
                supervisor: supervisor.clone(),
                started_at: now,
                until: *until,
                token: token.clone(),
                joined_at: None,
            },
        ),
        Change::MonitoringStopped { supervisor, .. } | Change::ReviewStopped { supervisor, .. } => {
            c.monitors
                .retain(|monitor| monitor.supervisor != *supervisor);
        }
        Change::SupervisorJoined { supervisor } => joined(c, supervisor, Some(now)),
        Change::SupervisorLeft { supervisor } => joined(c, supervisor, None),
        Change::ConsultantLeft { agent } => {
            c.consultants.remove(agent);
        }
        Change::ModeChanged { mode } => c.mode = *mode,
        Change::CustomerDisconnected { grace_until } => {
            c.customer_away_since = Some(now);
            c.customer_grace_until = Some(*grace_until);
        }
        Change::CustomerReconnected => customer_is_no_longer_awaited(c),
        Change::ConsentRecorded {
            notice_given_at,
            consent,
        } => {
            c.notice_given_at = *notice_given_at;
            c.consent = *consent;
        }
        Change::LabelsChanged {
            added,
            removed,
            priority,
            set,
            unset,
        } => {
            for tag in removed {
                c.tags.remove(tag);
            }
            for tag in added {
                c.tags.add(tag.clone());
            }
            c.priority = priority.unwrap_or(c.priority);
            c.attributes.retain(|key| !unset.contains(key));
            c.attributes.extend(set.iter().cloned());
        }
        Change::DispositionSet { code } => c.disposition = Some(code.clone()),
        Change::RatingRecorded { score } => {
            c.rating = Some(Rating {
                score: *score,
                at: now,
            });
        }
        Change::MovedToWrapUp { reason } => {
            customer_is_no_longer_awaited(c);
            nothing_is_unanswered(c);
            if is_messaging(c.channel) {
                c.mode = Mode::Text;
            }
            enter(c, State::WrapUp, *reason);
            match workstream.wrap_up_capacity {
                WrapUpCapacity::Always => {}
                WrapUpCapacity::Never => hold(c, false),
                // A bot has none to give back.
                WrapUpCapacity::Seconds(seconds) => {
                    let holds = c
                        .primary
                        .as_ref()
                        .is_some_and(|p| p.kind == AgentKind::Human);
                    c.capacity_until = holds.then(|| now + TimeDelta::seconds(seconds.into()));
                }
            }
        }
        Change::CapacityReleased { .. } => {
            hold(c, false);
            c.capacity_until = None;
        }
        Change::Closed { reason } => close(c, *reason, now),
        Change::ForceClosed { .. } => close(c, StatusReason::ForceClosedBySupervisor, now),
        // Who a customer is, and what they are called, stands beside the images; so do reactions.
        Change::ConversationStarted
        | Change::CustomerChanged { .. }
        | Change::CustomersMerged { .. }
        | Change::MessageReaction { .. }
        | Change::SentimentCorrected { .. }
        | Change::AgentPresenceChanged { .. }
        | Change::AgentChanged { .. }
        | Change::QueueChanged { .. }
        | Change::WorkstreamChanged { .. }
        | Change::MembershipChanged { .. }
        | Change::AgentsNotified { .. }
        | Change::SupervisorSettingsChanged => {}
    }
}

/// Comes into a state, and ends what has no place in it (domain.md sections 2 and 4). Who makes an
/// offer with the state sets it afterwards; who takes one up takes it before.
fn enter(c: &mut Conversation, state: State, reason: StatusReason) {
    c.wrote_in_wrap_up_at = None;
    c.capacity_until = None;
    c.state = state;
    c.reason = reason;
    c.offer = None;
    if state != State::Active {
        c.consultants.clear();
        for monitor in &mut c.monitors {
            monitor.joined_at = None;
        }
    }
    // What is in conversation or wrapped up is monitored, everything else reviewed.
    let kind = match (state, reason) {
        (State::Active, StatusReason::InConversation) | (State::WrapUp, _) => LookKind::Monitor,
        _ => LookKind::Review,
    };
    c.monitors.retain(|look| look.kind == kind);
}

/// A look begins, or a new token takes over the one that runs.
fn look(c: &mut Conversation, begun: Monitor) {
    let mut looks = c.monitors.iter_mut();
    match looks.find(|look| look.supervisor == begun.supervisor) {
        Some(running) => (running.until, running.token) = (begun.until, begun.token),
        None => c.monitors.push(begun),
    }
}

/// Nobody has it any more.
fn back_to_queue(c: &mut Conversation, now: DateTime<Utc>) {
    c.primary = None;
    c.waiting_since = Some(now);
    enter(c, State::Open, StatusReason::AwaitingAgentAssignment);
}

/// An agent takes it.
fn take(c: &mut Conversation, agent: AgentId, kind: AgentKind, units: u32) {
    c.waiting_since = None;
    c.declined = 0;
    c.primary = Some(Primary {
        agent,
        kind,
        units,
        holds: true,
    });
    enter(c, State::Active, StatusReason::InConversation);
}

/// Reasons appear and go. Sentiment that is at the threshold without a message having brought it
/// there (the threshold moved) counts as alerted, and as recovered when the threshold leaves it: an
/// alert again only after it was above. `NOT_AVAILABLE` is no recovery.
fn attend(c: &mut Conversation, added: &[Attention], removed: &[AttentionReason]) {
    let low = AttentionReason::SentimentAtOrBelowThreshold;
    for reason in removed {
        c.attention.remove(reason);
        if *reason == low && c.sentiment.level != SentimentLevel::NotAvailable {
            c.alerted = false;
        }
    }
    for Attention { reason, since } in added {
        c.attention.insert(*reason, *since);
        c.alerted |= *reason == low;
    }
}

/// A request for help is the primary agent's, and goes with them.
fn only_its_agent_asks_for_help(c: &mut Conversation) {
    let primary = c.primary_agent().filter(|_| c.is_ongoing());
    c.help.take_if(|help| Some(help.agent) != primary);
}

fn hold(c: &mut Conversation, holds: bool) {
    if let Some(primary) = &mut c.primary {
        primary.holds = holds;
    }
}

fn decline(c: &mut Conversation, agent: AgentId) {
    *c.declines.entry(agent).or_default() += 1;
    c.declined += 1;
}

fn joined(c: &mut Conversation, supervisor: &super::Subject, at: Option<DateTime<Utc>>) {
    if let Some(monitor) = c.monitors.iter_mut().find(|m| m.supervisor == *supervisor) {
        monitor.joined_at = at;
    }
}

fn customer_is_no_longer_awaited(c: &mut Conversation) {
    c.customer_away_since = None;
    c.customer_grace_until = None;
}

fn close(c: &mut Conversation, reason: StatusReason, now: DateTime<Utc>) {
    customer_is_no_longer_awaited(c);
    hold(c, false);
    nothing_is_unanswered(c);
    c.last_answer = None;
    c.waiting_since = None;
    c.capacity_until = None;
    c.attention.clear();
    c.acknowledged.clear();
    c.no_signal_is_open();
    c.closed_at = Some(now);
    enter(c, State::Closed, reason);
}
