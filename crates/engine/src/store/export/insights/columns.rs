//! The columns of figures. Times are sums of seconds beside their number, so that rows can be added up.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::super::{Cell, Row, at, id, plain};
use super::InsightsBy;
use domain::insights::{AgentKey, AgentTimes, Durations, Figures, QueueKey};
use domain::{AgentId, SentimentLevel};

/// A part of the time.
pub(super) struct Part {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

impl From<(DateTime<Utc>, DateTime<Utc>)> for Part {
    fn from((from, to): (DateTime<Utc>, DateTime<Utc>)) -> Self {
        Self { from, to }
    }
}

const OF_QUEUES: &[&str] = &[
    "from",
    "to",
    "queue_id",
    "channel",
    "workstream_id",
    "ongoing",
    "visits_waiting",
    "service_level_seconds",
    "accepted_in_time",
];
const OF_AGENTS: &[&str] = &["from", "to", "agent_id", "queue_id", "ongoing"];

type Count = (&'static str, fn(&Figures) -> u64);
type Duration = ([&'static str; 5], fn(&Figures) -> &Durations);

/// Numbers that are whole.
const COUNTS: &[Count] = &[
    ("visits_begun", Figures::begun),
    ("visits_begun_by_start", |f| f.begun_started),
    ("visits_begun_by_move", |f| f.begun_moved_in),
    ("visits_begun_by_requeue", |f| f.begun_requeued),
    ("visits_begun_by_release", |f| f.begun_released),
    ("visits_begun_by_return", |f| f.begun_returned),
    ("visits_ended", Figures::ended),
    ("accepted_by_bots", |f| f.accepted_by_bots),
    ("abandoned_short", |f| f.abandoned_short),
    ("moved_out", |f| f.moved_out),
    ("closed_waiting_by_system", |f| f.closed_by_system),
    ("closed_waiting_by_supervisor", |f| f.closed_by_supervisor),
    ("transfers_in", |f| f.transfers_in),
    ("transfers_out", |f| f.transfers_out),
    ("requeued", |f| f.requeued),
    ("released", |f| f.released),
    ("offers_made", |f| f.offers_made),
    ("offers_rejected", |f| f.offers_rejected),
    ("offers_timed_out", |f| f.offers_timed_out),
    ("offers_cancelled", |f| f.offers_cancelled),
    ("sentiment_improved", |f| f.improved),
    ("sentiment_worsened", |f| f.worsened),
];

macro_rules! durations {
    ($($name:literal: $field:ident,)*) => {
        /// Times: how many, together, and percentiles.
        const DURATIONS: &[Duration] = &[$(
            (
                [
                    concat!($name, "_count"), concat!($name, "_seconds"), concat!($name, "_p50"),
                    concat!($name, "_p90"), concat!($name, "_p95"),
                ],
                |f| &f.$field,
            ),
        )*];
    };
}

durations! {
    "accepted": accepted,
    "abandoned": abandoned,
    "handled": handled,
    "wrapped_up": wrapped_up,
    "handled_by_bots": handled_by_bots,
    "first_response": first_response,
    "response": response,
    "offers_accepted": offers_accepted,
}

const LAST: &[&str] = &[
    "closed",
    "closed_by_reason",
    "closed_by_disposition",
    "customer_messages",
    "customer_messages_low",
    "customer_messages_scored",
    "score_sum",
    "ratings",
    "rating_sum",
];
const TIMES: &[&str] = &[
    "available_seconds",
    "busy_seconds",
    "busy_do_not_disturb_seconds",
    "away_seconds",
    "inactive_seconds",
    "handling_seconds",
    "in_hand_seconds",
    "units_consumed_seconds",
    "units_total_seconds",
];

/// The names of the columns.
pub fn columns(by: InsightsBy) -> Vec<&'static str> {
    let first = match by {
        InsightsBy::Queue => OF_QUEUES,
        InsightsBy::Agent => OF_AGENTS,
    };
    let counts = COUNTS.iter().map(|(name, _)| *name);
    let durations = DURATIONS.iter().flat_map(|(names, _)| *names);
    let times = match by {
        InsightsBy::Queue => &[],
        InsightsBy::Agent => TIMES,
    };
    let all = first.iter().copied().chain(counts).chain(durations);
    all.chain(LAST.iter().copied())
        .chain(times.iter().copied())
        .collect()
}

pub(super) fn queue_row(
    part: &Part,
    key: QueueKey,
    figures: &Figures,
    (ongoing, waiting): (i64, i64),
    level: u32,
) -> Row {
    let mut row = vec![
        at(part.from),
        at(part.to),
        id(&key.queue),
        plain(key.channel.as_str()),
        id(&key.workstream),
        plain(ongoing),
        plain(waiting),
        plain(level),
        plain(figures.accepted.within(level)),
    ];
    row.extend(cells(figures));
    row
}

pub(super) fn agent_row(
    part: &Part,
    key: AgentKey,
    figures: &Figures,
    (ongoing, _): (i64, i64),
) -> Row {
    let mut row = vec![
        at(part.from),
        at(part.to),
        id(&key.agent),
        id(&key.queue),
        plain(ongoing),
    ];
    row.extend(cells(figures));
    row.extend(TIMES.iter().map(|_| Cell::Nothing));
    row
}

pub(super) fn times_row(part: &Part, agent: AgentId, times: &AgentTimes) -> Row {
    let mut row = vec![at(part.from), at(part.to), id(&agent)];
    let times = [
        times.available,
        times.busy,
        times.busy_do_not_disturb,
        times.away,
        times.inactive,
        times.handling,
        times.in_hand,
        times.units_consumed,
        times.units_total,
    ];
    let nothing = columns(InsightsBy::Agent).len() - row.len() - times.len();
    row.extend(std::iter::repeat_n(Cell::Nothing, nothing));
    row.extend(times.map(seconds));
    row
}

fn cells(figures: &Figures) -> Vec<Cell> {
    let mut cells: Vec<Cell> = COUNTS
        .iter()
        .map(|(_, count)| plain(count(figures)))
        .collect();
    for (_, of) in DURATIONS {
        let durations = of(figures);
        cells.push(plain(durations.count));
        cells.push(seconds(durations.millis));
        cells.extend([50, 90, 95].map(|percent| plain(durations.percentile_seconds(percent))));
    }
    let not_scored = figures.messages.get(&SentimentLevel::NotAvailable);
    let messages: i64 = figures.messages.values().sum();
    let ratings = figures.ratings.iter();
    cells.extend([
        plain(figures.closed.values().sum::<i64>()),
        by(figures
            .closed
            .iter()
            .map(|(why, count)| (why.as_str(), *count))),
        by(figures
            .dispositions
            .iter()
            .map(|(code, count)| (&**code, *count))),
        plain(messages),
        plain(figures.low_messages),
        plain(messages - not_scored.copied().unwrap_or(0)),
        thousandths(figures.score_thousandths),
        plain(ratings.clone().map(|(_, count)| *count).sum::<i64>()),
        plain(
            ratings
                .map(|(score, count)| i64::from(*score) * count)
                .sum::<i64>(),
        ),
    ]);
    cells
}

fn by<'a>(counts: impl Iterator<Item = (&'a str, i64)>) -> Cell {
    let counts = counts.map(|(name, count)| (name.to_owned(), Value::from(count)));
    Cell::Nested(Value::Object(counts.collect::<Map<_, _>>()))
}

/// Milliseconds as seconds.
fn seconds(millis: u64) -> Cell {
    // Far below where a double is too coarse.
    #[allow(clippy::cast_precision_loss)]
    plain(millis as f64 / 1_000.0)
}

fn thousandths(sum: i64) -> Cell {
    #[allow(clippy::cast_precision_loss)]
    plain(sum as f64 / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_cell_for_each_column() {
        let at = DateTime::<Utc>::UNIX_EPOCH;
        let (part, figures) = (Part { from: at, to: at }, Figures::default());
        let (agent, queue) = (AgentId::new(at), domain::QueueId::new(at));
        let key = QueueKey {
            queue,
            channel: domain::Channel::Sms,
            workstream: domain::WorkstreamId::new(at),
        };
        let row = queue_row(&part, key, &figures, (0, 0), 60);
        assert_eq!(row.len(), columns(InsightsBy::Queue).len());
        let work = agent_row(&part, AgentKey { agent, queue }, &figures, (0, 0));
        assert_eq!(work.len(), columns(InsightsBy::Agent).len());
        let times = times_row(&part, agent, &AgentTimes::default());
        assert_eq!(times.len(), columns(InsightsBy::Agent).len());
    }
}
