//! Reads of what is only in the database: transcripts, history, closed conversations.
//!
//! Each takes many keys and answers them with one statement, for the loaders of `graphql`. They
//! answer what they are asked: whether the viewer may have it is decided before.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

pub mod audit;
pub mod customers;
mod each;
pub mod earlier;
mod feelings;
mod message_changes;
pub mod past;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod transcripts;

pub use feelings::{Point, sentiment_lines};
pub use message_changes::{MessageState, Reacted, Revision, reactions, revisions, states};
pub use transcripts::{MessagePage, MessageSlice, transcripts};

use super::load::parse_image;
use super::said::parse_attachments;
use super::{Store, StoreError};
use domain::{
    AgentId, AgentNoticeId, Attachment, Author, Conversation, ConversationId, CustomerId, Intent,
    LookKind, MessageId, MonitorSessionId, MonitoringEnd, ParticipantRole, SystemMessage,
    Visibility,
};
use entity::tables::{
    agent_notice, conversation, conversation_attribute, conversation_note, customer, message,
    monitor_session, participant, rating_comment,
};

type Fetched<K, V> = Result<HashMap<K, V>, StoreError>;

/// A page's cursor names nothing that the list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForeignCursor;

/// A message of a transcript.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// Its place in the transcript, from 1; none: it coaches an agent, and is not counted.
    pub number: Option<i32>,
    /// Who wrote it.
    pub author: Author,
    /// Which agent or bot wrote it.
    pub agent: Option<AgentId>,
    /// Which supervisor wrote it.
    pub supervisor: Option<Arc<str>>,
    /// Who may read it.
    pub visibility: Visibility,
    /// The agent whom it coaches.
    pub coached: Option<AgentId>,
    /// Which message of Regie itself it is.
    pub system: Option<SystemMessage>,
    /// What it says; none when erased, when it has attachments alone, or when Regie itself says it.
    pub text: Option<Arc<str>>,
    /// What is attached.
    pub attachments: Arc<[Attachment]>,
    /// When the customer sent it, where the channel said so.
    pub sent_at: Option<DateTime<Utc>>,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
    /// The id that the channel's provider gave it.
    pub external_id: Option<Arc<str>>,
    /// The score of a customer's message.
    pub score: Option<f32>,
    /// What a customer's message is for.
    pub intent: Option<Intent>,
    /// When it was posted.
    pub posted_at: DateTime<Utc>,
    /// When its text was erased.
    pub erased_at: Option<DateTime<Utc>>,
}

impl TryFrom<message::Model> for Message {
    type Error = StoreError;

    fn try_from(row: message::Model) -> Result<Self, StoreError> {
        let attachments = parse_attachments(row.attachments.as_deref())?;
        Ok(Self {
            id: row.id,
            conversation: row.conversation_id,
            number: (row.visibility != Visibility::Coaching).then_some(row.number - row.coaching),
            author: row.author,
            agent: row.agent_id,
            supervisor: row.author_subject.map(Into::into),
            visibility: row.visibility,
            coached: row.coached_id,
            system: row.system_message,
            text: row.text.map(Into::into),
            attachments: attachments.into(),
            sent_at: row.sent_at,
            reply_to: row.reply_to_id,
            external_id: row.external_id.map(Into::into),
            score: row.score,
            intent: row.intent,
            posted_at: row.posted_at,
            erased_at: row.erased_at,
        })
    }
}

/// One stay of one participant.
#[derive(Clone, Debug)]
pub struct Participation {
    /// As what.
    pub role: ParticipantRole,
    /// Who: an agent's or customer's id, or a supervisor's subject.
    pub who: Arc<str>,
    /// From when.
    pub joined_at: DateTime<Utc>,
    /// Until when; none while there.
    pub left_at: Option<DateTime<Utc>>,
}

/// A monitor or review session, running or ended.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // The fields of `domain::conversation::Monitor`, and its end.
pub struct Session {
    pub id: MonitorSessionId,
    pub kind: LookKind,
    pub supervisor: Arc<str>,
    pub started_at: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub joined_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub ended_by: Option<MonitoringEnd>,
}

/// Conversations, closed ones too.
pub async fn conversations(
    store: Store,
    ids: Vec<ConversationId>,
) -> Fetched<ConversationId, Arc<Conversation>> {
    conversation::Entity::find()
        .filter(conversation::Column::Id.is_in(ids))
        .all(&store.read)
        .await?
        .into_iter()
        .map(|row| Ok((row.id, Arc::new(parse_image(&row.image)?))))
        .collect()
}

/// What is known of a customer.
#[derive(Clone, Debug)]
pub struct Customer {
    /// The id; of one who was merged that of the surviving customer.
    pub id: CustomerId,
    /// The name; none when not known, or erased.
    pub name: Option<Arc<str>>,
    /// When name, key and texts were erased.
    pub erased_at: Option<DateTime<Utc>>,
}

/// Customers.
pub async fn customers(store: Store, ids: Vec<CustomerId>) -> Fetched<CustomerId, Customer> {
    let rows = customer::Entity::find().filter(customer::Column::Id.is_in(ids));
    let known = |row: customer::Model| {
        let customer = Customer {
            id: row.merged_into_id.unwrap_or(row.id),
            name: row.name.map(Into::into),
            erased_at: row.erased_at,
        };
        (row.id, customer)
    };
    let rows = rows.all(&store.read).await?;
    Ok(rows.into_iter().map(known).collect())
}

/// What conversations are about.
pub async fn subjects(
    store: Store,
    ids: Vec<ConversationId>,
) -> Fetched<ConversationId, Option<Arc<str>>> {
    let rows: Vec<(ConversationId, Option<String>)> = conversation::Entity::find()
        .select_only()
        .column(conversation::Column::Id)
        .column(conversation::Column::Subject)
        .filter(conversation::Column::Id.is_in(ids))
        .into_tuple()
        .all(&store.read)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, subject)| (id, subject.map(Into::into)))
        .collect())
}

/// Messages by id.
pub async fn messages(store: Store, ids: Vec<MessageId>) -> Fetched<MessageId, Message> {
    let rows = message::Entity::find().filter(message::Column::Id.is_in(ids));
    let rows = rows.all(&store.read).await?;
    let messages = rows.into_iter().map(|row| Ok((row.id, row.try_into()?)));
    messages.collect()
}

/// What agents were told; what is older than it is kept is not there.
pub async fn agent_notices(
    store: Store,
    ids: Vec<AgentNoticeId>,
) -> Fetched<AgentNoticeId, String> {
    let rows = agent_notice::Entity::find().filter(agent_notice::Column::Id.is_in(ids));
    let rows = rows.all(&store.read).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.text)).collect())
}

/// Everybody who took part, in order of joining.
pub async fn participants(
    store: Store,
    ids: Vec<ConversationId>,
) -> Fetched<ConversationId, Vec<Participation>> {
    let rows = participant::Entity::find()
        .filter(participant::Column::ConversationId.is_in(ids))
        .order_by_asc(participant::Column::JoinedPosition)
        .order_by_asc(participant::Column::Role)
        .all(&store.read)
        .await?;
    Ok(grouped(rows, |row| {
        let stay = Participation {
            role: row.role,
            who: row.who.into(),
            joined_at: row.joined_at,
            left_at: row.left_at,
        };
        (row.conversation_id, stay)
    }))
}

/// Every monitor and review session, in order of starting.
pub async fn sessions(
    store: Store,
    ids: Vec<ConversationId>,
) -> Fetched<ConversationId, Vec<Session>> {
    let rows = monitor_session::Entity::find()
        .filter(monitor_session::Column::ConversationId.is_in(ids))
        .order_by_asc(monitor_session::Column::StartedAt)
        .order_by_asc(monitor_session::Column::Id)
        .all(&store.read)
        .await?;
    Ok(grouped(rows, |row| {
        let session = Session {
            id: row.id,
            kind: row.kind,
            supervisor: row.supervisor.into(),
            started_at: row.started_at,
            until: row.until,
            joined_at: row.joined_at,
            ended_at: row.ended_at,
            ended_by: row.ended_by,
        };
        (row.conversation_id, session)
    }))
}

/// An attribute of a conversation.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its key.
    pub key: Arc<str>,
    /// What it says.
    pub value: Arc<str>,
}

/// The attributes of conversations, by key.
pub async fn attributes(
    store: Store,
    ids: Vec<ConversationId>,
) -> Fetched<ConversationId, Vec<Attribute>> {
    let rows = conversation_attribute::Entity::find()
        .filter(conversation_attribute::Column::ConversationId.is_in(ids))
        .all(&store.read)
        .await?;
    let mut grouped = grouped(rows, |row| {
        let (key, value) = (row.key.into(), row.value.into());
        (row.conversation_id, Attribute { key, value })
    });
    // Databases sort by rules of their own.
    for attributes in grouped.values_mut() {
        attributes.sort_by(|one, other| one.key.cmp(&other.key));
    }
    Ok(grouped)
}

/// What was noted of conversations when they were closed.
pub async fn notes(store: Store, ids: Vec<ConversationId>) -> Fetched<ConversationId, Arc<str>> {
    let rows = conversation_note::Entity::find()
        .filter(conversation_note::Column::ConversationId.is_in(ids))
        .all(&store.read)
        .await?;
    let notes = rows.into_iter();
    Ok(notes
        .map(|row| (row.conversation_id, row.text.into()))
        .collect())
}

/// What customers said who rated conversations.
pub async fn comments(store: Store, ids: Vec<ConversationId>) -> Fetched<ConversationId, Arc<str>> {
    let rows = rating_comment::Entity::find()
        .filter(rating_comment::Column::ConversationId.is_in(ids))
        .all(&store.read)
        .await?;
    let comments = rows.into_iter();
    Ok(comments
        .map(|row| (row.conversation_id, row.text.into()))
        .collect())
}

fn grouped<R, K: Hash + Eq, V>(rows: Vec<R>, split: impl Fn(R) -> (K, V)) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for (key, value) in rows.into_iter().map(split) {
        groups.entry(key).or_default().push(value);
    }
    groups
}
