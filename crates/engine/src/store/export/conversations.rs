//! Conversations that started within a time, in the order of their starts.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Map, Value};

use super::super::load::parse_image;
use super::super::queries::{self, Customer};
use super::super::{Store, StoreError};
use super::{Cell, ExportRange, Page, Row, at, id, maybe_at, maybe_id, plain, text};
use domain::{Conversation, ConversationId};
use entity::tables::conversation::{Column, Entity, Model};

/// How many are read at once.
const ROWS: u64 = 500;

pub(super) const PLAIN: &[&str] = &[
    "id",
    "channel",
    "source",
    "mode",
    "state",
    "status_reason",
    "queue_id",
    "workstream_id",
    "customer_id",
    "agent_id",
    "previous_id",
    "version",
    "priority",
    "tags",
    "sentiment",
    "disposition",
    "rating",
    "started_at",
    "closed_at",
    "last_activity_at",
];
pub(super) const TEXTS: &[&str] = &[
    "subject",
    "customer_name",
    "attributes",
    "note",
    "rating_comment",
];

/// The last one of a page.
pub(super) type Place = (DateTime<Utc>, ConversationId);

/// What stands beside the rows of a page.
#[derive(Default)]
struct Beside {
    attributes: HashMap<ConversationId, Vec<queries::Attribute>>,
    notes: HashMap<ConversationId, std::sync::Arc<str>>,
    comments: HashMap<ConversationId, std::sync::Arc<str>>,
}

pub(super) async fn page(
    store: &Store,
    range: ExportRange,
    with_texts: bool,
    after: Option<Place>,
) -> Result<Page<Place>, StoreError> {
    let beyond = after.map(|(at, id)| {
        let tie = Condition::all()
            .add(Column::StartedAt.eq(at))
            .add(Column::Id.gt(id));
        let beyond = Condition::any().add(Column::StartedAt.gt(at)).add(tie);
        // Said twice of the instant, so that the index begins there.
        Condition::all().add(Column::StartedAt.gte(at)).add(beyond)
    });
    let rows = Entity::find()
        .filter(Column::StartedAt.gte(range.from))
        .filter(Column::StartedAt.lt(range.to))
        .filter(Condition::all().add_option(beyond))
        .order_by_asc(Column::StartedAt)
        .order_by_asc(Column::Id)
        .limit(ROWS)
        .all(&store.read)
        .await?;
    let last = rows.last().map(|row| (row.started_at, row.id));
    let next = last.filter(|_| rows.len() as u64 == ROWS);
    let customers = rows.iter().map(|row| row.customer_id).collect();
    let customers = queries::customers(store.clone(), customers).await?;
    let beside = if with_texts {
        let ids = || rows.iter().map(|row| row.id).collect();
        Beside {
            attributes: queries::attributes(store.clone(), ids()).await?,
            notes: queries::notes(store.clone(), ids()).await?,
            comments: queries::comments(store.clone(), ids()).await?,
        }
    } else {
        Beside::default()
    };
    let row = |row: Model| {
        let image = parse_image(&row.image)?;
        let customer = customers.get(&row.customer_id);
        let mut cells = facts(&row, &image, customer);
        if with_texts {
            cells.extend(texts(&row, customer, &beside));
        }
        Ok(cells)
    };
    let rows = rows.into_iter().map(row).collect::<Result<_, StoreError>>();
    Ok(Page { rows: rows?, next })
}

fn facts(row: &Model, image: &Conversation, customer: Option<&Customer>) -> Row {
    let tags: Vec<Value> = image
        .tags
        .iter()
        .map(|tag| Value::from(&**tag.text()))
        .collect();
    vec![
        id(&row.id),
        plain(row.channel.as_str()),
        text(row.source.clone()),
        plain(row.mode.as_str()),
        plain(row.state.as_str()),
        plain(row.reason.as_str()),
        id(&row.queue_id),
        id(&row.workstream_id),
        id(&customer.map_or(row.customer_id, |customer| customer.id)),
        maybe_id(row.agent_id),
        maybe_id(row.previous_id),
        plain(row.version),
        plain(image.priority.as_str()),
        Cell::Nested(Value::Array(tags)),
        plain(row.sentiment.as_str()),
        text(row.disposition.clone()),
        plain(row.rating),
        at(row.started_at),
        maybe_at(row.closed_at),
        at(image.last_activity_at),
    ]
}

fn texts(row: &Model, customer: Option<&Customer>, beside: &Beside) -> Row {
    let attributes = beside.attributes.get(&row.id).into_iter().flatten();
    let attributes = attributes.map(|one| (one.key.to_string(), Value::from(&*one.value)));
    let attributes: Map<String, Value> = attributes.collect();
    let said = |texts: &HashMap<ConversationId, std::sync::Arc<str>>| {
        text(texts.get(&row.id).map(ToString::to_string))
    };
    let (note, comment) = (said(&beside.notes), said(&beside.comments));
    let name = customer.and_then(|customer| customer.name.as_ref());
    vec![
        text(row.subject.clone()),
        text(name.map(ToString::to_string)),
        Cell::Nested(Value::Object(attributes)),
        note,
        comment,
    ]
}
