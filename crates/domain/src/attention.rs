//! Attention: the reasons to look at a conversation now, and the clocks that some of them come by
//! (domain.md section 6, docs/decisions/0006-attention.md).
//!
//! [`reasons`] is a function of an image, the settings and the instant alone. `decide` asks it once,
//! at the end of every command, for every conversation that the command touched; no other rule adds
//! a reason or takes one away, but for CLOSED, which has none.
//!
//! A clock starts with what it measures and has its due time from then on, by the threshold of that
//! moment; `evolve` lets `run_clocks` see to that after every change. An image from before there
//! was attention gets its clocks with the first change after it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::directory::AttentionThresholds;
use super::hours::Pace;
use super::sentiment::at_or_below;
use super::{AttentionReason, Conversation, Settings, State};

/// How many declines by all agents together are reason to look.
const DECLINES: u32 = 2;

/// A reason to look now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attention {
    /// Which.
    pub reason: AttentionReason,
    /// Since when it holds; what comes by a clock holds since the clock was due.
    pub since: DateTime<Utc>,
}

/// The clocks of the reasons that come with time. What waiting and unanswered count from is the
/// image's own `waiting_since` and `unanswered_since`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clocks {
    /// When nobody has taken it for too long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_due: Option<DateTime<Utc>>,
    /// When the customer has been unanswered for too long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unanswered_due: Option<DateTime<Utc>>,
    /// Since when it is in conversation, whoever has it; a transfer does not start it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handled_since: Option<DateTime<Utc>>,
    /// When it has been in conversation for too long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handled_due: Option<DateTime<Utc>>,
}

impl Clocks {
    /// Whether none runs.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How the customer was answered: by agents, bots and joined supervisors, with PUBLIC messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Responses {
    /// When the customer was first written to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_at: Option<DateTime<Utc>>,
    /// When the customer was last written to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_at: Option<DateTime<Utc>>,
    /// How many waits of the customer ended with an answer.
    pub waits: u32,
    /// How long those were together, in milliseconds.
    pub waited_millis: u64,
}

impl Responses {
    /// Whether nobody has written to the customer.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Somebody wrote to the customer, who had been waiting since then, or was not waiting.
    pub(super) fn answered(&mut self, unanswered_since: Option<DateTime<Utc>>, now: DateTime<Utc>) {
        self.first_at.get_or_insert(now);
        self.last_at = Some(now);
        if let Some(since) = unanswered_since {
            let millis = u64::try_from((now - since).num_milliseconds()).unwrap_or(0);
            self.waits += 1;
            self.waited_millis += millis;
        }
    }

    /// The mean of the customer's waits in seconds, to the millisecond; none before the first answer.
    pub fn average_seconds(&self) -> Option<f64> {
        let millis = self.waited_millis.checked_div(u64::from(self.waits))?;
        // Far below the 285,000 years from which on a double is too coarse.
        #[allow(clippy::cast_precision_loss)]
        Some(millis as f64 / 1000.0)
    }
}

/// Which reasons hold now, each with since when. One that held already keeps its instant.
pub fn reasons(
    conversation: &Conversation,
    settings: &Settings,
    now: DateTime<Utc>,
) -> BTreeMap<AttentionReason, DateTime<Utc>> {
    let c = conversation;
    if !c.is_ongoing() {
        return BTreeMap::new();
    }
    let low = at_or_below(c.sentiment.level, settings.sentiment_alert_threshold);
    let declined = c.declined >= DECLINES && c.state != State::WrapUp;
    let others = [
        (
            AttentionReason::SentimentAtOrBelowThreshold,
            low.then_some(now),
        ),
        (
            AttentionReason::OfferDeclinedRepeatedly,
            declined.then_some(now),
        ),
        (AttentionReason::CustomerDisconnected, c.customer_away_since),
        (
            AttentionReason::CustomerWroteInWrapUp,
            c.wrote_in_wrap_up_at,
        ),
        (
            AttentionReason::HelpRequested,
            c.help.as_ref().map(|help| help.since),
        ),
        (
            AttentionReason::DeliveryFailed,
            c.last_answer.as_ref().and_then(|answer| answer.failed_at),
        ),
        (
            AttentionReason::EscalationSignal,
            c.signals.first().map(|signalled| signalled.at),
        ),
    ];
    let others = others
        .into_iter()
        .filter(|(reason, _)| !c.acknowledged.contains(reason))
        .filter_map(|(reason, since)| Some((reason, since?)));
    counting(c)
        .filter(|(_, due)| *due <= now)
        .chain(others)
        .map(|(reason, since)| (reason, c.attention.get(&reason).copied().unwrap_or(since)))
        .collect()
}

/// Whether a supervisor ends this reason by acknowledging it: one that no other act of theirs is sure to end. None comes by a
/// clock.
pub const fn is_acknowledged(reason: AttentionReason) -> bool {
    match reason {
        AttentionReason::DeliveryFailed | AttentionReason::EscalationSignal => true,
        AttentionReason::SentimentAtOrBelowThreshold
        | AttentionReason::WaitingForAgentTooLong
        | AttentionReason::CustomerUnansweredTooLong
        | AttentionReason::OfferDeclinedRepeatedly
        | AttentionReason::CustomerDisconnected
        | AttentionReason::HandledTooLong
        | AttentionReason::CustomerWroteInWrapUp
        | AttentionReason::HelpRequested => false,
    }
}

/// There is a new cause for this reason, whatever was acknowledged before.
pub(super) fn has_new_cause(conversation: &mut Conversation, reason: AttentionReason) {
    conversation.acknowledged.remove(&reason);
}

/// When the next reason comes by itself; none when no clock runs whose reason does not hold yet.
pub fn next_due(conversation: &Conversation) -> Option<DateTime<Utc>> {
    counting(conversation)
        .filter(|(reason, _)| !conversation.attention.contains_key(reason))
        .map(|(_, due)| due)
        .min()
}

/// The clocks that count in its state, with their due times.
fn counting(c: &Conversation) -> impl Iterator<Item = (AttentionReason, DateTime<Utc>)> {
    // What a customer writes in after-work needs no answer.
    let answerable = c.state != State::WrapUp;
    [
        (
            AttentionReason::WaitingForAgentTooLong,
            c.clocks.waiting_due,
        ),
        (
            AttentionReason::CustomerUnansweredTooLong,
            c.clocks.unanswered_due.filter(|_| answerable),
        ),
        (AttentionReason::HandledTooLong, c.clocks.handled_due),
    ]
    .into_iter()
    .filter_map(|(reason, due)| Some((reason, due?)))
}

/// Starts, keeps and ends the clocks of an image that follows from the one before. Those of waiting and unanswered run by
/// `pace`.
pub(super) fn run_clocks(
    before: &Conversation,
    next: &mut Conversation,
    thresholds: &AttentionThresholds,
    pace: Pace<'_>,
    now: DateTime<Utc>,
) {
    let was = next.clocks;
    let by = |pace: Pace<'_>, since: Option<DateTime<Utc>>, before, due: Option<_>, seconds| {
        let since = since?;
        match due.filter(|_| before == Some(since)) {
            Some(due) => pace.goes_on(due, now),
            None => pace.due_after(since, seconds),
        }
    };
    let due = |since, before, due, seconds| by(pace, since, before, due, seconds);
    let handled = next.is_in_conversation();
    let handled_since = handled.then(|| was.handled_since.unwrap_or(now));
    next.clocks = Clocks {
        waiting_due: due(
            next.waiting_since,
            before.waiting_since,
            was.waiting_due,
            thresholds.waiting_seconds,
        ),
        unanswered_due: due(
            next.unanswered_since,
            before.unanswered_since,
            was.unanswered_due,
            thresholds.unanswered_seconds,
        ),
        handled_since,
        // Whoever has it is there.
        handled_due: by(
            Pace::default(),
            handled_since,
            was.handled_since,
            was.handled_due,
            thresholds.handled_seconds,
        ),
    };
}

/// A conversation that has just begun, with its clocks started.
pub(super) fn begun(
    mut conversation: Conversation,
    thresholds: &AttentionThresholds,
    pace: Pace<'_>,
) -> Conversation {
    let (before, now) = (conversation.clone(), conversation.started_at);
    run_clocks(&before, &mut conversation, thresholds, pace, now);
    conversation
}
