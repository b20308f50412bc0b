//! The figures of a supervisor's day: what each event adds to which bucket (domain.md section 12).
//!
//! [`Counting`] follows the log, one event after another, and says what to add. An event is enough to count what it ended:
//! the image says how the conversation stood before (`course`). What is kept between events are the agents' hands, from which
//! times are counted, and the settings by which events are judged.

mod agents;
mod backwards;
mod calendar;
mod counting;
mod counts;
mod figures;
mod handled;
mod sketch;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{AgentId, AlertThreshold, Channel, Conversation, QueueId, Settings, WorkstreamId};

pub use agents::Hand;
pub use backwards::{Backwards, HandsThen};
pub use calendar::{Zone, day_of, intervals, zone_of};
pub use counting::{Correction, Counted, Counting, Occurrence, human};
pub use figures::{AgentTimes, Figures};
pub use handled::Handled;
pub use sketch::{Durations, ERROR as PERCENTILE_ERROR, LIMITS};

/// The length of the shortest buckets.
pub const MINUTE: TimeDelta = TimeDelta::minutes(1);
/// The length of the buckets that are kept for long.
pub const QUARTER: TimeDelta = TimeDelta::minutes(15);
/// The length of the buckets that long ranges are read from: a day in UTC.
pub const DAY: TimeDelta = TimeDelta::days(1);

/// What figures of conversations are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueueKey {
    /// The queue.
    pub queue: QueueId,
    /// The channel.
    pub channel: Channel,
    /// The workstream.
    pub workstream: WorkstreamId,
}

impl QueueKey {
    /// That of a conversation as it is.
    pub const fn of(c: &Conversation) -> Self {
        Self {
            queue: c.queue,
            channel: c.channel,
            workstream: c.workstream,
        }
    }
}

/// What figures of agents' work are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgentKey {
    /// The agent: a person.
    pub agent: AgentId,
    /// The queue of the work.
    pub queue: QueueId,
}

/// By which settings events are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// At or below which level a customer message counts as low.
    pub threshold: AlertThreshold,
    /// Below how many seconds a customer who left counts for no rate.
    pub short_abandon_seconds: u32,
}

impl Judgement {
    /// That of these settings.
    pub const fn of(settings: &Settings) -> Self {
        Self {
            threshold: settings.sentiment_alert_threshold,
            short_abandon_seconds: settings.short_abandon_seconds,
        }
    }
}

/// The begin of the bucket of this length in which the instant is.
pub fn bucket_of(at: DateTime<Utc>, length: TimeDelta) -> DateTime<Utc> {
    // Fails for instants beyond the years 1677 and 2262 alone.
    at.duration_trunc(length).unwrap_or(at)
}
