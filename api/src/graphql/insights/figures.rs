//! The figures of one row.

use async_graphql::{Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::durations::DurationFigures;
use super::series::{mean_rating, mean_score, present, scored, share};
use domain::{Presence, SentimentLevel, StatusReason};
use engine::app::insights::{Cell, Oldest};

/// What was counted.
#[derive(Clone)]
pub struct InsightFigures {
    pub(super) cell: Cell,
    /// Of whom the times are, if the viewer may know them.
    pub(super) times: bool,
    /// Whether there is no abandoning here: of agents.
    pub(super) of_agents: bool,
    /// Since when customers wait, where the range has not ended.
    pub(super) oldest: Oldest,
}

/// What was counted of conversations, each figure by domain.md section 12. A figure counts when what it is of ends, in the queue in
/// which it ended, and is never corrected but for a score that is replaced. "Agent" is a person; bots count apart. A mean, a
/// share or a percentile of no cases is null.
#[Object]
impl InsightFigures {
    /// Visits: the times in which conversations waited in a queue for somebody to take them, OPEN or offered.
    async fn visits(&self) -> VisitFigures {
        VisitFigures(self.clone())
    }

    /// Stints in ACTIVE, the time from taking a conversation to giving it up, setting it aside, or its end: by one agent in one queue.
    /// WAITING never counts.
    async fn handle_time(&self) -> DurationFigures {
        DurationFigures(self.cell.figures.handled.clone())
    }

    /// Stints in WRAP_UP.
    async fn wrap_up_time(&self) -> DurationFigures {
        DurationFigures(self.cell.figures.wrapped_up.clone())
    }

    /// Stints of bots in ACTIVE.
    async fn bot_handle_time(&self) -> DurationFigures {
        DurationFigures(self.cell.figures.handled_by_bots.clone())
    }

    /// From the begin of a conversation to the first PUBLIC message of an agent, counted with that message.
    async fn first_response(&self) -> DurationFigures {
        DurationFigures(self.cell.figures.first_response.clone())
    }

    /// From the oldest customer message that nobody had answered to an agent's answer.
    async fn response_time(&self) -> DurationFigures {
        DurationFigures(self.cell.figures.response.clone())
    }

    /// Transfers by which an agent here became the primary agent.
    async fn transfers_in(&self) -> u64 {
        self.cell.figures.transfers_in
    }

    /// Transfers by which an agent here ceased to be the primary agent.
    async fn transfers_out(&self) -> u64 {
        self.cell.figures.transfers_out
    }

    /// Conversations that a supervisor took from whoever had them here, and gave to a queue.
    async fn requeued(&self) -> u64 {
        self.cell.figures.requeued
    }

    /// Conversations that whoever had them gave back to the queue, or lost by being disconnected.
    async fn released(&self) -> u64 {
        self.cell.figures.released
    }

    /// Offers to agents.
    async fn offers(&self) -> OfferFigures {
        OfferFigures(self.cell.clone())
    }

    /// Conversations that were ongoing at the end of the range, or are now.
    async fn ongoing(&self) -> i64 {
        self.cell.ongoing
    }

    /// Conversations that were closed.
    async fn closed(&self) -> i64 {
        self.cell.figures.closed.values().sum()
    }

    /// Conversations that were closed, by why; only reasons that occur.
    async fn closed_by_reason(&self) -> Vec<ClosedCount> {
        let closed = self.cell.figures.closed.iter();
        let count = |(status_reason, count): (&StatusReason, &i64)| ClosedCount {
            status_reason: *status_reason,
            count: *count,
        };
        closed.map(count).collect()
    }

    /// Conversations that were closed with a disposition, by its code; only codes that occur.
    async fn closed_by_disposition(&self) -> Vec<DispositionCount> {
        let codes = self.cell.figures.dispositions.iter();
        codes
            .map(|(code, count)| DispositionCount {
                code: code.to_string(),
                count: *count,
            })
            .collect()
    }

    /// What customers felt like.
    async fn sentiment(&self) -> SentimentFigures {
        SentimentFigures(self.cell.clone())
    }

    /// How customers rated conversations, in the queue and of the agent where these ended.
    async fn ratings(&self) -> RatingFigures {
        RatingFigures(self.cell.clone())
    }

    /// The agent's times. Of rows by agent alone; null for supervisors whose scope lacks a queue of the agent, since these
    /// figures belong to no queue.
    async fn times(&self) -> Option<AgentTimeFigures> {
        self.times.then(|| AgentTimeFigures(self.cell.clone()))
    }
}

/// Visits.
pub struct VisitFigures(InsightFigures);

/// Visits: each began once and ends once, so begun = ended + still waiting.
#[Object]
impl VisitFigures {
    /// Visits that began.
    async fn begun(&self) -> u64 {
        self.0.cell.figures.begun()
    }

    /// Of these: with the conversation.
    async fn begun_by_start(&self) -> u64 {
        self.0.cell.figures.begun_started
    }

    /// Of these: by a supervisor who moved it from another queue.
    async fn begun_by_move(&self) -> u64 {
        self.0.cell.figures.begun_moved_in
    }

    /// Of these: by a supervisor who requeued it.
    async fn begun_by_requeue(&self) -> u64 {
        self.0.cell.figures.begun_requeued
    }

    /// Of these: by its agent, who released it or was disconnected.
    async fn begun_by_release(&self) -> u64 {
        self.0.cell.figures.begun_released
    }

    /// Of these: by the customer, who wrote in WAITING.
    async fn begun_by_return(&self) -> u64 {
        self.0.cell.figures.begun_returned
    }

    /// Visits that ended.
    async fn ended(&self) -> u64 {
        self.0.cell.figures.ended()
    }

    /// Visits that were running at the end of the range, or are now.
    async fn waiting(&self) -> i64 {
        self.0.cell.waiting
    }

    /// Since when the oldest visit runs; null where none does, where the range is over, and by agent.
    async fn longest_visit_since(&self) -> Option<DateTime<Utc>> {
        self.0.oldest.visit
    }

    /// Since when the customer waits who has waited longest, whichever queues they came through (`waitingSince`); null where none
    /// does, where the range is over, and by agent.
    async fn longest_waiting_since(&self) -> Option<DateTime<Utc>> {
        self.0.oldest.wait
    }

    /// Visits that ended when an agent took the conversation.
    async fn accepted(&self) -> u64 {
        self.0.cell.figures.accepted.count
    }

    /// Visits that ended when a bot took the conversation.
    async fn accepted_by_bots(&self) -> u64 {
        self.0.cell.figures.accepted_by_bots
    }

    /// From the begin of a visit to its acceptance.
    async fn speed_of_answer(&self) -> DurationFigures {
        DurationFigures(self.0.cell.figures.accepted.clone())
    }

    /// Visits that ended because the customer left, but for short ones.
    async fn abandoned(&self) -> u64 {
        self.0.cell.figures.abandoned.count
    }

    /// Visits that ended because the customer left within the setting `shortAbandonSeconds`: in no rate.
    async fn abandoned_short(&self) -> u64 {
        self.0.cell.figures.abandoned_short
    }

    /// From the begin of a visit to the customer's leaving: in live chat, when they disconnected.
    async fn time_to_abandon(&self) -> DurationFigures {
        DurationFigures(self.0.cell.figures.abandoned.clone())
    }

    /// abandoned / (accepted + abandoned), from 0 to 1. Null by agent: who leaves a queue leaves no agent.
    async fn abandon_rate(&self) -> Option<f64> {
        let cell = &self.0.cell;
        share(cell.figures.abandoned.count, cell.cases).filter(|_| !self.0.of_agents)
    }

    /// Visits that ended when a supervisor moved the conversation to another queue.
    async fn moved_out(&self) -> u64 {
        self.0.cell.figures.moved_out
    }

    /// Visits that ended when the system closed the conversation.
    async fn closed_by_system(&self) -> u64 {
        self.0.cell.figures.closed_by_system
    }

    /// Visits that ended when a supervisor closed the conversation.
    async fn closed_by_supervisor(&self) -> u64 {
        self.0.cell.figures.closed_by_supervisor
    }

    /// How many visits an agent ended in time. Null by agent: who leaves a queue leaves no agent.
    async fn service_level(&self) -> Option<ServiceLevel> {
        let (within, cases) = (self.0.cell.in_time, self.0.cell.cases);
        (!self.0.of_agents).then_some(ServiceLevel {
            within,
            cases,
            share: share(within, cases),
        })
    }
}

/// How many visits an agent ended in time.
#[derive(SimpleObject)]
pub struct ServiceLevel {
    /// Visits that were taken within `serviceLevelSeconds`, or else within what the workstream says.
    within: u64,
    /// accepted + abandoned, but for short ones.
    cases: u64,
    /// within / cases, from 0 to 1; null without cases.
    share: Option<f64>,
}

/// Offers to agents.
pub struct OfferFigures(Cell);

/// Offers to agents: made = accepted + rejected + timed out + cancelled + still pending.
#[Object]
impl OfferFigures {
    /// Offers that were made.
    async fn made(&self) -> u64 {
        self.0.figures.offers_made
    }

    /// Offers that the agent took.
    async fn accepted(&self) -> u64 {
        self.0.figures.offers_accepted.count
    }

    /// Offers that the agent refused.
    async fn rejected(&self) -> u64 {
        self.0.figures.offers_rejected
    }

    /// Offers that the agent did not answer in time.
    async fn timed_out(&self) -> u64 {
        self.0.figures.offers_timed_out
    }

    /// Offers that were withdrawn, or ended with what they were of.
    async fn cancelled(&self) -> u64 {
        self.0.figures.offers_cancelled
    }

    /// From the offer to its acceptance.
    async fn accept_time(&self) -> DurationFigures {
        DurationFigures(self.0.figures.offers_accepted.clone())
    }
}

/// How many conversations were closed for a reason.
#[derive(SimpleObject)]
pub struct ClosedCount {
    /// Why.
    status_reason: StatusReason,
    /// How many.
    count: i64,
}

/// How many conversations were closed with a disposition.
#[derive(SimpleObject)]
pub struct DispositionCount {
    /// The disposition's code.
    code: String,
    /// How many.
    count: i64,
}

/// What customers felt like.
pub struct SentimentFigures(Cell);

/// What customers felt like: of their messages, in the bucket in which each came in; a score that is replaced moves there.
#[Object]
impl SentimentFigures {
    /// Customer messages that have a score.
    async fn scored(&self) -> i64 {
        scored(&self.0)
    }

    /// The mean of their scores, from -1 to 1.
    async fn mean_score(&self) -> Option<f64> {
        mean_score(&self.0)
    }

    /// Customer messages at or below the alert threshold, as it was when each came in.
    async fn at_or_below_threshold(&self) -> i64 {
        self.0.figures.low_messages
    }

    /// Customer messages without a score: no text, a language that is not understood, or analysis switched off.
    async fn not_available(&self) -> i64 {
        let messages = &self.0.figures.messages;
        messages
            .get(&SentimentLevel::NotAvailable)
            .copied()
            .unwrap_or(0)
    }

    /// Stints in ACTIVE at whose end the level was better than at their begin.
    async fn improved(&self) -> u64 {
        self.0.figures.improved
    }

    /// Stints in ACTIVE at whose end the level was worse than at their begin.
    async fn worsened(&self) -> u64 {
        self.0.figures.worsened
    }
}

/// How customers rated conversations.
pub struct RatingFigures(Cell);

/// How customers rated conversations, in the bucket in which each rating was given.
#[Object]
impl RatingFigures {
    /// Ratings.
    async fn count(&self) -> i64 {
        self.0.figures.ratings.values().sum()
    }

    /// Their mean, from 1 to 5.
    async fn mean(&self) -> Option<f64> {
        mean_rating(&self.0)
    }

    /// The share of 4 and 5 among them, from 0 to 1.
    async fn share_of_good(&self) -> Option<f64> {
        let count = |good: bool| {
            let ratings = self.0.figures.ratings.iter();
            let these = ratings.filter(|(score, _)| !good || **score >= 4);
            u64::try_from(these.map(|(_, count)| count).sum::<i64>()).unwrap_or(0)
        };
        share(count(true), count(false))
    }
}

/// An agent's times.
pub struct AgentTimeFigures(Cell);

/// An agent's times, cut at the bounds of the range; what runs counts up to now. For administrators, the agent, and
/// supervisors whose scope has every queue of the agent.
#[Object]
impl AgentTimeFigures {
    /// How long the agent had each presence, in seconds; only those that occur. OFFLINE is the rest of the range, and not told.
    async fn presences(&self) -> Vec<PresenceTime> {
        let times = &self.0.times;
        let all = [
            (Presence::Available, times.available),
            (Presence::Busy, times.busy),
            (Presence::BusyDoNotDisturb, times.busy_do_not_disturb),
            (Presence::Away, times.away),
            (Presence::Inactive, times.inactive),
        ];
        let these = all.into_iter().filter(|(_, millis)| *millis > 0);
        these
            .map(|(presence, millis)| PresenceTime {
                presence,
                seconds: seconds(millis),
            })
            .collect()
    }

    /// The time with at least one conversation in hand (ACTIVE and accepted, or WRAP_UP) / the time not OFFLINE, from 0 to 1.
    async fn occupancy(&self) -> Option<f64> {
        share(self.0.times.handling, present(&self.0))
    }

    /// The mean number of conversations in hand, while there was one.
    async fn concurrency(&self) -> Option<f64> {
        share(self.0.times.in_hand, self.0.times.handling)
    }

    /// Units consumed / units in all, over the time not OFFLINE; above 1 beyond the capacity.
    async fn capacity_in_use(&self) -> Option<f64> {
        share(self.0.times.units_consumed, self.0.times.units_total)
    }
}

/// How long an agent had a presence.
#[derive(SimpleObject)]
pub struct PresenceTime {
    /// The presence.
    presence: Presence,
    /// How long, in seconds.
    seconds: f64,
}

#[allow(clippy::cast_precision_loss)]
fn seconds(millis: u64) -> f64 {
    millis as f64 / 1_000.0
}
