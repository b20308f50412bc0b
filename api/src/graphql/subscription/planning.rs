//! Planning a subscription to events: from where, and what reaches it.

use async_graphql::{Context, Error, OutputType, Result};

use super::{Events, Execution, once};
use crate::graphql::context::{Request, coded, internal};
use crate::graphql::scalars::{GivenCursor, open};
use domain::Code;
use engine::app::App;
use engine::live::{Delivery, Interest, Plan, Planned};
use engine::log::NotOpened;
use engine::store::ResumeError;

/// Plans, or delivers one event, as this execution is for. What it delivers depends on who subscribes.
pub(super) async fn run<T: OutputType + 'static>(
    ctx: &Context<'_>,
    after: Option<GivenCursor>,
    interest: Interest,
    show: fn(&App, &Delivery) -> Option<T>,
) -> Result<Events<T>> {
    plan_or_show(ctx, after, interest, false, show).await
}

/// As `run`, where everybody with the same access gets the same.
pub(super) async fn shared<T: OutputType + 'static>(
    ctx: &Context<'_>,
    after: Option<GivenCursor>,
    interest: Interest,
    show: fn(&App, &Delivery) -> Option<T>,
) -> Result<Events<T>> {
    plan_or_show(ctx, after, interest, true, show).await
}

async fn plan_or_show<T: OutputType + 'static>(
    ctx: &Context<'_>,
    after: Option<GivenCursor>,
    interest: Interest,
    shared: bool,
    show: fn(&App, &Delivery) -> Option<T>,
) -> Result<Events<T>> {
    if let Execution::Deliver(delivery) = ctx.data::<Execution>()? {
        return Ok(once(show(ctx.app()?, delivery)));
    }
    let change = |plan| Plan { shared, ..plan };
    plan(ctx, after, interest, change).await?;
    Ok(once(None))
}

/// Leaves the plan, where this execution is for planning.
pub(super) async fn plan(
    ctx: &Context<'_>,
    after: Option<GivenCursor>,
    interest: Interest,
    adapt: impl FnOnce(Plan) -> Plan,
) -> Result<()> {
    let (place, made) = match ctx.data::<Execution>()? {
        Execution::Plan(place, resume) => {
            let given = resume.or(after.map(|GivenCursor(given)| given));
            let from = given.map(|given| open(ctx, given)).transpose()?;
            let made = match from.transpose() {
                Ok(from) => Plan::from(ctx.app()?, from, interest).await,
                Err(NotOpened) => Err(ResumeError::Expired),
            };
            (place, made.map_err(|error| resume_error(&error))?)
        }
        Execution::PlanAgain(place, reached) => (place, Plan::at(*reached, interest)),
        Execution::Deliver(_) | Execution::Tell(_) | Execution::Answer => return Ok(()),
    };
    // A second root field is refused by the gate; its plan would be ignored here.
    let _ = place.set(Planned::Events(adapt(made)));
    Ok(())
}

/// The error of a cursor that cannot be resumed from.
pub(in crate::graphql) fn resume_error(error: &ResumeError) -> Error {
    match error {
        ResumeError::Expired => coded(
            Code::CursorExpired,
            "The cursor is older than the log, or of another log. Read a fresh state and go on from its asOf.",
        ),
        ResumeError::Store(error) => internal(error),
    }
}
