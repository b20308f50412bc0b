//! Figures: what is counted of conversations in a bucket. They only add up, so that buckets join in any order.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Durations;
use crate::{SentimentLevel, StatusReason};

macro_rules! figures {
    ($(#[$doc:meta])* $name:ident {
        $(counts { $($(#[$cdoc:meta])* $count:ident = $ctext:literal,)* })?
        $(changes { $($(#[$gdoc:meta])* $change:ident = $gtext:literal,)* })?
        $(durations { $($(#[$ddoc:meta])* $duration:ident = $dtext:literal,)* })?
        $(by { $($(#[$mdoc:meta])* $map:ident : $key:ty = $mtext:literal,)* })?
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name {
            $($($(#[$cdoc])* #[serde(rename = $ctext, default, skip_serializing_if = "is_zero")] pub $count: u64,)*)?
            $($($(#[$gdoc])* #[serde(rename = $gtext, default, skip_serializing_if = "is_nought")] pub $change: i64,)*)?
            $($($(#[$ddoc])* #[serde(rename = $dtext, default, skip_serializing_if = "Durations::is_empty")] pub $duration: Durations,)*)?
            $($($(#[$mdoc])* #[serde(rename = $mtext, default, skip_serializing_if = "BTreeMap::is_empty")] pub $map: BTreeMap<$key, i64>,)*)?
        }

        impl $name {
            /// Adds these.
            pub fn join(&mut self, other: &Self) {
                $($(self.$count += other.$count;)*)?
                $($(self.$change += other.$change;)*)?
                $($(self.$duration.join(&other.$duration);)*)?
                $($(join_map(&mut self.$map, &other.$map);)*)?
            }
        }
    };
}

figures! {
    /// What is counted of conversations: in one queue, channel and workstream, or of one agent in one queue.
    Figures {
        counts {
            /// Visits that began with the conversation.
            begun_started = "bs",
            /// Visits that began when a supervisor moved it here.
            begun_moved_in = "bm",
            /// Visits that began when a supervisor gave it back to a queue.
            begun_requeued = "bq",
            /// Visits that began when its agent gave it back, or was disconnected.
            begun_released = "bl",
            /// Visits that began when the customer wrote in WAITING.
            begun_returned = "bw",
            /// Visits that a bot ended by picking it.
            accepted_by_bots = "ab",
            /// Visits that the customer ended so early that it counts for no rate.
            abandoned_short = "as",
            /// Visits that a supervisor ended by moving it to another queue.
            moved_out = "mo",
            /// Visits that the system ended by closing it.
            closed_by_system = "cs",
            /// Visits that a supervisor ended by closing it.
            closed_by_supervisor = "cv",
            /// Transfers that made the agent here the primary agent.
            transfers_in = "ti",
            /// Transfers that took the conversation from the agent here.
            transfers_out = "to",
            /// Conversations that a supervisor took from an agent here and gave to a queue.
            requeued = "rq",
            /// Conversations that an agent gave back, or lost by being disconnected.
            released = "rl",
            /// Offers to agents.
            offers_made = "om",
            /// Offers that the agent refused.
            offers_rejected = "or",
            /// Offers that nobody answered in time.
            offers_timed_out = "ot",
            /// Offers that were withdrawn or overtaken.
            offers_cancelled = "oc",
            /// Stints in ACTIVE at whose end the customer felt better than at their begin.
            improved = "si",
            /// Stints in ACTIVE at whose end the customer felt worse than at their begin.
            worsened = "sw",
        }
        changes {
            /// By how many the ongoing conversations became more.
            ongoing = "g",
            /// By how many the running visits became more.
            waiting = "v",
            /// Customer messages at or below the alert threshold of their time.
            low_messages = "lo",
            /// The sum of the scores of customer messages, in thousandths.
            score_thousandths = "sc",
        }
        durations {
            /// Visits that an agent ended by taking it: how long they were.
            accepted = "ac",
            /// Visits that the customer ended by leaving, but for those that were too short.
            abandoned = "an",
            /// Stints in ACTIVE.
            handled = "ha",
            /// Stints in `WRAP_UP`.
            wrapped_up = "wr",
            /// Stints of bots in ACTIVE.
            handled_by_bots = "hb",
            /// From the begin of the first visit to an agent's first PUBLIC message.
            first_response = "fr",
            /// From the oldest unanswered customer message to the agent's answer.
            response = "rs",
            /// Offers that the agent took: how long that took.
            offers_accepted = "oa",
        }
        by {
            /// Conversations that were closed.
            closed: StatusReason = "cl",
            /// Conversations that were closed with a disposition.
            dispositions: Arc<str> = "di",
            /// Customer messages, by how they feel.
            messages: SentimentLevel = "me",
            /// Ratings, by their score from 1 to 5.
            ratings: u8 = "ra",
        }
    }
}

figures! {
    /// What is counted of an agent, whatever queue their work is from: times in milliseconds.
    AgentTimes {
        counts {
            /// AVAILABLE.
            available = "av",
            /// BUSY.
            busy = "bu",
            /// `BUSY_DO_NOT_DISTURB`.
            busy_do_not_disturb = "bd",
            /// AWAY.
            away = "aw",
            /// INACTIVE.
            inactive = "in",
            /// While not OFFLINE, with at least one conversation in hand.
            handling = "ha",
            /// The same, once for each conversation in hand.
            in_hand = "ih",
            /// While not OFFLINE, once for each unit consumed.
            units_consumed = "uc",
            /// While not OFFLINE, once for each unit that there is.
            units_total = "ut",
        }
    }
}

// The signatures are serde's.
#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_nought(change: &i64) -> bool {
    *change == 0
}

fn join_map<K: Ord + Clone>(map: &mut BTreeMap<K, i64>, other: &BTreeMap<K, i64>) {
    for (key, count) in other {
        let sum = map.entry(key.clone()).or_default();
        *sum += count;
        if *sum == 0 {
            map.remove(key);
        }
    }
}

impl Figures {
    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Visits that began.
    pub const fn begun(&self) -> u64 {
        self.begun_started
            + self.begun_moved_in
            + self.begun_requeued
            + self.begun_released
            + self.begun_returned
    }

    /// Visits that ended.
    pub const fn ended(&self) -> u64 {
        self.accepted.count
            + self.accepted_by_bots
            + self.abandoned.count
            + self.abandoned_short
            + self.moved_out
            + self.closed_by_system
            + self.closed_by_supervisor
    }

    /// A customer message of this score came in (1), or lost that score (-1).
    pub fn message(&mut self, score: Option<f32>, is_low: bool, times: i64) {
        let level = crate::sentiment::level_of(score);
        *self.messages.entry(level).or_default() += times;
        self.messages.retain(|_, count| *count != 0);
        // Scores have three decimals.
        #[allow(clippy::cast_possible_truncation)]
        let thousandths = (f64::from(score.unwrap_or(0.0)) * 1_000.0).round() as i64;
        self.score_thousandths += times * thousandths;
        self.low_messages += if is_low { times } else { 0 };
    }
}
