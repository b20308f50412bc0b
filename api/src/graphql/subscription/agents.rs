//! The live list of agents: what is asked for, and where it begins.

use std::collections::BTreeSet;

use async_graphql::{Context, Enum, ID, InputObject, Result};

use super::ongoing::plan_list;
use super::{Events, Execution, once};
use crate::graphql::context::{Request, coded};
use crate::graphql::events::agents::AgentsLiveUpdate;
use crate::graphql::insights::{disabled, zone};
use crate::graphql::query::{OrderDirection, search};
use crate::graphql::scalars::GivenCursor;
use crate::graphql::types::paging::count;
use domain::ids::InvalidId;
use domain::{Code, Presence, QueueId, Role};
use engine::board::agent_list::{self, AgentOrder, AgentOrderField, AgentsWanted};
use engine::live::list::Listing;

/// Which agents; every condition given must hold. A filter changes which rows there are, never what a row counts.
#[derive(InputObject, Default)]
pub struct AgentsLiveFilter {
    /// Members of one of these queues (`queue_…`).
    queue_ids: Option<Vec<ID>>,
    /// With one of these presences.
    presences: Option<Vec<Presence>>,
    /// True: with a request for help that nobody has answered. False: without.
    asks_for_help: Option<bool>,
    /// Every word of this begins a word of the agent's name, in any order, whatever case and accents. 1 to 200 characters
    /// that are not all blank.
    text: Option<String>,
}

/// By what live agents are ordered. Agents without the value come last either way, and among equals the oldest first.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum AgentsLiveOrderField {
    /// The name, without regard to case and accents: ascending is A first.
    Name,
    /// `presence`: ascending is AVAILABLE first, OFFLINE or INACTIVE last, and among equals longest first.
    Presence,
    /// The share of the capacity that is consumed: ascending is the smallest first. Agents whose `capacity` is null to you have none.
    Load,
    /// For how long they handle what they handle longest (`longestHandleSince`): descending is longest first.
    LongestHandle,
    /// `handledToday`: ascending is the smallest first.
    HandledToday,
}

/// An order of live agents.
#[derive(InputObject)]
pub struct AgentsLiveOrder {
    /// By what.
    field: AgentsLiveOrderField,
    /// Which way.
    direction: OrderDirection,
}

/// Plans the list, or tells what there is to tell of it.
pub(super) async fn live(
    ctx: &Context<'_>,
    filter: Option<AgentsLiveFilter>,
    order_by: Option<&AgentsLiveOrder>,
    first: Option<i32>,
    time_zone: &str,
    after: Option<GivenCursor>,
) -> Result<Events<AgentsLiveUpdate>> {
    let app = ctx.app()?;
    let place = match ctx.data::<Execution>()? {
        Execution::Tell(update) => return Ok(once(AgentsLiveUpdate::of(app, update))),
        // A list has no events.
        Execution::Deliver(_) | Execution::Answer => return Ok(once(None)),
        Execution::Plan(place, _) | Execution::PlanAgain(place, _) => place,
    };
    ctx.one_of(&[Role::Supervisor, Role::Administrator])?;
    if !app.board.read(|board| board.world.settings.agent_insights) {
        return Err(disabled());
    }
    let wanted = AgentsWanted {
        filter: filter.unwrap_or_default().parse()?,
        order: order_of(order_by),
        count: count(first, None)?.count as usize,
        zone: zone(time_zone)?,
    };
    plan_list(ctx, place, Listing::Agents(wanted), after).await?;
    Ok(once(None))
}

/// The order that is asked for.
fn order_of(order: Option<&AgentsLiveOrder>) -> AgentOrder {
    let Some(AgentsLiveOrder { field, direction }) = order else {
        return AgentOrder {
            field: AgentOrderField::Name,
            descending: false,
        };
    };
    let field = match field {
        AgentsLiveOrderField::Name => AgentOrderField::Name,
        AgentsLiveOrderField::Presence => AgentOrderField::Presence,
        AgentsLiveOrderField::Load => AgentOrderField::Load,
        AgentsLiveOrderField::LongestHandle => AgentOrderField::LongestHandle,
        AgentsLiveOrderField::HandledToday => AgentOrderField::HandledToday,
    };
    AgentOrder {
        field,
        descending: *direction == OrderDirection::Desc,
    }
}

impl AgentsLiveFilter {
    /// The filter that is meant.
    fn parse(self) -> Result<agent_list::AgentFilter> {
        let queue = |id: ID| {
            let parsed = id.parse::<QueueId>();
            parsed.map_err(|error: InvalidId| coded(Code::InvalidInput, &error.to_string()))
        };
        let queues = self
            .queue_ids
            .map(|ids| ids.into_iter().map(queue).collect());
        Ok(agent_list::AgentFilter {
            queues: queues.transpose()?,
            presences: self
                .presences
                .map(|these| these.into_iter().collect::<BTreeSet<_>>()),
            asks_for_help: self.asks_for_help,
            text: self.text.as_deref().map(search).transpose()?,
        })
    }
}
