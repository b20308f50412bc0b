//! Anything by its id, one or many: how Relay and caches fetch what they know of again.

use async_graphql::{Context, ID, Object, Result};
use futures_util::future::try_join_all;

use super::listing;
use crate::graphql::context::Request;
use crate::graphql::types::agent::Agent;
use crate::graphql::types::conversation::find_header;
use crate::graphql::types::customer::find_customer;
use crate::graphql::types::node::Node;
use crate::graphql::types::queue::Queue;
use crate::graphql::types::workstream::Workstream;
use domain::{AgentId, ConversationId, CustomerId, QueueId, WorkstreamId};

/// Anything by its id.
#[derive(Default)]
pub struct NodeQueries;

/// Anything by its id.
#[Object]
impl NodeQueries {
    /// Whatever has this id, if you may see it; null otherwise, and for an id that is none.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "An id: `conv_…`, `agent_…`, `queue_…`, `ws_…` or `cust_…`.")] id: ID,
    ) -> Result<Option<Node>> {
        find_node(ctx, &id).await
    }

    /// What has these ids, in their order and as often: null in the place of each that you may not see, and of
    /// each that is none. 0 to 100 ids, which count like the items of a page; more are refused as `pageSize`.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Ids of any kind: `conv_…`, `agent_…`, `queue_…`, `ws_…`, `cust_…`.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        try_join_all(ids.iter().map(|id| find_node(ctx, id))).await
    }
}

async fn find_node(ctx: &Context<'_>, id: &ID) -> Result<Option<Node>> {
    if let Ok(id) = id.parse::<ConversationId>() {
        return Ok(find_header(ctx, id).await?.map(Node::Conversation));
    }
    if let Ok(id) = id.parse::<CustomerId>() {
        return Ok(find_customer(ctx, id).await?.map(Node::Customer));
    }
    if listing(ctx).is_err() {
        return Ok(None);
    }
    Ok(ctx.app()?.board.read(|board| {
        let world = &board.world;
        if let Ok(id) = id.parse::<AgentId>() {
            let agent = world.agents.get(&id).cloned();
            return agent.map(|agent| Node::Agent(Agent(agent)));
        }
        if let Ok(id) = id.parse::<QueueId>() {
            let queue = world.queues.get(&id).cloned();
            return queue.map(|queue| Node::Queue(Queue(queue)));
        }
        let id = id.parse::<WorkstreamId>().ok()?;
        let workstream = world.workstreams.get(&id).cloned();
        workstream.map(|workstream| Node::Workstream(Workstream(workstream)))
    }))
}
