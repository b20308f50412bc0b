//! Finding a conversation by its id, on the board or in the database.

use async_graphql::{Context, Result};

use super::Conversation;
use crate::graphql::context::Request;
use domain::{self, policy};

/// The conversation with this id, ongoing or closed, if the viewer may see it.
pub(in crate::graphql) async fn find(
    ctx: &Context<'_>,
    id: domain::ConversationId,
) -> Result<Option<Conversation>> {
    let ongoing = ctx
        .app()?
        .board
        .read(|board| board.world.conversations.get(&id).cloned());
    let found = match ongoing {
        Some(conversation) => Some(conversation),
        None => ctx.loaders()?.conversations.get(id).await?,
    };
    let (access, agent) = (ctx.access()?, ctx.agent()?);
    let seen = found.filter(|c| policy::sees(access, agent.as_deref(), c).any());
    Ok(seen.map(Conversation))
}
