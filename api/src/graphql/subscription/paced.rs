//! Subscriptions to an answer that is told again as it changes, at most once a second.

use async_graphql::{Context, OutputType, Result};

use super::{Events, Execution, once};
use crate::graphql::context::Request;
use engine::app::App;
use engine::live::Planned;
use engine::live::paced::Wakes;

/// Plans to answer again whenever something moves on which the answer depends, or answers. The resolver checks
/// arguments and rights before this, each time: so it is refused at once, and ends when a right is gone.
pub(super) async fn answer<T: OutputType + 'static>(
    ctx: &Context<'_>,
    wakes: impl FnOnce(&App) -> Wakes,
    answer: impl Future<Output = Result<T>>,
) -> Result<Events<T>> {
    match ctx.data::<Execution>()? {
        Execution::Plan(place, _) | Execution::PlanAgain(place, _) => {
            let _ = place.set(Planned::Paced(wakes(ctx.app()?)));
            Ok(once(None))
        }
        Execution::Answer => Ok(once(Some(answer.await?))),
        // It has neither events nor a list.
        Execution::Deliver(_) | Execution::Tell(_) => Ok(once(None)),
    }
}
