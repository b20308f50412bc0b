//! A conversation's messages, a page at a time, for whom they are.

use std::sync::Arc;

use async_graphql::connection::{Connection, DisableNodesField, Edge, EmptyFields};
use async_graphql::{Context, Result};

use super::message::{Message, MessageConnectionName, MessageEdgeName};
use super::paging::{Count, PageArguments, count, invalid_cursor};
use crate::domain::{Conversation, policy};
use crate::graphql::context::{Request, own_agent};
use crate::store::queries::MessageSlice;

/// A transcript's page.
pub type MessageConnection = Connection<
    String,
    Message,
    EmptyFields,
    EmptyFields,
    MessageConnectionName,
    MessageEdgeName,
    DisableNodesField,
>;

/// The messages that the viewer may read; none when the viewer may read none of them.
pub(super) async fn transcript(
    ctx: &Context<'_>,
    conversation: &Arc<Conversation>,
    arguments: &PageArguments,
) -> Result<Option<MessageConnection>> {
    let (app, viewer) = (ctx.app()?, ctx.viewer()?);
    // As things are now, not as they were at the position of this conversation's image.
    let ongoing = app
        .board
        .read(|board| board.world.conversations.get(&conversation.id).cloned());
    let now = match ongoing {
        Some(now) => Some(now),
        None if conversation.is_ongoing() => {
            ctx.loaders()?.conversations.get(conversation.id).await?
        }
        None => Some(conversation.clone()),
    };
    let agent = own_agent(app, viewer);
    let reading = now.and_then(|now| policy::reads_transcript(viewer, agent.as_deref(), &now));
    let Some(reading) = reading else {
        return Ok(None);
    };
    let number = |cursor: Option<&str>| -> Result<Option<i32>> {
        cursor
            .map(|text| text.parse().map_err(|_| invalid_cursor()))
            .transpose()
    };
    let Count { count, from_end } = count(arguments.first, arguments.last)?;
    let slice = MessageSlice {
        after: number(arguments.after.as_deref())?,
        before: number(arguments.before.as_deref())?,
        count,
        from_end,
        public_only: MessageSlice::is_public_only(reading),
    };
    let page = ctx
        .loaders()?
        .transcripts
        .get((conversation.id, slice))
        .await?
        .unwrap_or_default();
    let has_previous = if from_end {
        page.more
    } else {
        slice.after.is_some_and(|n| n > 0)
    };
    let has_next = if from_end {
        slice.before.is_some()
    } else {
        page.more
    };
    let mut connection = Connection::new(has_previous, has_next);
    connection.edges.extend(
        page.messages
            .into_iter()
            .map(|m| Edge::new(m.number.to_string(), Message(m))),
    );
    Ok(Some(connection))
}
