//! Live lists: where they begin. `engine` keeps them.

use std::sync::OnceLock;

use async_graphql::{Context, Result};

use super::{Events, Execution, once};
use crate::graphql::context::Request;
use crate::graphql::events::ongoing::OngoingConversationsUpdate;
use crate::graphql::query::{OngoingFilter, OngoingOrder, order_of};
use crate::graphql::scalars::{GivenCursor, open};
use crate::graphql::types::paging::count;
use engine::board::list::Wanted;
use engine::live::Planned;
use engine::live::list::{Begin, ListPlan, Listing, Reason};
use engine::log;

/// Plans the list, or tells what there is to tell of it.
pub(super) async fn live(
    ctx: &Context<'_>,
    filter: Option<OngoingFilter>,
    order_by: Option<&OngoingOrder>,
    first: Option<i32>,
    after: Option<GivenCursor>,
) -> Result<Events<OngoingConversationsUpdate>> {
    let app = ctx.app()?;
    let place = match ctx.data::<Execution>()? {
        Execution::Tell(update) => {
            return Ok(once(OngoingConversationsUpdate::of(app, update)));
        }
        // A list has no events.
        Execution::Deliver(_) | Execution::Answer => return Ok(once(None)),
        Execution::Plan(place, _) | Execution::PlanAgain(place, _) => place,
    };
    let wanted = Wanted {
        filter: filter.unwrap_or_default().parse()?,
        order: order_of(order_by),
        count: count(first, None)?.count as usize,
    };
    let listing = Listing::Conversations(wanted);
    plan_list(ctx, place, listing, after).await?;
    Ok(once(None))
}

/// Leaves the plan of this list.
pub(super) async fn plan_list(
    ctx: &Context<'_>,
    place: &OnceLock<Planned>,
    wanted: Listing,
    after: Option<GivenCursor>,
) -> Result<()> {
    let after = after.map(|GivenCursor(given)| given);
    let begin = match (ctx.data::<Execution>()?, after) {
        (Execution::PlanAgain(..), _) => Begin::Fresh(Reason::SightChanged),
        (Execution::Plan(_, Some(given)), _) => resume(ctx, *given).await?,
        (_, Some(given)) => resume(ctx, given).await?,
        (_, None) => Begin::Fresh(Reason::Started),
    };
    let _ = place.set(Planned::List(Box::new(ListPlan { wanted, begin })));
    Ok(())
}

/// Where to go on after this cursor. An event of another server may be on its way here.
async fn resume(ctx: &Context<'_>, given: log::GivenCursor) -> Result<Begin> {
    let log = &ctx.app()?.log;
    let begin = match open(ctx, given)? {
        Ok(cursor) if cursor.epoch() == log.head().epoch => {
            if log.comes_to(cursor.position()).await {
                Begin::After(cursor)
            } else {
                Begin::Fresh(Reason::NotResumable)
            }
        }
        Ok(_) | Err(_) => Begin::Fresh(Reason::OtherLog),
    };
    Ok(begin)
}
