//! One figure over the parts of a range: what a chart draws.

use async_graphql::Enum;

use domain::SentimentLevel;
use engine::app::insights::Cell;

/// A figure that a chart can draw. What there are no cases of is null.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsightFigure {
    /// Visits that began.
    VisitsBegun,
    /// Visits that were running at the end of the part, or are now.
    VisitsWaiting,
    /// Visits that an agent ended by taking them.
    Accepted,
    /// Visits that the customer ended, but for short ones.
    Abandoned,
    /// The share of the visits that the customer ended, from 0 to 1.
    AbandonRate,
    /// The share of visits that were taken in time, from 0 to 1.
    ServiceLevel,
    /// The mean seconds until a visit was taken.
    MeanSpeedOfAnswer,
    /// The seconds in which nine in ten visits were taken.
    P90SpeedOfAnswer,
    /// The mean seconds of a stint in ACTIVE.
    MeanHandleTime,
    /// The mean seconds of a stint in WRAP_UP.
    MeanWrapUpTime,
    /// The mean seconds to the first message of an agent.
    MeanFirstResponse,
    /// The mean seconds to an answer.
    MeanResponseTime,
    /// Stints in ACTIVE that ended.
    Handled,
    /// Conversations that were ongoing at the end of the part, or are now.
    Ongoing,
    /// Conversations that were closed.
    Closed,
    /// The mean score of customer messages, from -1 to 1.
    MeanSentiment,
    /// Customer messages at or below the alert threshold.
    LowMessages,
    /// The mean rating, from 1 to 5.
    MeanRating,
    /// The share of the time not OFFLINE in which the agent had work, from 0 to 1. Of an agent alone.
    Occupancy,
}

/// The value of this figure; none: there are no cases.
#[allow(clippy::cast_precision_loss)] // Counts of a day are far below where a double is too coarse.
pub(super) fn value_of(figure: InsightFigure, cell: &Cell) -> Option<f64> {
    let figures = &cell.figures;
    match figure {
        InsightFigure::VisitsBegun => Some(figures.begun() as f64),
        InsightFigure::VisitsWaiting => Some(cell.waiting as f64),
        InsightFigure::Accepted => Some(figures.accepted.count as f64),
        InsightFigure::Abandoned => Some(figures.abandoned.count as f64),
        InsightFigure::AbandonRate => share(figures.abandoned.count, cell.cases),
        InsightFigure::ServiceLevel => share(cell.in_time, cell.cases),
        InsightFigure::MeanSpeedOfAnswer => figures.accepted.mean_seconds(),
        InsightFigure::P90SpeedOfAnswer => figures.accepted.percentile_seconds(90),
        InsightFigure::MeanHandleTime => figures.handled.mean_seconds(),
        InsightFigure::MeanWrapUpTime => figures.wrapped_up.mean_seconds(),
        InsightFigure::MeanFirstResponse => figures.first_response.mean_seconds(),
        InsightFigure::MeanResponseTime => figures.response.mean_seconds(),
        InsightFigure::Handled => Some(figures.handled.count as f64),
        InsightFigure::Ongoing => Some(cell.ongoing as f64),
        InsightFigure::Closed => Some(figures.closed.values().sum::<i64>() as f64),
        InsightFigure::MeanSentiment => mean_score(cell),
        InsightFigure::LowMessages => Some(figures.low_messages as f64),
        InsightFigure::MeanRating => mean_rating(cell),
        InsightFigure::Occupancy => share(cell.times.handling, present(cell)),
    }
}

/// A share from 0 to 1; none: of nothing.
#[allow(clippy::cast_precision_loss)]
pub(super) fn share(some: u64, all: u64) -> Option<f64> {
    (all > 0).then(|| some as f64 / all as f64)
}

/// The milliseconds in which the agent was not OFFLINE.
pub(super) fn present(cell: &Cell) -> u64 {
    let times = &cell.times;
    times.available + times.busy + times.busy_do_not_disturb + times.away + times.inactive
}

/// Customer messages that have a score.
pub(super) fn scored(cell: &Cell) -> i64 {
    let by_level = cell.figures.messages.iter();
    let scored = by_level.filter(|(level, _)| **level != SentimentLevel::NotAvailable);
    scored.map(|(_, count)| count).sum()
}

#[allow(clippy::cast_precision_loss)]
pub(super) fn mean_score(cell: &Cell) -> Option<f64> {
    let scored = scored(cell);
    (scored > 0).then(|| cell.figures.score_thousandths as f64 / 1_000.0 / scored as f64)
}

#[allow(clippy::cast_precision_loss)]
pub(super) fn mean_rating(cell: &Cell) -> Option<f64> {
    let ratings = &cell.figures.ratings;
    let count: i64 = ratings.values().sum();
    let sum: i64 = ratings
        .iter()
        .map(|(score, count)| i64::from(*score) * count)
        .sum();
    (count > 0).then(|| sum as f64 / count as f64)
}
