//! Lists of whom, and of where to, a conversation can be given: read off the board, without SQL.
//!
//! Who is listed, and in which order, is the domain's; who may see a list is who may act on it.

use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::connection::{ConnectionNameType, EdgeNameType};
use async_graphql::{Context, ObjectType, OutputType, Result, SimpleObject};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use super::agent::Agent;
use super::paging::{List, PageArguments, connection_names, page};
use super::queue::{Queue, QueueConnectionName, QueueEdgeName};
use super::viewer_can::may;
use crate::graphql::context::{Request, coded};
use domain::Action;
use domain::Presence;
use domain::candidates::{self, Overrides, Rank};
use domain::fold::Search;
use domain::{self, Code, QueueId, World};
use engine::log::InvalidCursor;

connection_names!(
    CandidateConnectionName = "AgentCandidateConnection",
    CandidateEdgeName = "AgentCandidateEdge"
);

/// A page of agents.
pub type CandidateConnection = List<AgentCandidate, CandidateConnectionName, CandidateEdgeName>;
/// A page of queues.
pub type QueueConnection = List<Queue, QueueConnectionName, QueueEdgeName>;

/// The longest text to search for, in characters.
const MAX_SEARCH: usize = 200;

/// An agent to whom a conversation can be given, measured for it. What is reserved by an offer or a
/// transfer request counts as consumed. When no override is needed the mutation would succeed as
/// things are.
#[derive(SimpleObject)]
pub struct AgentCandidate {
    /// Who.
    agent: Agent,
    /// Whether the agent can be reached for work.
    presence: Presence,
    /// The agent's capacity, in units.
    total_units: u32,
    /// Units consumed and reserved now.
    consumed_units: u32,
    /// Total less consumed; negative after an override, a pick or a reopening beyond the total.
    available_units: i64,
    /// Units that this conversation takes.
    required_units: u32,
    /// By how many units the conversation would exceed the agent's capacity; 0 when it fits.
    capacity_exceeded_by: u32,
    /// How many ongoing conversations the agent has or is offered (in ACTIVE, WAITING and WRAP_UP).
    active_conversations: u32,
    /// How often the agent rejected this conversation or let an offer of it time out.
    declines: u32,
    /// The presence is not one that the workstream allows: give `overridePresence`. Never so in
    /// `transferableAgents`, since a transfer cannot override it.
    needs_presence_override: bool,
    /// The capacity would be exceeded: give `overrideCapacity`.
    needs_capacity_override: bool,
    /// Declined three times or more: give `overrideDeclines`.
    needs_declines_override: bool,
}

impl From<candidates::AgentCandidate> for AgentCandidate {
    fn from(candidate: candidates::AgentCandidate) -> Self {
        let Overrides {
            presence: needs_presence_override,
            capacity: needs_capacity_override,
            declines: needs_declines_override,
        } = candidate.needs();
        Self {
            presence: candidate.agent.presence,
            total_units: candidate.agent.capacity,
            consumed_units: candidate.load.consumed,
            available_units: candidate.available_units(),
            required_units: candidate.required_units(),
            capacity_exceeded_by: candidate.exceeded_by(),
            active_conversations: candidate.load.conversations,
            declines: candidate.declines,
            needs_presence_override,
            needs_capacity_override,
            needs_declines_override,
            agent: Agent(candidate.agent),
        }
    }
}

/// Whom the viewer can assign the conversation to; none when the viewer may not assign it.
pub(super) fn assignable_agents(
    ctx: &Context<'_>,
    conversation: &Arc<domain::Conversation>,
    search: Option<&str>,
    any_presence: bool,
    arguments: &PageArguments,
) -> Result<Option<CandidateConnection>> {
    let listed = listed(
        ctx,
        conversation,
        Action::Assign,
        search,
        |world, search| candidates::assignable_agents(world, conversation, search, any_presence),
    )?;
    listed.map(|agents| show(agents, arguments)).transpose()
}

/// Whom the viewer can transfer the conversation to; none when the viewer may not transfer it.
pub(super) fn transferable_agents(
    ctx: &Context<'_>,
    conversation: &Arc<domain::Conversation>,
    search: Option<&str>,
    arguments: &PageArguments,
) -> Result<Option<CandidateConnection>> {
    let listed = listed(
        ctx,
        conversation,
        Action::Transfer,
        search,
        |world, search| candidates::transferable_agents(world, conversation, search),
    )?;
    listed.map(|agents| show(agents, arguments)).transpose()
}

/// Where the viewer can move the conversation to; none when the viewer may not assign it.
pub(super) fn assignable_queues(
    ctx: &Context<'_>,
    conversation: &Arc<domain::Conversation>,
    search: Option<&str>,
    arguments: &PageArguments,
) -> Result<Option<QueueConnection>> {
    let listed = listed(
        ctx,
        conversation,
        Action::Assign,
        search,
        |world, search| candidates::assignable_queues(world, conversation, search),
    )?;
    listed.map(|queues| show(queues, arguments)).transpose()
}

/// What the domain lists on the board as it is, for a viewer who may do what the list is for.
fn listed<T>(
    ctx: &Context<'_>,
    conversation: &Arc<domain::Conversation>,
    action: Action,
    search: Option<&str>,
    list: impl FnOnce(&World, &Search) -> T,
) -> Result<Option<T>> {
    let search = search.unwrap_or_default();
    if search.chars().count() > MAX_SEARCH {
        let problem = "search: give 200 characters at most.";
        return Err(coded(Code::InvalidInput, problem));
    }
    if may(ctx, conversation, action)?.is_err() {
        return Ok(None);
    }
    let search = Search::new(search);
    let board = &ctx.app()?.board;
    Ok(Some(board.read(|board| list(&board.world, &search))))
}

fn show<P, D, T, N, E>(listed: Vec<(P, D)>, arguments: &PageArguments) -> Result<List<T, N, E>>
where
    CandidateCursor: From<P>,
    T: From<D> + OutputType + ObjectType,
    N: ConnectionNameType,
    E: EdgeNameType,
{
    let placed = listed
        .into_iter()
        .map(|(place, item)| (CandidateCursor::from(place), T::from(item)));
    page(placed.collect(), arguments)
}

/// Where something stands in a list, as a page cursor says it. A place is one also when what stood
/// there has moved or gone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct CandidateCursor {
    hindered: bool,
    available: Reverse<i64>,
    name: String,
    id: Uuid,
}

impl From<Rank> for CandidateCursor {
    fn from(rank: Rank) -> Self {
        Self {
            hindered: rank.hindered,
            available: rank.available,
            name: rank.name,
            id: rank.id.0,
        }
    }
}

/// Queues stand by name only.
impl From<(String, QueueId)> for CandidateCursor {
    fn from((name, id): (String, QueueId)) -> Self {
        Self {
            hindered: false,
            available: Reverse(0),
            name,
            id: id.0,
        }
    }
}

/// What stands before the name in a cursor's bytes.
const HEAD: usize = 1 + size_of::<i64>() + size_of::<uuid::Bytes>();

impl fmt::Display for CandidateCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = Vec::with_capacity(HEAD + self.name.len());
        bytes.push(u8::from(self.hindered));
        bytes.extend(self.available.0.to_be_bytes());
        bytes.extend(self.id.as_bytes());
        bytes.extend(self.name.as_bytes());
        f.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for CandidateCursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        let (head, name) = bytes.split_at_checked(HEAD).ok_or(InvalidCursor)?;
        if head[0] > 1 {
            return Err(InvalidCursor);
        }
        let available = head[1..9].try_into().map_err(|_| InvalidCursor)?;
        let name = std::str::from_utf8(name).map_err(|_| InvalidCursor)?;
        Ok(Self {
            hindered: head[0] == 1,
            available: Reverse(i64::from_be_bytes(available)),
            name: name.to_owned(),
            id: Uuid::from_slice(&head[9..]).map_err(|_| InvalidCursor)?,
        })
    }
}
