//! What happened to messages after they were posted.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::Fetched;
use crate::store::said::{parse_attachments, parse_reactor};
use crate::store::{Store, StoreError};
use domain::message::Reactor;
use domain::{Attachment, DeliveryState, MessageId};
use entity::tables::{message_reaction, message_revision, message_state};

/// What became of a message.
#[derive(Clone, Debug)]
pub struct MessageState {
    /// When it was last edited.
    pub edited_at: Option<DateTime<Utc>>,
    /// When it was removed.
    pub removed_at: Option<DateTime<Utc>>,
    /// How far it came on its way to the customer, and since when.
    pub delivery: Option<(DeliveryState, DateTime<Utc>)>,
    /// The provider's code of why it failed.
    pub code: Option<Arc<str>>,
    /// The provider's words for that.
    pub description: Option<Arc<str>>,
}

/// A reaction to a message.
#[derive(Clone, Debug)]
pub struct Reacted {
    /// Whose.
    pub by: Reactor,
    /// What it is.
    pub reaction: Arc<str>,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// What a message said before.
#[derive(Clone, Debug)]
pub struct Revision {
    /// Its text; none: it had attachments alone.
    pub text: Option<Arc<str>>,
    /// Its attachments.
    pub attachments: Arc<[Attachment]>,
    /// Until when it said so.
    pub replaced_at: DateTime<Utc>,
}

/// What became of these messages, as far as something did.
pub async fn states(store: Store, ids: Vec<MessageId>) -> Fetched<MessageId, MessageState> {
    let rows = message_state::Entity::find()
        .filter(message_state::Column::MessageId.is_in(ids))
        .all(&store.read)
        .await?;
    let state = |row: message_state::Model| {
        let state = MessageState {
            edited_at: row.edited_at,
            removed_at: row.removed_at,
            delivery: row.delivery.zip(row.delivery_at),
            code: row.delivery_code.map(Into::into),
            description: row.delivery_description.map(Into::into),
        };
        (row.message_id, state)
    };
    Ok(rows.into_iter().map(state).collect())
}

/// The reactions to these messages that were not taken back, in the order in which they were given.
pub async fn reactions(store: Store, ids: Vec<MessageId>) -> Fetched<MessageId, Vec<Reacted>> {
    use message_reaction::Column as C;
    let rows = message_reaction::Entity::find()
        .filter(C::MessageId.is_in(ids))
        .filter(C::Reaction.is_not_null())
        .order_by_asc(C::At)
        .order_by_asc(C::Who)
        .all(&store.read)
        .await?;
    let mut by_message: HashMap<MessageId, Vec<Reacted>> = HashMap::new();
    for row in rows {
        let (Some(reaction), by) = (row.reaction, parse_reactor(&row.who)?) else {
            continue;
        };
        by_message.entry(row.message_id).or_default().push(Reacted {
            by,
            reaction: reaction.into(),
            at: row.at,
        });
    }
    Ok(by_message)
}

/// What these messages said before, oldest first.
pub async fn revisions(store: Store, ids: Vec<MessageId>) -> Fetched<MessageId, Vec<Revision>> {
    use message_revision::Column as C;
    let rows = message_revision::Entity::find()
        .filter(C::MessageId.is_in(ids))
        .order_by_asc(C::Position)
        .all(&store.read)
        .await?;
    let mut by_message: HashMap<MessageId, Vec<Revision>> = HashMap::new();
    for row in rows {
        let revision = Revision {
            attachments: parse_attachments(row.attachments.as_deref())?.into(),
            text: row.text.map(Into::into),
            replaced_at: row.replaced_at,
        };
        by_message.entry(row.message_id).or_default().push(revision);
    }
    Ok::<_, StoreError>(by_message)
}
