//! How long something took, over many cases.

use async_graphql::{Object, SimpleObject};
use domain::insights::{Durations, LIMITS};

/// How long something took.
#[derive(Clone)]
pub struct DurationFigures(pub Durations);

/// How long something took, over all its cases. Number, mean and the counts within limits are exact; percentiles come from a sketch
/// and are off by at most 1 %. What there are no cases of is null.
#[Object]
impl DurationFigures {
    /// The number of cases.
    async fn count(&self) -> u64 {
        self.0.count
    }

    /// The mean, in seconds.
    async fn mean_seconds(&self) -> Option<f64> {
        self.0.mean_seconds()
    }

    /// The median, in seconds: half of the cases took no longer.
    async fn p50_seconds(&self) -> Option<f64> {
        self.0.percentile_seconds(50)
    }

    /// In seconds: nine in ten cases took no longer.
    async fn p90_seconds(&self) -> Option<f64> {
        self.0.percentile_seconds(90)
    }

    /// In seconds: 95 in a hundred cases took no longer.
    async fn p95_seconds(&self) -> Option<f64> {
        self.0.percentile_seconds(95)
    }

    /// For each limit how many cases took no longer, the shortest limit first: what every service level can be made of.
    async fn within(&self) -> Vec<WithinLimit> {
        let limits = LIMITS.iter();
        limits
            .map(|seconds| WithinLimit {
                seconds: *seconds,
                count: self.0.within(*seconds).unwrap_or(0),
            })
            .collect()
    }
}

/// How many cases took no longer than a limit.
#[derive(SimpleObject)]
pub struct WithinLimit {
    /// The limit, in seconds.
    seconds: u32,
    /// How many.
    count: u64,
}
