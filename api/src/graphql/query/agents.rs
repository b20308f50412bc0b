//! `agents`: which of them, and in which order.
//!
//! What a filter or an order tells of an agent is told to whom the agent's own fields tell it: to leaders. Names and kinds
//! everybody may know who may list agents.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use async_graphql::{Context, Enum, ID, InputObject, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::ongoing::{OrderDirection, search};
use crate::graphql::context::{Request, coded};
use crate::graphql::types::agent::{Agent, AgentConnectionName, AgentEdgeName};
use crate::graphql::types::paging::{List, PageArguments, invalid_cursor, page};
use domain::fold::{Named, Search, fold};
use domain::ids::InvalidId;
use domain::{AgentId, AgentKind, Code, Presence, QueueId, Role, World};
use engine::log::InvalidCursor;

/// Loads are compared to a millionth.
const MILLION: i64 = 1_000_000;

/// Which agents; every condition given must hold.
#[derive(InputObject, Default)]
pub struct AgentFilter {
    /// Members of one of these queues (`queue_…`). For supervisors and administrators.
    queue_ids: Option<Vec<ID>>,
    /// People with one of these presences. For supervisors and administrators.
    presences: Option<Vec<Presence>>,
    /// Of one of these kinds.
    kinds: Option<Vec<AgentKind>>,
    /// People with at least so many units of their capacity available, from 0. For supervisors and administrators.
    min_available_units: Option<i32>,
    /// With these words, or the beginnings of words, in the name; 1 to 200 characters, compared without regard to case and
    /// accents.
    text: Option<String>,
}

/// By what agents are ordered.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AgentOrderField {
    /// The name, without regard to case and accents.
    Name,
    /// The share of the capacity that is consumed; bots, and people without capacity, come last either way. For supervisors
    /// and administrators.
    Load,
    /// How many ongoing conversations they have or are offered. For supervisors and administrators.
    ActiveConversations,
}

/// An order of agents; among equals the oldest first.
#[derive(InputObject)]
pub struct AgentOrder {
    /// By what.
    field: AgentOrderField,
    /// Ascending: A first, the smallest first.
    direction: OrderDirection,
}

/// The filter that is meant.
struct Wanted {
    queues: Option<Vec<QueueId>>,
    presences: Option<Vec<Presence>>,
    kinds: Option<Vec<AgentKind>>,
    available: Option<i64>,
    text: Option<Search>,
}

/// The page that is asked for; whoever asks may list agents.
pub(super) fn agents(
    ctx: &Context<'_>,
    filter: Option<AgentFilter>,
    order: Option<&AgentOrder>,
    arguments: &PageArguments,
) -> Result<List<Agent, AgentConnectionName, AgentEdgeName>> {
    let filter = filter.unwrap_or_default();
    let of_leaders = filter.queue_ids.is_some()
        || filter.presences.is_some()
        || filter.min_available_units.is_some()
        || order.is_some_and(|order| order.field != AgentOrderField::Name);
    if of_leaders {
        ctx.one_of(&[Role::Supervisor, Role::Administrator])?;
    }
    let wanted = filter.parse()?;
    let place = Order::of(order);
    for cursor in [&arguments.after, &arguments.before].into_iter().flatten() {
        let given = cursor.parse::<Place>().map_err(|_| invalid_cursor())?;
        if given.order != place {
            return Err(invalid_cursor());
        }
    }
    let mut found = ctx.app()?.board.read(|board| {
        let world = &board.world;
        let agents = world.agents.values();
        let wanted = agents.filter(|agent| wanted.has(world, agent));
        let placed = wanted.map(|agent| (place.of_agent(world, agent), Agent(agent.clone())));
        placed.collect::<Vec<_>>()
    });
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    page(found, arguments)
}

impl AgentFilter {
    fn parse(self) -> Result<Wanted> {
        let invalid = |problem: &str| coded(Code::InvalidInput, problem);
        let queue = |id: ID| {
            let parsed = id.parse::<QueueId>();
            parsed.map_err(|error: InvalidId| invalid(&error.to_string()))
        };
        let queues = self
            .queue_ids
            .map(|ids| ids.into_iter().map(queue).collect::<Result<_>>());
        let available = self.min_available_units;
        if available.is_some_and(|units| units < 0) {
            return Err(invalid("minAvailableUnits: give 0 or more."));
        }
        Ok(Wanted {
            queues: queues.transpose()?,
            presences: self.presences,
            kinds: self.kinds,
            available: available.map(i64::from),
            text: self.text.as_deref().map(search).transpose()?,
        })
    }
}

impl Wanted {
    fn has(&self, world: &World, agent: &domain::Agent) -> bool {
        fn any<T>(wanted: Option<&Vec<T>>, is: impl Fn(&T) -> bool) -> bool {
            wanted.is_none_or(|wanted| wanted.iter().any(is))
        }
        let is_person = agent.kind == AgentKind::Human;
        let free = || {
            let load = world.load(agent.id);
            i64::from(agent.capacity) - i64::from(load.consumed)
        };
        let named = || [Named::from(agent.name.clone())];
        any(self.kinds.as_ref(), |kind| *kind == agent.kind)
            && any(self.queues.as_ref(), |queue| agent.queues.contains(queue))
            && any(self.presences.as_ref(), |presence| {
                is_person && *presence == agent.presence
            })
            && self
                .available
                .is_none_or(|least| is_person && free() >= least)
            && self
                .text
                .as_ref()
                .is_none_or(|text| text.finds(&named().iter()))
    }
}

/// By what, and which way; the oldest first when nothing is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Order {
    field: Option<AgentOrderField>,
    descending: bool,
}

/// An agent's place in an order, which is also a page cursor: it stands when the agent has moved on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    order: Order,
    /// None comes last either way.
    number: Option<i64>,
    name: String,
    id: AgentId,
}

impl Order {
    fn of(given: Option<&AgentOrder>) -> Self {
        Self {
            field: given.map(|order| order.field),
            descending: given.is_some_and(|order| order.direction == OrderDirection::Desc),
        }
    }

    fn of_agent(self, world: &World, agent: &domain::Agent) -> Place {
        let load = || world.load(agent.id);
        let number = match self.field {
            None | Some(AgentOrderField::Name) => None,
            Some(AgentOrderField::ActiveConversations) => Some(i64::from(load().conversations)),
            Some(AgentOrderField::Load) => {
                let is_person = agent.kind == AgentKind::Human;
                let capacity =
                    Some(i64::from(agent.capacity)).filter(|units| is_person && *units > 0);
                capacity.map(|capacity| i64::from(load().consumed) * MILLION / capacity)
            }
        };
        let name = match self.field {
            Some(AgentOrderField::Name) => fold(&agent.name),
            _ => String::new(),
        };
        Place {
            order: self,
            number,
            name,
            id: agent.id,
        }
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        let known = |place: &Self| place.number.is_none();
        let values = (self.number, &self.name).cmp(&(other.number, &other.name));
        let values = if self.order.descending {
            values.reverse()
        } else {
            values
        };
        let known = known(self).cmp(&known(other));
        known.then(values).then_with(|| self.id.cmp(&other.id))
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Place {
    /// The cursor's text; in no particular order the agent's id alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.order.field.is_none() {
            return self.id.fmt(f);
        }
        let text = serde_json::to_vec(self).map_err(|_| fmt::Error)?;
        f.write_str(&URL_SAFE_NO_PAD.encode(text))
    }
}

impl FromStr for Place {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        if let Ok(id) = text.parse() {
            return Ok(Self {
                order: Order::of(None),
                number: None,
                name: String::new(),
                id,
            });
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        serde_json::from_slice(&bytes).map_err(|_| InvalidCursor)
    }
}
