//! The words by which figures are asked for.

#[cfg(feature = "sea-orm")]
use sea_orm::sea_query::StringLen;
use serde::{Deserialize, Serialize};

words! {
    /// Into which parts the range of figures is cut.
    InsightInterval {
        /// Not at all.
        Whole = "WHOLE",
        /// Quarters of an hour.
        QuarterHour = "QUARTER_HOUR",
        /// Hours of the time zone's clock.
        Hour = "HOUR",
        /// Days, from midnight in the time zone.
        Day = "DAY",
        /// Weeks, from Monday.
        Week = "WEEK",
        /// Months.
        Month = "MONTH",
    }

    /// By what figures are shown apart.
    InsightGrouping {
        /// By nothing: one row for each part of the range.
        None = "NONE",
        /// By queue.
        Queue = "QUEUE",
        /// By channel.
        Channel = "CHANNEL",
        /// By workstream.
        Workstream = "WORKSTREAM",
        /// By agent.
        Agent = "AGENT",
    }
}
