//! Sentiment alerts: whom they reach.

use std::sync::Arc;

use async_graphql::{ID, InputObject, Result};

use super::{among, deliver_if, ids};
use domain::SentimentLevel;
use domain::{Change, ConversationId, QueueId, Subject};
use engine::live::{Interest, Want};

/// Which sentiment alerts; every condition given must hold.
#[derive(InputObject, Default)]
pub struct SentimentAlertFilter {
    /// Only these conversations (`conv_…`); 1 to 100.
    conversation_ids: Option<Vec<ID>>,
    /// Only conversations in one of these queues (`queue_…`); 1 to 100.
    queue_ids: Option<Vec<ID>>,
    /// Only alerts at one of these levels.
    levels: Option<Vec<SentimentLevel>>,
}

/// Alerts for this supervisor. Who is in scope is asked for every event; who could be reached when it
/// was raised stands in the event, so that coming back later tells nobody again.
pub(super) fn interest(filter: SentimentAlertFilter, viewer: Subject) -> Result<Interest> {
    let conversations = ids::<ConversationId>(filter.conversation_ids)?;
    let queues = ids::<QueueId>(filter.queue_ids)?;
    let levels = filter.levels;
    Ok(Arc::new(move |delivery| {
        let Change::SentimentAlertRaised {
            level, unreachable, ..
        } = &delivery.entry.change
        else {
            return Want::Skip;
        };
        let Some(conversation) = delivery.entry.conversation() else {
            return Want::Skip;
        };
        deliver_if(
            !unreachable.contains(&viewer)
                && among(conversations.as_ref(), &conversation.id)
                && among(queues.as_ref(), &conversation.queue)
                && among(levels.as_ref(), level),
        )
    }))
}
