//! The audit trail of a time, in the order of its chain.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use serde_json::Value;

use super::super::{Store, StoreError};
use super::{Cell, ExportRange, Page, Row, at, maybe_id, plain, text};
use entity::tables::audit::{Column, Entity, Model};

/// How many entries are read at once.
const ROWS: u64 = 500;

pub(super) const PLAIN: &[&str] = &[
    "number",
    "at",
    "subject",
    "role",
    "action",
    "conversation_id",
    "target",
    "refusal",
    "overrides",
    "hash",
];
/// What people gave as their reasons, and how agents, queues and workstreams were, with their names.
pub(super) const TEXTS: &[&str] = &["reason", "before", "after"];

pub(super) async fn page(
    store: &Store,
    range: ExportRange,
    with_texts: bool,
    after: Option<i64>,
) -> Result<Page<i64>, StoreError> {
    let rows = Entity::find()
        .filter(Column::At.gte(range.from))
        .filter(Column::At.lt(range.to))
        .apply_if(after, |select, after| {
            select.filter(Column::Number.gt(after))
        })
        .order_by_asc(Column::Number)
        .limit(ROWS)
        .all(&store.read)
        .await?;
    let last = rows.last().map(|row| row.number);
    let next = last.filter(|_| rows.len() as u64 == ROWS);
    let rows = rows.into_iter().map(|row| cells(row, with_texts));
    Ok(Page {
        rows: rows.collect::<Result<_, _>>()?,
        next,
    })
}

fn cells(row: Model, with_texts: bool) -> Result<Row, StoreError> {
    let nested = |json: Option<&str>| match json {
        None => Ok(Cell::Nothing),
        Some(json) => serde_json::from_str::<Value>(json)
            .map(Cell::Nested)
            .map_err(StoreError::row("audit")),
    };
    let mut cells = vec![
        plain(row.number),
        at(row.at),
        text(Some(row.subject)),
        plain(row.role.as_str()),
        plain(row.action),
        maybe_id(row.conversation_id),
        text(row.target),
        plain(row.refusal),
        nested(Some(&row.overrides))?,
        plain(row.hash),
    ];
    if with_texts {
        cells.push(text(row.reason));
        cells.push(nested(row.before.as_deref())?);
        cells.push(nested(row.after.as_deref())?);
    }
    Ok(cells)
}
