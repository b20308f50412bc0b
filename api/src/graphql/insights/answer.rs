//! Answering a question for figures.

use async_graphql::{Context, Result};

use super::Insights;
use crate::graphql::context::{Request, internal};
use engine::app::insights::InsightQuestion;
use engine::board::view::RowViewer;

/// The figures that are asked for; none: nothing was counted yet.
pub(in crate::graphql) async fn answer(
    ctx: &Context<'_>,
    question: InsightQuestion,
) -> Result<Option<Insights>> {
    ctx.note_read()?;
    let app = ctx.app()?;
    let answer = app.insights(question.clone()).await;
    let Some(answer) = answer.map_err(|error| internal(&error))? else {
        return Ok(None);
    };
    let (access, agent) = (ctx.access()?, ctx.agent()?);
    let row_viewer = RowViewer::new(access, agent.as_deref());
    let oldest = app.oldest_waits(row_viewer, &question);
    Ok(Some(Insights::of(answer, &question, &oldest)))
}
