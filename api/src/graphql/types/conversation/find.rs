//! Finding a conversation by its id, on the board or in the database.

use std::sync::Arc;

use async_graphql::{Context, Result};

use super::super::earlier::is_earlier;
use super::Conversation;
use crate::graphql::context::Request;
use domain::policy::Reach;
use domain::{self, ParticipantRole, policy};

/// The conversation with this id, ongoing or closed, if the viewer may see it.
pub(in crate::graphql) async fn find(
    ctx: &Context<'_>,
    id: domain::ConversationId,
) -> Result<Option<Conversation>> {
    match stored(ctx, id).await? {
        Some(found) if seen(ctx, &found)? => Ok(Some(Conversation(found))),
        _ => Ok(None),
    }
}

/// The same, and closed conversations that the viewer was primary agent of at any time, or may read as the next agent of
/// their customer. Of these the viewer knows what
/// everybody may know: every other field asks again whether the viewer sees it.
pub(in crate::graphql) async fn find_header(
    ctx: &Context<'_>,
    id: domain::ConversationId,
) -> Result<Option<Conversation>> {
    match stored(ctx, id).await? {
        Some(found)
            if seen(ctx, &found)?
                || handled(ctx, &found).await?
                || is_earlier(ctx, &found).await? =>
        {
            Ok(Some(Conversation(found)))
        }
        _ => Ok(None),
    }
}

/// The conversation with this id, whoever asks.
pub(in crate::graphql) async fn stored(
    ctx: &Context<'_>,
    id: domain::ConversationId,
) -> Result<Option<Arc<domain::Conversation>>> {
    let ongoing = ctx
        .app()?
        .board
        .read(|board| board.world.conversations.get(&id).cloned());
    Ok(match ongoing {
        Some(conversation) => Some(conversation),
        None => ctx.loaders()?.conversations.get(id).await?,
    })
}

fn seen(ctx: &Context<'_>, conversation: &domain::Conversation) -> Result<bool> {
    let (access, agent) = (ctx.access()?, ctx.agent()?);
    Ok(policy::sees(access, agent.as_deref(), conversation).any())
}

/// Whether it is closed and the viewer was its primary agent at any time.
async fn handled(ctx: &Context<'_>, conversation: &domain::Conversation) -> Result<bool> {
    let reach = Reach::of(ctx.access()?, ctx.agent()?.as_deref());
    let Some(agent) = reach.primary.filter(|_| !conversation.is_ongoing()) else {
        return Ok(false);
    };
    let stays = ctx.loaders()?.participants.get(conversation.id).await?;
    let agent = agent.to_string();
    let mut stays = stays.iter().flatten();
    let handled =
        stays.any(|stay| stay.role == ParticipantRole::PrimaryAgent && *stay.who == agent);
    Ok(reach.has(conversation, |_| handled))
}
