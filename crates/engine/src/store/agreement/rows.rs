//! Comparing rows, whatever their table.

use std::collections::BTreeMap;

use sea_orm::sea_query::Value;
use sea_orm::{
    ActiveModelTrait, ActiveValue, ConnectionTrait, DatabaseTransaction, EntityName, EntityTrait,
    FromQueryResult, IdenStatic, Iterable, ModelTrait, PrimaryKeyToColumn, QueryResult, QueryTrait,
    Select,
};

use super::difference::{Difference, RowProblem, shown};
use crate::store::StoreError;
use domain::{
    AgentId, ConversationId, CustomerId, MessageId, MonitorSessionId, OfferId, QueueId,
    WorkstreamId,
};
use uuid::Uuid;

/// Columns that no event can tell: text, and that it was erased.
const TEXTS: [(&str, &str); 7] = [
    ("messages", "text"),
    ("messages", "attachments"),
    ("messages", "external_id"),
    ("message_states", "delivery_code"),
    ("message_states", "delivery_description"),
    ("messages", "erased_at"),
    ("conversations", "subject"),
];
/// Columns that a row from before them may lack.
const LATER: [(&str, &str); 1] = [("conversations", "last_activity_at")];
/// Held in its own way: an older program wrote the same image with other words.
const IMAGE: (&str, &str) = ("conversations", "image");

/// Reads rows; one that cannot be read is a find, not an error of the database.
pub(super) async fn read<E: EntityTrait>(
    snapshot: &DatabaseTransaction,
    select: Select<E>,
    found: &mut Vec<Difference>,
) -> Result<Vec<E::Model>, StoreError> {
    let rows = snapshot.query_all(select.as_query()).await?;
    let mut models = Vec::with_capacity(rows.len());
    for row in &rows {
        match E::Model::from_query_result(row, "") {
            Ok(model) => models.push(model),
            Err(error) => found.push(Difference::Row {
                table: table::<E>(),
                row: whose(row),
                problem: RowProblem::Unreadable(error.to_string()),
            }),
        }
    }
    Ok(models)
}

/// Which row cannot be read, as far as that can be said.
fn whose(row: &QueryResult) -> String {
    let id = |column| row.try_get::<Uuid>("", column).ok();
    let conversation = id("conversation_id").map(ConversationId);
    match (conversation, id("id")) {
        (Some(conversation), _) => format!("of {conversation}"),
        (None, Some(id)) => id.simple().to_string(),
        (None, None) => String::from("(no key)"),
    }
}

/// Holds rows against what they must be. `may_be_older` says of a row that nothing expects whether
/// it may be from before the events that are kept.
pub(super) fn hold<E>(
    rows: Vec<E::Model>,
    expected: Vec<E::ActiveModel>,
    may_be_older: impl Fn(&E::Model) -> bool,
    found: &mut Vec<Difference>,
) -> u64
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E>,
    E::ActiveModel: ActiveModelTrait<Entity = E>,
{
    let mut tell = |row: &str, problem| {
        let (table, row) = (table::<E>(), row.to_owned());
        let difference = Difference::Row {
            table,
            row,
            problem,
        };
        if !found.contains(&difference) {
            found.push(difference);
        }
    };
    let mut there: BTreeMap<String, E::Model> = rows
        .into_iter()
        .map(|row| (key::<E>(|column| Some(row.get(column))), row))
        .collect();
    let mut compared = 0;
    for due in expected {
        let key = key::<E>(|column| due.get(column).into_value());
        let Some(row) = there.remove(&key) else {
            tell(&key, RowProblem::Missing);
            continue;
        };
        compared += 1;
        for (column, is, log) in columns::<E>(&row, &due) {
            tell(
                &key,
                RowProblem::Differs {
                    column,
                    row: is,
                    log,
                },
            );
        }
    }
    for (key, row) in there {
        compared += 1;
        if !may_be_older(&row) {
            tell(&key, RowProblem::Unknown);
        }
    }
    compared
}

/// The columns in which a row is not what it must be: name, row's value, due value.
fn columns<E>(row: &E::Model, due: &E::ActiveModel) -> Vec<(String, String, String)>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E>,
    E::ActiveModel: ActiveModelTrait<Entity = E>,
{
    let table = table::<E>();
    let told = |column: &E::Column| {
        let named = (table, column.as_str());
        named != IMAGE && !TEXTS.contains(&named)
    };
    E::Column::iter()
        .filter(told)
        .filter_map(|column| {
            let (ActiveValue::Set(due) | ActiveValue::Unchanged(due)) = due.get(column) else {
                return None;
            };
            let is = row.get(column);
            let name = column.as_str();
            if is == is.as_null() && LATER.contains(&(table, name)) {
                return None;
            }
            (is != due).then(|| {
                let [is, due] = [is, due].map(|value| shown(readable(table, name, &value)));
                (name.to_owned(), is, due)
            })
        })
        .collect()
}

/// A row's primary key in words.
fn key<E: EntityTrait>(get: impl Fn(E::Column) -> Option<Value>) -> String {
    let parts = E::PrimaryKey::iter().map(|part| {
        let column = part.into_column();
        let value = get(column);
        value.map_or_else(
            || String::from("?"),
            |value| readable(table::<E>(), column.as_str(), &value),
        )
    });
    parts.collect::<Vec<_>>().join(" ")
}

fn table<E: EntityTrait>() -> &'static str {
    EntityName::table_name(&E::default())
}

/// A value as the API writes it: ids with their prefix.
fn readable(table: &str, column: &str, value: &Value) -> String {
    match value {
        Value::Uuid(Some(id)) => match (table, column) {
            (_, "conversation_id" | "previous_id") | ("conversations", "id") => {
                ConversationId(*id).to_string()
            }
            (_, "agent_id") => AgentId(*id).to_string(),
            (_, "queue_id") => QueueId(*id).to_string(),
            (_, "workstream_id") => WorkstreamId(*id).to_string(),
            (_, "customer_id") => CustomerId(*id).to_string(),
            ("offers", _) => OfferId(*id).to_string(),
            ("monitor_sessions", _) => MonitorSessionId(*id).to_string(),
            ("messages", _) => MessageId(*id).to_string(),
            _ => id.simple().to_string(),
        },
        Value::String(Some(text)) => text.clone(),
        Value::ChronoDateTimeUtc(Some(at)) => at.to_rfc3339(),
        other => match other.to_string().trim_matches('\'') {
            "NULL" => String::from("null"),
            text => text.to_owned(),
        },
    }
}
