//! The answer: rows, their series, and totals.

use std::collections::BTreeMap;

use async_graphql::{Context, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::figures::InsightFigures;
use super::series::{InsightFigure, value_of};
use crate::graphql::context::Request;
use crate::graphql::types::agent::Agent;
use crate::graphql::types::queue::Queue;
use crate::graphql::types::workstream::Workstream;
use domain::Channel;
use engine::app::insights::{Group, InsightAnswer, InsightQuestion, Oldest, Row};

/// Figures of a range.
#[derive(SimpleObject)]
pub struct Insights {
    /// From when the figures are complete; null: from the first conversation on. What was before is not counted.
    complete_since: Option<DateTime<Utc>>,
    /// How many seconds of what happened are not counted yet: 0, unless the server that counts has much to do or was just
    /// started.
    seconds_behind: u32,
    /// When each part of the range begins, by `interval`.
    part_starts: Vec<DateTime<Utc>>,
    /// A row for each group in which there is something, in the order of ids.
    rows: Vec<InsightRow>,
    /// All rows together.
    totals: InsightRow,
}

/// Figures of one group.
pub struct InsightRow {
    group: Group,
    row: Row,
    times: bool,
    of_agents: bool,
    oldest: Oldest,
}

/// Figures of one group: what it is of is what `groupBy` asked for, and the others are null.
#[Object]
impl InsightRow {
    /// The queue; also one that was deleted.
    async fn queue(&self, ctx: &Context<'_>) -> Result<Option<Queue>> {
        let Group::Queue(id) = self.group else {
            return Ok(None);
        };
        let queue = ctx
            .app()?
            .board
            .read(|board| board.world.named_queue(id).cloned());
        Ok(queue.map(Queue))
    }

    /// The channel.
    async fn channel(&self) -> Option<Channel> {
        match self.group {
            Group::Channel(channel) => Some(channel),
            _ => None,
        }
    }

    /// The workstream; also one that was deleted.
    async fn workstream(&self, ctx: &Context<'_>) -> Result<Option<Workstream>> {
        let Group::Workstream(id) = self.group else {
            return Ok(None);
        };
        let found = ctx
            .app()?
            .board
            .read(|board| board.world.named_workstream(id).cloned());
        Ok(found.map(Workstream))
    }

    /// The agent; also one who was deleted.
    async fn agent(&self, ctx: &Context<'_>) -> Result<Option<Agent>> {
        let Group::Agent(id) = self.group else {
            return Ok(None);
        };
        let agent = ctx
            .app()?
            .board
            .read(|board| board.world.named_agent(id).cloned());
        Ok(agent.map(Agent))
    }

    /// The figures of the whole range.
    async fn figures(&self) -> InsightFigures {
        InsightFigures {
            cell: self.row.whole.clone(),
            times: self.times,
            of_agents: self.of_agents,
            oldest: self.oldest,
        }
    }

    /// One figure over the parts of the range: a value for each of `partStarts`, null where there are no cases.
    async fn series(
        &self,
        #[graphql(desc = "Which figure.")] figure: InsightFigure,
    ) -> Vec<Option<f64>> {
        let hidden = self.of_agents
            && match figure {
                InsightFigure::Occupancy => !self.times,
                InsightFigure::AbandonRate | InsightFigure::ServiceLevel => true,
                _ => false,
            };
        let value = |cell| value_of(figure, cell).filter(|_| !hidden);
        self.row.parts.iter().map(value).collect()
    }
}

impl Insights {
    /// The answer to this question.
    pub(in crate::graphql) fn of(
        answer: InsightAnswer,
        question: &InsightQuestion,
        oldest: &BTreeMap<Group, Oldest>,
    ) -> Self {
        let by_agent = question.is_by_agent();
        let oldest = |group| oldest.get(&group).copied().unwrap_or_default();
        let parts = answer.range.parts.iter();
        let rows = answer.rows.into_iter().map(|(group, row)| InsightRow {
            group,
            row,
            times: matches!(group, Group::Agent(agent) if question.times(agent)),
            of_agents: by_agent,
            oldest: oldest(group),
        });
        Self {
            complete_since: answer.progress.state.complete_since,
            seconds_behind: u32::try_from(answer.behind.num_seconds()).unwrap_or_default(),
            part_starts: parts.map(|(from, _)| *from).collect(),
            rows: rows.collect(),
            totals: InsightRow {
                group: Group::All,
                row: answer.totals,
                times: false,
                of_agents: by_agent,
                oldest: oldest(Group::All),
            },
        }
    }
}
