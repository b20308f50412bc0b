//! `regie export insights`: which figures, of which parts of the time.

use chrono::{DateTime, TimeDelta, Utc};
use clap::{Args, ValueEnum};
use domain::InsightInterval;
use domain::insights::{LIMITS, QUARTER, bucket_of, intervals, zone_of};
use engine::store::export::{InsightsBy, InsightsExport};

use super::ExportError;

/// The longest time, as in the API.
const LONGEST: TimeDelta = TimeDelta::days(400);

/// What is said of figures alone.
#[derive(Clone, Debug, Args)]
pub(super) struct InsightsArgs {
    /// Of insights: into which parts the time is cut; each has its rows
    #[arg(long, value_enum)]
    interval: Option<Interval>,

    /// Of insights: whose hours, days, weeks and months these are, by its name in the IANA database [default: UTC]
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,

    /// Of insights: what has a row of its own [default: queue]
    #[arg(long, value_enum)]
    by: Option<By>,

    /// Of insights: within how many seconds a conversation should be taken [default: as each workstream says]
    #[arg(long, value_name = "SECONDS", value_parser = limit)]
    service_level_seconds: Option<u32>,
}

/// Into which parts a time is cut.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Interval {
    /// Quarters of an hour
    QuarterHour,
    /// Hours of the zone's clock
    Hour,
    /// Days, from midnight in the zone
    Day,
    /// Weeks, from Monday
    Week,
    /// Months
    Month,
    /// Not at all
    Whole,
}

/// What has a row of its own.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum By {
    /// A queue, channel and workstream
    Queue,
    /// An agent's work in a queue; and an agent's times, in a row without a queue
    Agent,
}

impl InsightsArgs {
    /// Whether something is said that is of figures alone.
    pub(super) const fn are_given(&self) -> bool {
        self.interval.is_some()
            || self.time_zone.is_some()
            || self.by.is_some()
            || self.service_level_seconds.is_some()
    }

    /// The figures that are asked for.
    pub(super) fn export(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<InsightsExport, ExportError> {
        let wrong = |problem: &str| ExportError::Insights(problem.to_owned());
        let Some(interval) = self.interval else {
            return Err(wrong("insights needs --interval"));
        };
        let is_full = |at| bucket_of(at, QUARTER) == at;
        if !is_full(from) || !is_full(to) {
            return Err(wrong(
                "--from and --to of insights must be full quarters of an hour",
            ));
        }
        if to - from > LONGEST {
            return Err(wrong(
                "--from and --to of insights may be 400 days apart at most",
            ));
        }
        let name = self.time_zone.as_deref().unwrap_or("UTC");
        let zone = zone_of(name).ok_or_else(|| {
            wrong("--time-zone: write a name of the IANA database, as in Europe/Amsterdam")
        })?;
        let interval = match interval {
            Interval::QuarterHour => InsightInterval::QuarterHour,
            Interval::Hour => InsightInterval::Hour,
            Interval::Day => InsightInterval::Day,
            Interval::Week => InsightInterval::Week,
            Interval::Month => InsightInterval::Month,
            Interval::Whole => InsightInterval::Whole,
        };
        // There are no more than the quarters of 400 days.
        let parts = intervals(from, to, interval, zone, usize::MAX).unwrap_or_default();
        Ok(InsightsExport {
            by: match self.by {
                None | Some(By::Queue) => InsightsBy::Queue,
                Some(By::Agent) => InsightsBy::Agent,
            },
            parts,
            service_level_seconds: self.service_level_seconds,
        })
    }
}

fn limit(text: &str) -> Result<u32, String> {
    let seconds = text.parse().ok();
    seconds
        .filter(|seconds| LIMITS.contains(seconds))
        .ok_or_else(|| {
            let known: Vec<_> = LIMITS.iter().map(ToString::to_string).collect();
            format!("write one of {}", known.join(", "))
        })
}
