//! An agent's hand: their presence, what they have to do, and the times that follow from it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{AgentTimes, MINUTE, bucket_of};
use crate::Presence;

/// How an agent stands, and until when their times are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hand {
    /// The presence.
    pub presence: Presence,
    /// The capacity, in units.
    pub units_total: u32,
    /// The units consumed.
    pub units_consumed: u32,
    /// How many conversations they have, ACTIVE and accepted or in `WRAP_UP`.
    pub in_hand: u32,
    /// Until when their times are counted.
    pub counted_to: DateTime<Utc>,
}

impl Hand {
    /// Counts on to this instant: gives the times of each minute in which there are some.
    pub fn count_to(&mut self, to: DateTime<Utc>, mut give: impl FnMut(DateTime<Utc>, AgentTimes)) {
        if self.presence == Presence::Offline {
            // However long that was.
            self.counted_to = self.counted_to.max(to);
        }
        while self.counted_to < to {
            let minute = bucket_of(self.counted_to, MINUTE);
            let until = to.min(minute + MINUTE);
            let times = self.times_to(until);
            if times != AgentTimes::default() {
                give(minute, times);
            }
            self.counted_to = until;
        }
    }

    /// The times from where they are counted to this instant.
    pub fn times_to(&self, to: DateTime<Utc>) -> AgentTimes {
        let millis = u64::try_from((to - self.counted_to).num_milliseconds()).unwrap_or(0);
        let mut times = AgentTimes::default();
        // Who is not at work needs no rows; the rest of the time is theirs.
        let present = match self.presence {
            Presence::Offline => return times,
            Presence::Available => &mut times.available,
            Presence::Busy => &mut times.busy,
            Presence::BusyDoNotDisturb => &mut times.busy_do_not_disturb,
            Presence::Away => &mut times.away,
            Presence::Inactive => &mut times.inactive,
        };
        *present = millis;
        times.handling = if self.in_hand > 0 { millis } else { 0 };
        times.in_hand = u64::from(self.in_hand) * millis;
        times.units_consumed = u64::from(self.units_consumed) * millis;
        times.units_total = u64::from(self.units_total) * millis;
        times
    }
}
