//! Following one conversation's transcript: who may, what they want of each event, and its end.

use async_graphql::{Context, Result};

use super::deliver_if;
use crate::graphql::context::{Request, internal, own_agent};
use crate::graphql::events::TranscriptEvent;
use crate::graphql::types::message::Message;
use domain::{
    self, Change, ConversationId, ParticipantRole, Refusal, Role, Viewer, Visibility, policy,
};
use engine::app::App;
use engine::live::{Delivery, Want};

/// Whether there is a transcript to follow: for whom it is, and while it goes on.
pub(super) fn readable(
    app: &App,
    viewer: &Viewer,
    conversation: &domain::Conversation,
    resumes: bool,
) -> Result<(), Refusal> {
    let agent = own_agent(app, viewer);
    if policy::reads_transcript(viewer, agent.as_deref(), conversation, app.clock.now()).is_some() {
        // What was said before it closed can be resumed; nothing more will come.
        return if resumes || conversation.is_ongoing() {
            Ok(())
        } else {
            Err(Refusal::ConversationClosed)
        };
    }
    let sight = policy::sees(viewer.access(), agent.as_deref(), conversation);
    Err(if sight.supervisor {
        Refusal::NotMonitoring
    } else if sight.agent {
        Refusal::NotParticipant(ParticipantRole::PrimaryAgent)
    } else {
        Refusal::RoleRequired(Role::Supervisor)
    })
}

/// What a reader of a transcript wants of an event: to read what they may, and to learn of the end.
pub(super) fn want_message(
    app: &App,
    viewer: &Viewer,
    id: ConversationId,
    delivery: &Delivery,
) -> Want {
    let Some(then) = delivery.entry.conversation().filter(|then| then.id == id) else {
        return Want::Skip;
    };
    let (agent, now) = app.board.read(|board| {
        let agent = board.world.agent_of(viewer.subject()).cloned();
        (agent, board.world.conversations.get(&id).cloned())
    });
    let reads = |conversation: &domain::Conversation, at| {
        policy::reads_transcript(viewer, agent.as_deref(), conversation, at)
    };
    let now = now.as_deref().and_then(|now| reads(now, app.clock.now()));
    if let Some(coached) = delivery.entry.change.coaches() {
        // Who was coached reads it as long as they take part: now, too.
        return deliver_if(now.is_some_and(|now| now.reads(Visibility::Coaching, Some(coached))));
    }
    // Readable when it was posted, or readable now.
    let reading = reads(then, delivery.entry.at).or(now);
    match (&delivery.entry.change, reading) {
        (_, None) | (Change::Closed { .. } | Change::ForceClosed { .. }, _) => Want::Last,
        (
            Change::MessagePosted { visibility, .. } | Change::MessageReaction { visibility, .. },
            Some(reading),
        ) => deliver_if(reading.reads(*visibility, None)),
        // All of these are PUBLIC.
        (
            Change::MessageEdited { .. }
            | Change::MessageRemoved { .. }
            | Change::MessageDelivery { .. },
            Some(_),
        ) => Want::Deliver,
        _ => Want::Skip,
    }
}

/// What the subscription delivers for this event.
pub(super) async fn transcript_event(
    ctx: &Context<'_>,
    app: &App,
    delivery: &Delivery,
) -> Result<Option<TranscriptEvent>> {
    let change = &delivery.entry.change;
    let message = match change {
        Change::MessagePosted { message, .. } | Change::AgentCoached { message, .. } => {
            Some(*message)
        }
        other => other.changed_message(),
    };
    let Some(message) = message else {
        return Ok(TranscriptEvent::ended(app, delivery));
    };
    let agent = own_agent(app, ctx.viewer()?);
    let viewer = ctx.viewer()?;
    let reading = delivery.entry.conversation().and_then(|then| {
        let now = app
            .board
            .read(|board| board.world.conversations.get(&then.id).cloned());
        let now = now.map(|now| (now, app.clock.now()));
        [Some((then.clone(), delivery.entry.at)), now]
            .into_iter()
            .flatten()
            .find_map(|(conversation, at)| {
                policy::reads_transcript(viewer, agent.as_deref(), &conversation, at)
            })
    });
    let Some(reading) = reading else {
        return Ok(TranscriptEvent::ended(app, delivery));
    };
    let message = ctx.loaders()?.messages.get(message).await?;
    let message = message.ok_or_else(|| internal(&"a message of the log is not in its table"))?;
    if !reading.reads(message.visibility, message.coached) {
        return Ok(None);
    }
    let message = Message::new(message, reading);
    Ok(TranscriptEvent::of_message(app, delivery, message))
}
