//! What subscriptions deliver: events with their place in the log.

use std::sync::Arc;

use async_graphql::{ID, SimpleObject, Union};
use chrono::{DateTime, Utc};

use super::scalars::Cursor;
use super::types::conversation::Conversation;
use super::types::message::Message;
use domain::{self, Change, ChangeKind};
use domain::{AlertThreshold, SentimentLevel};
use engine::app::App;
use engine::live::{Delivery, DeliveryKind};

mod actor;
pub mod agents;
mod change;
pub mod notification;
pub mod ongoing;
pub mod organisation;

pub use actor::Actor;
pub use change::{ConversationChange, EventType};

/// What `conversationChanges` delivers.
#[derive(Union)]
pub enum ConversationEvent {
    /// A conversation changed.
    Changed(Box<ConversationChangeEvent>),
    /// You do not see it any more.
    LeftScope(ConversationLeftScope),
}

/// A conversation changed, and you may see it.
#[derive(SimpleObject)]
pub struct ConversationChangeEvent {
    /// Its place in the event log; pass the last one you handled as `after` to resume.
    cursor: Cursor,
    /// When it was committed.
    committed_at: DateTime<Utc>,
    /// When it left for you.
    emitted_at: DateTime<Utc>,
    /// Who did it.
    actor: Actor,
    /// What changed.
    change: ConversationChange,
    /// The conversation as it was right after. Agents and queues in it are as they are now.
    conversation: Conversation,
}

/// You saw this conversation before an event, and do not see it any more: remove it from your list.
/// When you cease to be a member of a queue you get one for each conversation that was OPEN there.
#[derive(SimpleObject)]
pub struct ConversationLeftScope {
    /// Its place in the event log.
    cursor: Cursor,
    /// When it was committed.
    committed_at: DateTime<Utc>,
    /// When it left for you.
    emitted_at: DateTime<Utc>,
    /// The conversation's id (`conv_…`).
    conversation_id: ID,
}

/// A customer's sentiment came to another level.
#[derive(SimpleObject)]
pub struct SentimentChangeEvent {
    /// Its place in the event log; pass the last one you handled as `after` to resume.
    cursor: Cursor,
    /// When it was committed.
    committed_at: DateTime<Utc>,
    /// When it left for you.
    emitted_at: DateTime<Utc>,
    /// The level before.
    from: SentimentLevel,
    /// The level now.
    to: SentimentLevel,
    /// The conversation as it was right after.
    conversation: Conversation,
}

/// Customer sentiment fell to or below the organisation's alert threshold.
#[derive(SimpleObject)]
pub struct SentimentAlertEvent {
    /// Its place in the event log; pass the last one you handled as `after` to resume.
    cursor: Cursor,
    /// When it was committed.
    committed_at: DateTime<Utc>,
    /// When it left for you.
    emitted_at: DateTime<Utc>,
    /// The level to which the sentiment fell.
    level: SentimentLevel,
    /// The organisation's threshold then; never DO_NOT_SEND.
    threshold: AlertThreshold,
    /// The conversation as it was right after.
    conversation: Conversation,
}

/// What `conversationTranscript` delivers.
#[derive(Union)]
pub enum TranscriptEvent {
    /// A message was posted, or changed.
    Message(Box<TranscriptMessage>),
    /// You may not read on; the subscription ends.
    Ended(TranscriptEnded),
}

/// A message that you may read was posted, edited, removed, reacted to, or reported on its way to the customer. Replace the one with
/// its id, if you have it.
#[derive(SimpleObject)]
pub struct TranscriptMessage {
    /// Its place in the event log; pass the last one you handled as `after` to resume.
    cursor: Cursor,
    /// When it was committed.
    committed_at: DateTime<Utc>,
    /// When it left for you.
    emitted_at: DateTime<Utc>,
    /// What happened to the message: MESSAGE_POSTED, MESSAGE_EDITED, MESSAGE_REMOVED, MESSAGE_REACTION or MESSAGE_DELIVERY.
    cause: EventType,
    /// The message as it is now.
    message: Message,
}

/// You may not read this transcript any more, or the conversation closed. The subscription ends.
#[derive(SimpleObject)]
pub struct TranscriptEnded {
    /// The place in the event log of what ended it.
    cursor: Cursor,
    /// When that was committed.
    committed_at: DateTime<Utc>,
    /// When it left for you.
    emitted_at: DateTime<Utc>,
    /// What ended it.
    cause: EventType,
}

impl ConversationEvent {
    /// The event as this delivery shows it; none when it is about no conversation.
    pub(super) fn of(app: &App, delivery: &Delivery) -> Option<Self> {
        let entry = &delivery.entry;
        let (cursor, committed_at) = (Cursor::from(delivery.cursor), entry.at);
        let emitted_at = app.clock.now();
        if let DeliveryKind::Left(id) = &delivery.kind {
            let conversation_id = ID(id.to_string());
            let left = ConversationLeftScope {
                cursor,
                committed_at,
                emitted_at,
                conversation_id,
            };
            return Some(Self::LeftScope(left));
        }
        let conversation: Arc<domain::Conversation> = entry.conversation()?.clone();
        Some(Self::Changed(Box::new(ConversationChangeEvent {
            cursor,
            committed_at,
            emitted_at,
            actor: Actor::of(app, entry, &conversation),
            change: ConversationChange::of(app, &entry.change, &conversation)?,
            conversation: Conversation(conversation),
        })))
    }
}

impl SentimentChangeEvent {
    /// The event, if the sentiment changed.
    pub(super) fn of(app: &App, delivery: &Delivery) -> Option<Self> {
        let Change::SentimentChanged { from, to, .. } = &delivery.entry.change else {
            return None;
        };
        Some(Self {
            cursor: delivery.cursor.into(),
            committed_at: delivery.entry.at,
            emitted_at: app.clock.now(),
            from: (*from),
            to: (*to),
            conversation: Conversation(delivery.entry.conversation()?.clone()),
        })
    }
}

impl SentimentAlertEvent {
    /// The event, if supervisors were alerted.
    pub(super) fn of(app: &App, delivery: &Delivery) -> Option<Self> {
        let Change::SentimentAlertRaised {
            level, threshold, ..
        } = &delivery.entry.change
        else {
            return None;
        };
        Some(Self {
            cursor: delivery.cursor.into(),
            committed_at: delivery.entry.at,
            emitted_at: app.clock.now(),
            level: (*level),
            threshold: (*threshold),
            conversation: Conversation(delivery.entry.conversation()?.clone()),
        })
    }
}

impl TranscriptEvent {
    /// A message that was posted or changed; none of another event.
    pub(super) fn of_message(app: &App, delivery: &Delivery, message: Message) -> Option<Self> {
        Some(Self::Message(Box::new(TranscriptMessage {
            cursor: delivery.cursor.into(),
            committed_at: delivery.entry.at,
            emitted_at: app.clock.now(),
            cause: match delivery.entry.change.kind() {
                // No stream of changes has it: in a transcript it is a message like the others.
                ChangeKind::AgentCoached => EventType::MessagePosted,
                kind => EventType::of(kind)?,
            },
            message,
        })))
    }

    /// The end.
    pub(super) fn ended(app: &App, delivery: &Delivery) -> Option<Self> {
        Some(Self::Ended(TranscriptEnded {
            cursor: delivery.cursor.into(),
            committed_at: delivery.entry.at,
            emitted_at: app.clock.now(),
            cause: EventType::of(delivery.entry.change.kind())?,
        }))
    }
}
