//! Messages that were posted within a time: conversation by conversation, each in the order of its transcript.
//!
//! No index orders messages by time, since each message would pay for it. Conversations are walked instead, by their ids and each
//! once, and of those that were there in that time the messages.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};

use super::super::queries::{MessageState, Reacted, reactions, states};
use super::super::{Store, StoreError};
use super::{Cell, ExportRange, Page, Row, at, id, instant, maybe_at, maybe_id, plain, text};
use domain::message::Reactor;
use domain::{Attachment, Author, ConversationId, DeliveryState, Visibility};
use entity::tables::conversation;
use entity::tables::message::{Column, Entity, Model};

/// How many messages are read at once: a text may have 10,000 characters.
const ROWS: u64 = 200;
/// How many conversations are looked at together.
const CONVERSATIONS: u64 = 200;

pub(super) const PLAIN: &[&str] = &[
    "id",
    "conversation_id",
    "number",
    "author",
    "agent_id",
    "supervisor",
    "visibility",
    "system_message",
    "score",
    "language",
    "attachment_kinds",
    "reply_to_id",
    "sent_at",
    "posted_at",
    "erased_at",
    "intent",
    "edited_at",
    "removed_at",
    "delivery",
    "delivery_at",
    "delivery_code",
];
pub(super) const TEXTS: &[&str] = &[
    "text",
    "attachments",
    "external_id",
    "delivery_description",
    "reactions",
];

/// How far it has come: through all conversations up to one, and through some that are looked at now.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    conversations: Option<ConversationId>,
    /// Those that are looked at, and the last message of them.
    among: Vec<ConversationId>,
    message: Option<(ConversationId, i32)>,
}

pub(super) async fn page(
    store: &Store,
    range: ExportRange,
    with_texts: bool,
    place: Place,
) -> Result<Page<Place>, StoreError> {
    let mut place = place;
    if place.among.is_empty() {
        place.among = conversations_after(store, range, place.conversations).await?;
        place.message = None;
    }
    let Some(last) = place.among.last().copied() else {
        let rows = Vec::new();
        return Ok(Page { rows, next: None });
    };
    let beyond = place.message.map(|(conversation, number)| {
        let here = Condition::all()
            .add(Column::ConversationId.eq(conversation))
            .add(Column::Number.gt(number));
        let beyond = Column::ConversationId.gt(conversation);
        let beyond = Condition::any().add(beyond).add(here);
        let from = Column::ConversationId.gte(conversation);
        Condition::all().add(from).add(beyond)
    });
    let rows = Entity::find()
        .filter(Column::ConversationId.is_in(place.among.iter().copied()))
        .filter(Column::PostedAt.gte(range.from))
        .filter(Column::PostedAt.lt(range.to))
        // What a supervisor says to an agent alone does not leave the house.
        .filter(Column::Visibility.ne(Visibility::Coaching))
        .filter(Condition::all().add_option(beyond))
        .order_by_asc(Column::ConversationId)
        .order_by_asc(Column::Number)
        .limit(ROWS)
        .all(&store.read)
        .await?;
    let at_end = rows.last().map(|row| (row.conversation_id, row.number));
    let next = if rows.len() as u64 == ROWS {
        Place {
            message: at_end,
            ..place
        }
    } else {
        Place {
            conversations: Some(last),
            ..Place::default()
        }
    };
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut states = states(store.clone(), ids.clone()).await?;
    let mut reacted = if with_texts {
        reactions(store.clone(), ids).await?
    } else {
        HashMap::new()
    };
    let rows = rows.into_iter().map(|row| {
        let state = states.remove(&row.id);
        let texts = with_texts.then(|| reacted.remove(&row.id).unwrap_or_default());
        cells(row, state, texts)
    });
    Ok(Page {
        rows: rows.collect::<Result<_, _>>()?,
        next: Some(next),
    })
}

/// The next conversations that were there in that time.
async fn conversations_after(
    store: &Store,
    range: ExportRange,
    after: Option<ConversationId>,
) -> Result<Vec<ConversationId>, StoreError> {
    use conversation::Column as C;
    let there = Condition::any()
        .add(C::ClosedAt.is_null())
        .add(C::ClosedAt.gte(range.from));
    let ids = conversation::Entity::find()
        .select_only()
        .column(C::Id)
        .filter(C::StartedAt.lt(range.to))
        .filter(there)
        .filter(Condition::all().add_option(after.map(|after| C::Id.gt(after))))
        .order_by_asc(C::Id)
        .limit(CONVERSATIONS)
        .into_tuple();
    Ok(ids.all(&store.read).await?)
}

/// A message's row; with texts where its reactions are given.
fn cells(
    row: Model,
    state: Option<MessageState>,
    with_texts: Option<Vec<Reacted>>,
) -> Result<Row, StoreError> {
    let goes_out = row.author != Author::Customer && row.visibility == Visibility::Public;
    let delivery = state.as_ref().and_then(|state| state.delivery);
    let pending = goes_out.then_some(DeliveryState::Pending);
    let json = row.attachments.as_deref().unwrap_or("[]");
    let attachments: Vec<Attachment> =
        serde_json::from_str(json).map_err(StoreError::row("messages"))?;
    let kinds = attachments.iter().map(|one| one.kind.as_str().into());
    let mut cells = vec![
        id(&row.id),
        id(&row.conversation_id),
        plain(row.number - row.coaching),
        plain(row.author.as_str()),
        maybe_id(row.agent_id),
        text(row.author_subject),
        plain(row.visibility.as_str()),
        plain(row.system_message.map(domain::SystemMessage::as_str)),
        plain(row.score),
        plain(row.language),
        Cell::Nested(Value::Array(kinds.collect())),
        maybe_id(row.reply_to_id),
        maybe_at(row.sent_at),
        at(row.posted_at),
        maybe_at(row.erased_at),
        plain(row.intent.map(domain::Intent::as_str)),
        maybe_at(state.as_ref().and_then(|state| state.edited_at)),
        maybe_at(state.as_ref().and_then(|state| state.removed_at)),
        plain(
            delivery
                .map(|(state, _)| state)
                .or(pending)
                .map(DeliveryState::as_str),
        ),
        maybe_at(delivery.map(|(_, at)| at)),
        text(
            state
                .as_ref()
                .and_then(|state| owned(state.code.as_deref())),
        ),
    ];
    if let Some(reactions) = with_texts {
        let attachments = serde_json::from_str(json).map_err(StoreError::row("messages"))?;
        cells.extend([
            text(row.text),
            Cell::Nested(attachments),
            text(row.external_id),
            text(state.and_then(|state| owned(state.description.as_deref()))),
            Cell::Nested(reactions.iter().map(reaction).collect()),
        ]);
    }
    Ok(cells)
}

fn owned(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}

fn reaction(one: &Reacted) -> Value {
    let (by, agent, supervisor) = match &one.by {
        Reactor::Customer => ("CUSTOMER", None, None),
        Reactor::Agent(agent) => ("AGENT", Some(agent.to_string()), None),
        Reactor::Supervisor(subject) => ("SUPERVISOR", None, Some(subject.to_string())),
    };
    json!({ "by": by, "agent_id": agent, "supervisor": supervisor, "reaction": &*one.reaction, "at": instant(one.at) })
}
