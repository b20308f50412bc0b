//! Queries. The ongoing view, its summary and the organisation's lists come from the board, without SQL.

mod agents;
mod audit;
mod customers;
mod insights;
mod node;
mod ongoing;
mod past;
mod revocations;

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::connection::{Connection, ConnectionNameType, Edge, EdgeNameType, EmptyFields};
use async_graphql::{Context, ID, MergedObject, Object, ObjectType, OutputType, Result};

use self::agents::{AgentFilter, AgentOrder};
use self::ongoing::OngoingFields;
pub(super) use self::ongoing::{
    OngoingFilter, OngoingOrder, OngoingSummary, OrderDirection, order_of, search, summary_of,
};
use crate::graphql::commands::bulk::{BulkForecast, BulkPreviewInput, preview};
use crate::graphql::context::{Request, coded, wait_for};
use crate::graphql::scalars::GivenCursor;
use crate::graphql::types::agent::{Agent, AgentConnectionName, AgentEdgeName};
use crate::graphql::types::conversation::{
    Conversation, ConversationConnectionName, ConversationEdgeName, find_header,
};
use crate::graphql::types::paging::{Count, List, PageArguments, count, invalid_cursor, page};
use crate::graphql::types::queue::{Queue, QueueConnectionName, QueueEdgeName};
use crate::graphql::types::settings::SupervisorSettings;
use crate::graphql::types::viewer::Viewer;
use crate::graphql::types::workstream::{Workstream, WorkstreamConnectionName, WorkstreamEdgeName};
use domain::{self, Role, World};
use engine::board::view;

/// A page of the ongoing view.
pub(super) type ConversationConnection = Connection<
    String,
    Conversation,
    OngoingFields,
    EmptyFields,
    ConversationConnectionName,
    ConversationEdgeName,
>;

/// Everything that is read once; from memory but where a field says otherwise. The schema's own description says where to begin.
///
/// Transparency: Regie is for helping teams and customers, not for decisions about anybody's
/// employment. Whoever operates it must tell customers and agents that conversations may be watched
/// and stored, and obtain consent where the law asks for it.
#[derive(MergedObject, Default)]
pub struct Query(
    Views,
    node::NodeQueries,
    past::PastQueries,
    customers::CustomerQueries,
    insights::InsightQueries,
    audit::AuditQueries,
    revocations::RevocationQueries,
);

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

    /// Every ongoing conversation that you may see: the live heart of a supervisor's desk. From
    /// memory, at one place of the event log (`asOf`); subscribe to `conversationChanges` with
    /// `after: asOf` to keep it right, or to `ongoingConversationsLive` instead, which keeps a list right for
    /// you. `first` or `last`: 0 to 100, default the first 25.
    ///
    /// Where several servers run, another one may be a moment behind what you have seen. Give the last
    /// cursor that you have (of an event, or `asOf` of a mutation) as `minCursor`, and the answer is as of
    /// that place or later: the server waits for it up to 2 seconds, and then answers CURSOR_AHEAD; ask
    /// again. A cursor of another database is CURSOR_EXPIRED, text that is none CURSOR_INVALID.
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
        #[graphql(desc = "Not before this place of the log: a cursor that you have.")]
        min_cursor: Option<GivenCursor>,
    ) -> Result<ConversationConnection> {
        wait_for(ctx, min_cursor).await?;
        let (access, agent) = (ctx.access()?, ctx.agent()?);
        let row_viewer = view::RowViewer::new(access, agent.as_deref());
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
            .read(|board| board.page(row_viewer, &filter, order, slice));
        let fields = OngoingFields::of(&page);
        let mut connection =
            Connection::with_additional_fields(page.has_previous, page.has_next, fields);
        connection.edges.extend(
            page.rows
                .into_iter()
                .map(|(place, c)| Edge::new(order.encode(place), Conversation(c))),
        );
        Ok(connection)
    }

    /// Counts over the ongoing conversations that you may see. From memory, like the view itself; with
    /// `minCursor`, as of that place of the log or later, as in `ongoingConversations`.
    async fn ongoing_summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversations; all that you may see when left out.")]
        filter: Option<OngoingFilter>,
        #[graphql(desc = "Not before this place of the log: a cursor that you have.")]
        min_cursor: Option<GivenCursor>,
    ) -> Result<OngoingSummary> {
        wait_for(ctx, min_cursor).await?;
        summary_of(ctx, &filter.unwrap_or_default().parse()?)
    }

    /// What `bulkAction` would be refused of this now, by conversation, in the order of the input; each against what those
    /// before it would leave. Nothing changes, and nothing is recorded: what is refused may be done a moment later, and the
    /// reverse. Refused as a whole with ROLE_REQUIRED or INVALID_INPUT. For supervisors.
    async fn bulk_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What would be done to which conversations.")] input: BulkPreviewInput,
    ) -> Result<Vec<BulkForecast>> {
        preview(ctx, &input).await
    }

    /// One conversation, ongoing or closed; null when there is none that you may see. Agents find the headers of
    /// closed ones that they were primary agent of at any time. With `minCursor`, as
    /// of that place of the log or later, as in `ongoingConversations`.
    async fn conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The conversation (`conv_…`).")] id: ID,
        #[graphql(desc = "Not before this place of the log: a cursor that you have.")]
        min_cursor: Option<GivenCursor>,
    ) -> Result<Option<Conversation>> {
        wait_for(ctx, min_cursor).await?;
        match id.parse() {
            Ok(id) => find_header(ctx, id).await,
            Err(_) => Ok(None),
        }
    }

    /// Agents: every one, oldest first, where neither filter nor order says otherwise. For agents (names), supervisors and
    /// administrators; others get ROLE_REQUIRED.
    #[allow(clippy::too_many_arguments)] // Relay's four, and what the list is about.
    async fn agents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which agents; all when left out.")] filter: Option<AgentFilter>,
        #[graphql(desc = "Default: the oldest first.")] order_by: Option<AgentOrder>,
        #[graphql(desc = "So many from the start; 0 to 100.")] first: Option<i32>,
        #[graphql(desc = "So many from the end; 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes after this page cursor, in the same order.")]
        after: Option<String>,
        #[graphql(desc = "Only what comes before this page cursor, in the same order.")]
        before: Option<String>,
    ) -> Result<List<Agent, AgentConnectionName, AgentEdgeName>> {
        let arguments = PageArguments {
            after,
            before,
            first,
            last,
        };
        listing(ctx)?;
        agents::agents(ctx, filter, order_by.as_ref(), &arguments)
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
        let arguments = PageArguments {
            after,
            before,
            first,
            last,
        };
        let all = |world: &World| all_of(&world.queues, Queue);
        listed(ctx, &arguments, all)
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
        let arguments = PageArguments {
            after,
            before,
            first,
            last,
        };
        let all = |world: &World| all_of(&world.workstreams, Workstream);
        listed(ctx, &arguments, all)
    }

    /// What the organisation allows its supervisors. For supervisors and administrators; others get ROLE_REQUIRED.
    async fn supervisor_settings(&self, ctx: &Context<'_>) -> Result<SupervisorSettings> {
        ctx.one_of(&[Role::Supervisor, Role::Administrator])?;
        Ok(SupervisorSettings(
            ctx.app()?.board.read(|board| board.world.settings.clone()),
        ))
    }
}

/// A page of what the organisation has of one kind, oldest first.
fn listed<K, T, N, E>(
    ctx: &Context<'_>,
    arguments: &PageArguments,
    all: impl FnOnce(&World) -> Vec<(K, T)>,
) -> Result<List<T, N, E>>
where
    K: Ord + ToString + FromStr,
    T: OutputType + ObjectType,
    N: ConnectionNameType,
    E: EdgeNameType,
{
    listing(ctx)?;
    let all = ctx.app()?.board.read(|board| all(&board.world));
    page(all, arguments)
}

/// All of these as the schema shows them, with what they are ordered by.
fn all_of<K: Copy, V, T>(these: &BTreeMap<K, Arc<V>>, show: fn(Arc<V>) -> T) -> Vec<(K, T)> {
    let shown = these.iter().map(|(id, one)| (*id, show(one.clone())));
    shown.collect()
}

/// Who may list agents, queues and workstreams: whoever leads, and agents that Regie knows.
pub(super) fn listing(ctx: &Context<'_>) -> Result<()> {
    let access = ctx.one_of(&[Role::Agent, Role::Supervisor, Role::Administrator])?;
    if access.leads() || ctx.agent()?.is_some() {
        return Ok(());
    }
    let unknown = domain::Refusal::AgentUnknown;
    Err(coded(unknown.code(), &unknown.message()))
}
