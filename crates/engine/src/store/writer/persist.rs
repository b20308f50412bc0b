//! Writing a batch's rows in a few multi-row statements, inside the batch's transaction.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, ExprTrait,
    QueryFilter,
};

use super::customers::{merge, write_customers};
use super::directory::write_directory;
use super::erase::erase;
use super::labels::{write_attributes, write_comments, write_notes, write_tags};
use super::look_up::KnownNames;
use super::message_changes;
use super::messages;
use super::words;
use super::{notices, readings};
use crate::log::Entry;
use crate::store::StoreError;
use crate::store::external::Hashes;
use crate::store::load::{Heads, ONLY_ROW};
use crate::store::projection::{Moved, Rows};
use crate::store::upsert::all_but;
use domain::Outcome;
use domain::Text;
use entity::tables::{
    audit, conversation, event, idempotency, log_head, message, monitor_session, offer,
    participant, timer,
};

/// What is kept with an idempotency key.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub mutation: String,
    pub input: String,
    pub outcome: Outcome,
}

/// Rows in one statement; the databases bound the number of values in one.
pub(super) const ROWS: usize = 192;

/// How many of so many rows go in one statement: a power of two, or half as much again. So there are few
/// different statements, and the database has each of them prepared.
pub(in crate::store) fn together(rows: usize) -> usize {
    let power = 1 << rows.clamp(1, ROWS).ilog2();
    let more = power + power / 2;
    if more <= rows.min(ROWS) { more } else { power }
}

/// Inserts rows, up to a few hundred a statement.
macro_rules! insert {
    ($transaction:expr, $entity:path, $rows:expr, $on_conflict:expr) => {{
        let mut rows = $rows;
        while !rows.is_empty() {
            let rest = rows.split_off($crate::store::writer::persist::together(rows.len()));
            let mut insert = <$entity as sea_orm::EntityTrait>::insert_many(rows);
            let on_conflict: Option<sea_orm::sea_query::OnConflict> = $on_conflict;
            if let Some(on_conflict) = on_conflict {
                insert = insert.on_conflict(on_conflict);
            }
            insert.exec_without_returning($transaction).await?;
            rows = rest;
        }
    }};
}

pub(in crate::store) use insert;

/// The row of an event.
pub(super) fn event_row(
    entry: &Entry,
    change: String,
    after: String,
) -> Result<event::ActiveModel, StoreError> {
    let bad = StoreError::row("events");
    let before = entry
        .before
        .as_ref()
        .map(serde_json::to_string)
        .transpose()
        .map_err(&bad)?;
    Ok(event::ActiveModel {
        position: Set(entry.position),
        at: Set(entry.at),
        kind: Set(entry.change.kind().as_str().to_owned()),
        actor: Set(serde_json::to_string(&entry.actor).map_err(&bad)?),
        conversation_id: Set(entry.conversation().map(|conversation| conversation.id)),
        change: Set(change),
        after: Set(after),
        before: Set(before),
        hash: Set(entry.hash),
    })
}

/// Writes everything that a batch's events change, what is referred to before what refers to it. `known` has the names
/// that customers had before.
pub(super) async fn write(
    transaction: &DatabaseTransaction,
    hashes: &Hashes,
    entries: &[Arc<Entry>],
    rows: Rows,
    texts: &[Text],
    known: &KnownNames,
) -> Result<(), StoreError> {
    write_customers(transaction, texts, entries, known).await?;
    write_directory(transaction, entries).await?;
    insert!(transaction, event::Entity, rows.events, None);
    write_conversations(transaction, rows.conversations).await?;
    write_tags(transaction, rows.tags, rows.tags_gone).await?;
    write_attributes(transaction, texts).await?;
    write_notes(transaction, texts).await?;
    write_comments(transaction, texts).await?;
    readings::write(transaction, texts).await?;
    notices::write(transaction, texts).await?;
    words::write(transaction, texts, known).await?;
    insert!(
        transaction,
        message::Entity,
        messages::with_texts(rows.messages, texts)?,
        None
    );
    message_changes::write(transaction, rows.message_changes, texts).await?;
    messages::write_external_ids(transaction, hashes, entries, texts).await?;
    insert!(transaction, participant::Entity, rows.participants, None);
    for left in rows.departures {
        participant::Entity::update_many()
            .col_expr(participant::Column::LeftAt, Expr::value(left.at))
            .filter(participant::Column::ConversationId.eq(left.conversation))
            .filter(participant::Column::Role.eq(left.role))
            .filter(participant::Column::Who.eq(left.who))
            .filter(participant::Column::JoinedPosition.lt(left.position))
            .filter(participant::Column::LeftAt.is_null())
            .exec(transaction)
            .await?;
    }
    insert!(transaction, offer::Entity, rows.offers, None);
    for answered in rows.answers {
        offer::ActiveModel {
            id: Unchanged(answered.offer),
            outcome: Set(answered.outcome),
            cancel_reason: Set(answered.reason),
            answered_at: Set(Some(answered.at)),
            ..Default::default()
        }
        .update_without_returning(transaction)
        .await?;
    }
    insert!(
        transaction,
        monitor_session::Entity,
        last_of(rows.sessions),
        Some(latest_session())
    );
    let due = all_but::<timer::Entity>(&[]);
    insert!(transaction, timer::Entity, rows.timers, Some(due.clone()));
    // In pieces: SQLite bounds how deep one expression may be.
    let mut timers_gone = &rows.timers_gone[..];
    while let Some((gone, rest)) = timers_gone.split_at_checked(together(timers_gone.len())) {
        timers_gone = rest;
        let gone = gone.iter().fold(Condition::any(), |any, (id, kind)| {
            any.add(
                timer::Column::ConversationId
                    .eq(*id)
                    .and(timer::Column::Kind.eq(*kind)),
            )
        });
        timer::Entity::delete_many()
            .filter(gone)
            .exec(transaction)
            .await?;
    }
    merge(transaction, texts).await?;
    erase(transaction, texts).await
}

async fn write_conversations(
    transaction: &DatabaseTransaction,
    rows: Vec<(Moved, conversation::ActiveModel)>,
) -> Result<(), StoreError> {
    use conversation::Column as C;
    let mut rows = rows;
    for moved in [Moved::Elsewhere, Moved::State, Moved::Nothing] {
        let alike: Vec<_> = rows.extract_if(.., |(how, _)| *how == moved).collect();
        // What never changes, and what did not: columns that are not written need no look at their indexes. The
        // subject is text, and is erased by itself.
        let mut staying = vec![
            C::Channel,
            C::Source,
            C::WorkstreamId,
            C::CustomerId,
            C::PreviousId,
        ];
        staying.extend([C::Subject, C::StartedAt]);
        match moved {
            Moved::Elsewhere => {}
            Moved::State => staying.extend([C::QueueId, C::AgentId, C::ClosedAt]),
            Moved::Nothing => staying.extend([C::QueueId, C::AgentId, C::ClosedAt, C::State]),
        }
        let latest = all_but::<conversation::Entity>(&staying);
        let alike: Vec<_> = alike.into_iter().map(|(_, row)| row).collect();
        insert!(
            transaction,
            conversation::Entity,
            alike,
            Some(latest.clone())
        );
    }
    Ok(())
}

fn latest_session() -> OnConflict {
    use monitor_session::Column as C;
    all_but::<monitor_session::Entity>(&[C::Kind, C::ConversationId, C::Supervisor, C::StartedAt])
}

/// A session that changed twice in a batch is written once, as it ended up: one statement cannot
/// touch a row twice.
fn last_of(sessions: Vec<monitor_session::ActiveModel>) -> Vec<monitor_session::ActiveModel> {
    let mut last = HashMap::new();
    for (order, session) in sessions.into_iter().enumerate() {
        // Every row of a session is made with its id set (projection.rs); this takes it out.
        last.insert(session.id.clone().unwrap(), (order, session));
    }
    let mut last: Vec<_> = last.into_values().collect();
    last.sort_by_key(|(order, _)| *order);
    last.into_iter().map(|(_, session)| session).collect()
}

pub(in crate::store) async fn write_audit(
    transaction: &DatabaseTransaction,
    rows: Vec<audit::ActiveModel>,
) -> Result<(), StoreError> {
    insert!(transaction, audit::Entity, rows, None);
    Ok(())
}

pub(super) async fn write_kept(
    transaction: &DatabaseTransaction,
    kept: Vec<(String, String, Kept)>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let rows =
        kept.into_iter()
            .map(|(subject, key, kept)| {
                Ok(idempotency::ActiveModel {
                    subject: Set(subject),
                    key: Set(key),
                    mutation: Set(kept.mutation),
                    input_hash: Set(kept.input),
                    outcome: Set(serde_json::to_string(&kept.outcome)
                        .map_err(StoreError::row("idempotency"))?),
                    created_at: Set(now),
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
    insert!(transaction, idempotency::Entity, rows, None);
    Ok(())
}

pub(in crate::store) async fn write_head(
    transaction: &DatabaseTransaction,
    heads: &Heads,
) -> Result<(), StoreError> {
    log_head::ActiveModel {
        id: Unchanged(ONLY_ROW),
        position: Set(heads.log.position),
        hash: Set(heads.log.hash),
        audit_number: Set(heads.audit_number),
        audit_hash: Set(heads.audit_hash.clone()),
        ..Default::default()
    }
    .update_without_returning(transaction)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_in_few_statements_of_few_sizes() {
        let mut sizes = std::collections::BTreeSet::new();
        for rows in 1..2_000 {
            let (mut left, mut statements) = (rows, 0);
            while left > 0 {
                let size = together(left);
                assert!((1..=left.min(ROWS)).contains(&size), "{size} of {left}");
                sizes.insert(size);
                left -= size;
                statements += 1;
            }
            assert!(statements <= rows / ROWS + 5, "{statements} for {rows}");
        }
        assert_eq!(sizes.len(), 15, "{sizes:?}");
    }
}
