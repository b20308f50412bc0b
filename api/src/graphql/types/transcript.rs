//! A conversation's messages, a page at a time, for whom they are.

use std::sync::Arc;

use async_graphql::connection::{Connection, Edge, EmptyFields};
use async_graphql::{Context, Result, SimpleObject};

use super::conversation::find;
use super::earlier::earlier_reading;
use super::message::{Message, MessageConnectionName, MessageEdgeName};
use super::paging::{Count, PageArguments, count, invalid_cursor};
use crate::graphql::context::{Request, own_agent};
use crate::graphql::scalars::Cursor;
use domain::{Conversation, MessageId, policy};
use engine::store::queries::{ForeignCursor, MessageSlice};

/// A transcript's page.
pub type MessageConnection = Connection<
    String,
    Message,
    TranscriptFields,
    EmptyFields,
    MessageConnectionName,
    MessageEdgeName,
>;

/// What a page of a transcript knows of itself.
#[derive(SimpleObject)]
pub struct TranscriptFields {
    /// Where in the event log this was read: subscribe to `conversationTranscript` with `after` to go
    /// on here. A message posted in between may come twice; tell it by its id.
    as_of: Cursor,
}

/// The messages that the viewer may read; none when the viewer may read none of them.
pub(super) async fn transcript(
    ctx: &Context<'_>,
    conversation: &Arc<Conversation>,
    arguments: &PageArguments,
) -> Result<Option<MessageConnection>> {
    let (app, viewer) = (ctx.app()?, ctx.viewer()?);
    // As things are now, not as they were at the position of this conversation's image.
    let now = find(ctx, conversation.id).await?;
    let agent = own_agent(app, viewer);
    let reading = now.and_then(|now| {
        policy::reads_transcript(viewer, agent.as_deref(), &now.0, app.clock.now())
    });
    let reading = match reading {
        Some(reading) => Some(reading),
        None => earlier_reading(ctx, conversation).await?,
    };
    let Some(reading) = reading else {
        return Ok(None);
    };
    // Before the messages are read: going on from here may repeat one, and misses none.
    let as_of = app.board.head().into();
    let place = |cursor: Option<&str>| -> Result<Option<MessageId>> {
        cursor
            .map(|text| text.parse().map_err(|_| invalid_cursor()))
            .transpose()
    };
    let Count { count, from_end } = count(arguments.first, arguments.last)?;
    let slice = MessageSlice {
        after: place(arguments.after.as_deref())?,
        before: place(arguments.before.as_deref())?,
        count,
        from_end,
        reading,
    };
    let page = ctx
        .loaders()?
        .transcripts
        .get((conversation.id, slice))
        .await?
        .transpose()
        .map_err(|ForeignCursor| invalid_cursor())?
        .unwrap_or_default();
    let has_previous = if from_end {
        page.more
    } else {
        slice.after.is_some()
    };
    let has_next = if from_end {
        slice.before.is_some()
    } else {
        page.more
    };
    let fields = TranscriptFields { as_of };
    let mut connection = Connection::with_additional_fields(has_previous, has_next, fields);
    connection.edges.extend(
        page.messages
            .into_iter()
            .map(|m| Edge::new(m.id.to_string(), Message::new(m, reading))),
    );
    Ok(Some(connection))
}
