//! `insights`: the figures of a range.

use async_graphql::{Context, Object, Result};

use crate::graphql::insights::{
    Asked, InsightFilter, InsightRange, Insights, answer, parts, question,
};
use domain::{InsightGrouping, InsightInterval};

/// Figures.
#[derive(Default)]
pub struct InsightQueries;

/// Figures.
#[Object]
impl InsightQueries {
    /// How it is going: figures of the queues in your scope, counted from the event log and at most a second behind. Each figure says
    /// what it counts; docs/insights.md explains them. For supervisors, of the queues in their scope, and administrators.
    ///
    /// Refused with INVALID_INPUT where range, interval, zone or limit do not fit, and with SETTING_DISABLED where agents are asked
    /// for and the setting `agentInsights` is off. Null before anything was counted.
    #[allow(clippy::too_many_arguments)] // What figures are about.
    async fn insights(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which time.")] range: InsightRange,
        #[graphql(
            desc = "Into which parts the range is cut, for `series`; at most 1,000.",
            default_with = "InsightInterval::Whole"
        )]
        interval: InsightInterval,
        #[graphql(
            desc = "Where days, weeks and months begin at midnight: a time zone of the IANA database.",
            default = "UTC"
        )]
        time_zone: String,
        #[graphql(
            desc = "By what rows are apart.",
            default_with = "InsightGrouping::None"
        )]
        group_by: InsightGrouping,
        #[graphql(desc = "Which conversations; all that you may see when left out.")]
        filter: Option<InsightFilter>,
        #[graphql(
            desc = "Within how many seconds an agent should take a conversation, for `serviceLevel`: 5, 10, 15, 20, 30, 45, \
            60, 90, 120, 180, 300, 600, 900, 1800, 3600, 14400 or 86400. Left out: what each workstream says."
        )]
        service_level_seconds: Option<i32>,
    ) -> Result<Option<Insights>> {
        let parts = parts(&range, interval, &time_zone)?;
        let question = question(
            ctx,
            Asked {
                parts,
                group: group_by,
                filter: filter.unwrap_or_default(),
                service_level_seconds,
            },
        )?;
        answer(ctx, question).await
    }
}
