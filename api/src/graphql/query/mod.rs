//! Queries. The ongoing view, its summary and the organisation's lists come from the board, without SQL.

mod audit;

use std::collections::BTreeMap;

use async_graphql::connection::{Connection, DisableNodesField, Edge, EmptyFields};
use async_graphql::{Context, Enum, ID, InputObject, MergedObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::ids::InvalidId;

use crate::board::view;
use crate::domain::{self, AgentId, Code, ConversationId, QueueId, Role, WorkstreamId};
use crate::graphql::context::{Request, coded, leads, own_agent};
use crate::graphql::enums::{Channel, SentimentLevel, State};
use crate::graphql::scalars::Cursor;
use crate::graphql::types::agent::Agent;
use crate::graphql::types::conversation::{
    Conversation, ConversationConnectionName, ConversationEdgeName, find,
};
use crate::graphql::types::node::Node;
use crate::graphql::types::paging::{
    Count, List, PageArguments, connection_names, count, invalid_cursor, page,
};
use crate::graphql::types::queue::Queue;
use crate::graphql::types::settings::SupervisorSettings;
use crate::graphql::types::viewer::Viewer;
use crate::graphql::types::workstream::Workstream;

connection_names!(
    AgentConnectionName = "AgentConnection",
    AgentEdgeName = "AgentEdge"
);
connection_names!(
    QueueConnectionName = "QueueConnection",
    QueueEdgeName = "QueueEdge"
);
connection_names!(
    WorkstreamConnectionName = "WorkstreamConnection",
    WorkstreamEdgeName = "WorkstreamEdge"
);

/// A page of the ongoing view.
pub(super) type ConversationConnection = Connection<
    String,
    Conversation,
    OngoingFields,
    EmptyFields,
    ConversationConnectionName,
    ConversationEdgeName,
    DisableNodesField,
>;

/// Which conversations of the ongoing view; every condition given must hold, and a list means any of it.
#[derive(InputObject, Default)]
pub struct OngoingFilter {
    /// In one of these states (CLOSED ones are never in the view).
    states: Option<Vec<State>>,
    /// On one of these channels.
    channels: Option<Vec<Channel>>,
    /// In one of these queues (`queue_…`).
    queue_ids: Option<Vec<ID>>,
    /// Handled by, or offered as an assignment to, one of these agents (`agent_…`).
    agent_ids: Option<Vec<ID>>,
    /// At one of these sentiment levels.
    sentiments: Option<Vec<SentimentLevel>>,
    /// True: nobody has it or is offered it. False: somebody is.
    unassigned: Option<bool>,
    /// Text in the subject or the customer's name, in whatever case; never in messages. 1 to 200 characters.
    text: Option<String>,
}

/// By what the ongoing view is ordered. Conversations without the value come last either way.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum OngoingOrderField {
    /// How long nobody has had it (`waitingSince`).
    WaitingTime,
    /// When it started.
    StartedAt,
    /// Customer sentiment: ascending is most negative first.
    Sentiment,
    /// When something last happened.
    LastActivityAt,
}

/// Which way.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum OrderDirection {
    /// Shortest wait, oldest, most negative first.
    Asc,
    /// Longest wait, newest, most positive first.
    Desc,
}

/// An order of the ongoing view.
#[derive(InputObject)]
pub struct OngoingOrder {
    /// By what.
    field: OngoingOrderField,
    /// Which way.
    direction: OrderDirection,
}

/// What the ongoing view knows of itself.
#[derive(SimpleObject)]
pub struct OngoingFields {
    /// How many there are on all pages.
    total_count: i32,
    /// Where in the event log this was seen: subscribe with `after` to go on exactly there.
    as_of: Cursor,
}

/// Regie: the control room for supervisors of customer-service teams. See every ongoing conversation
/// of your agents as it happens, monitor it silently, join it, assign or transfer it, force-close it.
///
/// Transparency: Regie is for helping teams and customers, not for decisions about anybody's
/// employment. Whoever operates it must tell customers and agents that conversations may be watched
/// and stored, and obtain consent where the law asks for it.
#[derive(MergedObject, Default)]
pub struct Query(Views, audit::AuditQueries);

/// What is ongoing, one conversation, and the organisation.
#[derive(Default)]
pub struct Views;

/// What is ongoing, one conversation, and the organisation.
#[Object]
impl Views {
    /// You: what your token says of you, and what Regie knows of you.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Viewer> {
        Ok(Viewer(ctx.viewer()?.clone()))
    }

    /// Whatever has this id, if you may see it; null otherwise, and for an id that is none.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "An id: `conv_…`, `agent_…`, `queue_…` or `ws_…`.")] id: ID,
    ) -> Result<Option<Node>> {
        if let Ok(id) = id.parse::<ConversationId>() {
            return Ok(find(ctx, id).await?.map(Node::Conversation));
        }
        if listing(ctx).is_err() {
            return Ok(None);
        }
        Ok(ctx.app()?.board.read(|board| {
            let world = &board.world;
            if let Ok(id) = id.parse::<AgentId>() {
                return world
                    .agents
                    .get(&id)
                    .cloned()
                    .map(|agent| Node::Agent(Agent(agent)));
            }
            if let Ok(id) = id.parse::<QueueId>() {
                return world
                    .queues
                    .get(&id)
                    .cloned()
                    .map(|queue| Node::Queue(Queue(queue)));
            }
            let id = id.parse::<WorkstreamId>().ok()?;
            let workstream = world.workstreams.get(&id).cloned();
            workstream.map(|workstream| Node::Workstream(Workstream(workstream)))
        }))
    }

    /// Every ongoing conversation that you may see: the live heart of a supervisor's desk. From
    /// memory, at one place of the event log (`asOf`); subscribe to `conversationChanges` with
    /// `after: asOf` to keep it right. `first` or `last`: 0 to 100, default the first 25.
    #[allow(clippy::too_many_arguments)] // Relay's four, and what the view is about.
    async fn ongoing_conversations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversations; all that you may see when left out.")]
        filter: Option<OngoingFilter>,
        #[graphql(desc = "Default: longest wait first.")] order_by: Option<OngoingOrder>,
        #[graphql(desc = "So many from the start; 0 to 100.")] first: Option<i32>,
        #[graphql(desc = "So many from the end; 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes after this page cursor, in the same order.")]
        after: Option<String>,
        #[graphql(desc = "Only what comes before this page cursor, in the same order.")]
        before: Option<String>,
    ) -> Result<ConversationConnection> {
        let viewer = ctx.viewer()?;
        let filter = filter.unwrap_or_default().parse()?;
        let order = order_of(order_by.as_ref());
        let Count { count, from_end } = count(first, last)?;
        let place = |cursor: Option<String>| {
            cursor
                .map(|text| order.decode(&text).map_err(|_| invalid_cursor()))
                .transpose()
        };
        let slice = view::Slice {
            after: place(after)?,
            before: place(before)?,
            count: count as usize,
            from_end,
        };
        let page = ctx
            .app()?
            .board
            .read(|board| board.page(viewer, &filter, order, slice));
        let fields = OngoingFields {
            total_count: i32::try_from(page.total).unwrap_or(i32::MAX),
            as_of: page.head.into(),
        };
        let mut connection =
            Connection::with_additional_fields(page.has_previous, page.has_next, fields);
        connection.edges.extend(
            page.rows
                .into_iter()
                .map(|(place, c)| Edge::new(order.encode(place), Conversation(c))),
        );
        Ok(connection)
    }

    /// Counts over the ongoing conversations that you may see. From memory, like the view itself.
    async fn ongoing_summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversations; all that you may see when left out.")]
        filter: Option<OngoingFilter>,
    ) -> Result<OngoingSummary> {
        let viewer = ctx.viewer()?;
        let filter = filter.unwrap_or_default().parse()?;
        Ok(ctx.app()?.board.read(|board| {
            let summary = board.summary(viewer, &filter);
            let queues = &board.world.queues;
            OngoingSummary {
                total_count: summary.total,
                unassigned_count: summary.unassigned,
                longest_waiting_since: summary.waiting_since,
                by_state: counts(&summary.by_state, |state, count| StateCount {
                    state: state.into(),
                    count,
                }),
                by_queue: summary
                    .by_queue
                    .iter()
                    .filter_map(|(id, count)| {
                        let queue = Queue(queues.get(id)?.clone());
                        Some(QueueCount {
                            queue,
                            count: *count,
                        })
                    })
                    .collect(),
                by_channel: counts(&summary.by_channel, |channel, count| ChannelCount {
                    channel: channel.into(),
                    count,
                }),
                by_sentiment: counts(&summary.by_sentiment, |level, count| SentimentCount {
                    level: level.into(),
                    count,
                }),
                as_of: board.head.into(),
            }
        }))
    }

    /// One conversation, ongoing or closed; null when there is none that you may see.
    async fn conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The conversation (`conv_…`).")] id: ID,
    ) -> Result<Option<Conversation>> {
        match id.parse() {
            Ok(id) => find(ctx, id).await,
            Err(_) => Ok(None),
        }
    }

    /// Every agent, oldest first. For agents (names), supervisors and administrators; others get ROLE_REQUIRED.
    async fn agents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start; 0 to 100.")] first: Option<i32>,
        #[graphql(desc = "So many from the end; 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes after this page cursor.")] after: Option<String>,
        #[graphql(desc = "Only what comes before this page cursor.")] before: Option<String>,
    ) -> Result<List<Agent, AgentConnectionName, AgentEdgeName>> {
        listing(ctx)?;
        let agents = ctx.app()?.board.read(|board| {
            let agents = board.world.agents.iter();
            agents
                .map(|(id, agent)| (*id, Agent(agent.clone())))
                .collect()
        });
        page(
            agents,
            &PageArguments {
                after,
                before,
                first,
                last,
            },
        )
    }

    /// Every queue, oldest first. For agents, supervisors and administrators; others get ROLE_REQUIRED.
    async fn queues(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start; 0 to 100.")] first: Option<i32>,
        #[graphql(desc = "So many from the end; 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes after this page cursor.")] after: Option<String>,
        #[graphql(desc = "Only what comes before this page cursor.")] before: Option<String>,
    ) -> Result<List<Queue, QueueConnectionName, QueueEdgeName>> {
        listing(ctx)?;
        let queues = ctx.app()?.board.read(|board| {
            let queues = board.world.queues.iter();
            queues
                .map(|(id, queue)| (*id, Queue(queue.clone())))
                .collect()
        });
        page(
            queues,
            &PageArguments {
                after,
                before,
                first,
                last,
            },
        )
    }

    /// Every workstream, oldest first. For agents, supervisors and administrators; others get ROLE_REQUIRED.
    async fn workstreams(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start; 0 to 100.")] first: Option<i32>,
        #[graphql(desc = "So many from the end; 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes after this page cursor.")] after: Option<String>,
        #[graphql(desc = "Only what comes before this page cursor.")] before: Option<String>,
    ) -> Result<List<Workstream, WorkstreamConnectionName, WorkstreamEdgeName>> {
        listing(ctx)?;
        let workstreams = ctx.app()?.board.read(|board| {
            let workstreams = board.world.workstreams.iter();
            workstreams
                .map(|(id, one)| (*id, Workstream(one.clone())))
                .collect()
        });
        page(
            workstreams,
            &PageArguments {
                after,
                before,
                first,
                last,
            },
        )
    }

    /// What the organisation allows its supervisors. For supervisors and administrators; others get ROLE_REQUIRED.
    async fn supervisor_settings(&self, ctx: &Context<'_>) -> Result<SupervisorSettings> {
        ctx.one_of(&[Role::Supervisor, Role::Administrator])?;
        Ok(SupervisorSettings(
            ctx.app()?.board.read(|board| board.world.settings.clone()),
        ))
    }
}

/// Who may list agents, queues and workstreams: whoever leads, and agents that Regie knows.
fn listing(ctx: &Context<'_>) -> Result<()> {
    let viewer = ctx.one_of(&[Role::Agent, Role::Supervisor, Role::Administrator])?;
    if leads(viewer) || own_agent(ctx.app()?, viewer).is_some() {
        return Ok(());
    }
    let unknown = domain::Refusal::AgentUnknown;
    Err(coded(unknown.code(), &unknown.message()))
}

fn order_of(order: Option<&OngoingOrder>) -> view::Order {
    let Some(OngoingOrder { field, direction }) = order else {
        return view::Order {
            field: view::OrderField::WaitingTime,
            descending: true,
        };
    };
    let field = match field {
        OngoingOrderField::WaitingTime => view::OrderField::WaitingTime,
        OngoingOrderField::StartedAt => view::OrderField::Start,
        OngoingOrderField::Sentiment => view::OrderField::Sentiment,
        OngoingOrderField::LastActivityAt => view::OrderField::LastActivity,
    };
    view::Order {
        field,
        descending: *direction == OrderDirection::Desc,
    }
}

impl OngoingFilter {
    fn parse(self) -> Result<view::Filter> {
        fn set<A: Into<B>, B: Ord>(list: Option<Vec<A>>) -> Option<std::collections::BTreeSet<B>> {
            list.map(|list| list.into_iter().map(Into::into).collect())
        }
        fn ids<T: std::str::FromStr<Err = InvalidId> + Ord>(
            list: Option<Vec<ID>>,
        ) -> Result<Option<std::collections::BTreeSet<T>>> {
            let parse = |id: ID| {
                id.parse()
                    .map_err(|error: InvalidId| coded(Code::InvalidInput, &error.to_string()))
            };
            list.map(|list| list.into_iter().map(parse).collect())
                .transpose()
        }
        let long = |text: &String| text.trim().is_empty() || text.chars().count() > 200;
        if self.text.as_ref().is_some_and(long) {
            return Err(coded(Code::InvalidInput, "text: give 1 to 200 characters."));
        }
        Ok(view::Filter {
            states: set(self.states),
            channels: set(self.channels),
            queues: ids(self.queue_ids)?,
            agents: ids(self.agent_ids)?,
            sentiments: set(self.sentiments),
            unassigned: self.unassigned,
            text: self.text.map(|text| text.trim().to_lowercase()),
        })
    }
}

/// Counts over the ongoing conversations that you may see.
#[derive(SimpleObject)]
pub struct OngoingSummary {
    /// All of them.
    total_count: u32,
    /// Those that nobody has or is offered.
    unassigned_count: u32,
    /// Since when the one waits that waits longest; null when none waits.
    longest_waiting_since: Option<DateTime<Utc>>,
    /// By state; only states that occur.
    by_state: Vec<StateCount>,
    /// By queue; only queues that occur.
    by_queue: Vec<QueueCount>,
    /// By channel; only channels that occur.
    by_channel: Vec<ChannelCount>,
    /// By sentiment level, worst first; only levels that occur.
    by_sentiment: Vec<SentimentCount>,
    /// Where in the event log this was seen.
    as_of: Cursor,
}

/// How many conversations are in a state.
#[derive(SimpleObject)]
pub struct StateCount {
    /// The state.
    state: State,
    /// How many.
    count: u32,
}

/// How many conversations are in a queue.
#[derive(SimpleObject)]
pub struct QueueCount {
    /// The queue.
    queue: Queue,
    /// How many.
    count: u32,
}

/// How many conversations are on a channel.
#[derive(SimpleObject)]
pub struct ChannelCount {
    /// The channel.
    channel: Channel,
    /// How many.
    count: u32,
}

/// How many conversations are at a sentiment level.
#[derive(SimpleObject)]
pub struct SentimentCount {
    /// The level.
    level: SentimentLevel,
    /// How many.
    count: u32,
}

fn counts<K: Copy, T>(counts: &BTreeMap<K, u32>, show: impl Fn(K, u32) -> T) -> Vec<T> {
    counts
        .iter()
        .map(|(key, count)| show(*key, *count))
        .collect()
}
