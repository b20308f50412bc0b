//! A customer's earlier conversations, for the agent who handles the next one.

use std::sync::Arc;

use async_graphql::{Context, Result};

use super::conversation::stored;
use crate::graphql::context::{Request, internal};
use domain::policy::{self, Reading};
use domain::{Agent, Command, Conversation, EarlierReading, Role};
use engine::app::Terms;
use engine::store::OrderError;

/// The latest closed conversations of this one's customer, latest first; none where the viewer, as things are now, may not
/// read them.
pub async fn earlier_conversations(
    ctx: &Context<'_>,
    conversation: &Conversation,
) -> Result<Option<Vec<Arc<Conversation>>>> {
    let Some(agent) = reader(ctx)? else {
        return Ok(None);
    };
    let reads = ctx.app()?.board.read(|board| {
        let now = board.world.conversations.get(&conversation.id);
        now.is_some_and(|now| policy::reads_earlier(&board.world, &agent, now))
    });
    if !reads {
        return Ok(None);
    }
    latest(ctx, conversation).await.map(Some)
}

/// Whether the viewer may read this closed conversation as the next agent.
pub async fn is_earlier(ctx: &Context<'_>, conversation: &Conversation) -> Result<bool> {
    Ok(as_next(ctx, conversation).await?.is_some())
}

/// What of this conversation the viewer may read as the next agent; that they do is recorded first.
pub async fn earlier_reading(
    ctx: &Context<'_>,
    conversation: &Conversation,
) -> Result<Option<Reading>> {
    if conversation.is_ongoing() || reader(ctx)?.is_none() {
        return Ok(None);
    }
    // Its queue may have changed since that image, and it may be ongoing there.
    let Some(earlier) = stored(ctx, conversation.id).await? else {
        return Ok(None);
    };
    let Some((agent, next)) = as_next(ctx, &earlier).await? else {
        return Ok(None);
    };
    let reading = EarlierReading {
        conversation: next.id,
        agent: agent.id,
        earlier: earlier.id,
    };
    if ctx.loaders()?.readings.get(reading).await?.is_none() && !record(ctx, reading).await? {
        return Ok(None);
    }
    Ok(Some(policy::earlier_reading(&agent, &earlier)))
}

/// The viewer's own agent row, if they ask as an agent.
fn reader(ctx: &Context<'_>) -> Result<Option<Arc<Agent>>> {
    if ctx.access()?.has_role(Role::Agent) {
        ctx.agent()
    } else {
        Ok(None)
    }
}

/// As whom, and as the primary agent of which conversation, the viewer may read this closed one.
async fn as_next(
    ctx: &Context<'_>,
    earlier: &Conversation,
) -> Result<Option<(Arc<Agent>, Arc<Conversation>)>> {
    let Some(agent) = reader(ctx)? else {
        return Ok(None);
    };
    let customer = ctx.loaders()?.customers.get(earlier.customer).await?;
    let customer = customer.map_or(earlier.customer, |customer| customer.id);
    let next = ctx
        .app()?
        .board
        .read(|board| policy::reads_as_next(&board.world, &agent, earlier, customer).cloned());
    let Some(next) = next else {
        return Ok(None);
    };
    let latest = latest(ctx, earlier).await?;
    let is_one = latest.iter().any(|one| one.id == earlier.id);
    Ok(is_one.then_some((agent, next)))
}

async fn latest(ctx: &Context<'_>, of: &Conversation) -> Result<Vec<Arc<Conversation>>> {
    let whose = (of.customer, of.source.clone());
    Ok(ctx.loaders()?.earlier.get(whose).await?.unwrap_or_default())
}

/// Whether the reading is recorded. Nothing is read that could not be.
async fn record(ctx: &Context<'_>, reading: EarlierReading) -> Result<bool> {
    let command = Command::ReadEarlier {
        conversation: reading.conversation,
        earlier: reading.earlier,
    };
    let (app, viewer) = (ctx.app()?, ctx.viewer()?);
    match app.carry_out(viewer, command, Terms::default()).await {
        Ok(_) => Ok(true),
        // They are the primary agent no more.
        Err(OrderError::Refused(_)) => Ok(false),
        Err(error) => Err(internal(&error)),
    }
}
