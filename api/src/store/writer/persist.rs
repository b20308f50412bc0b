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

use crate::domain::decide::Text;
use crate::domain::{
    After, Agent, Change, CustomerId, MessageId, Outcome, Settings, Workstream, WrapUpCapacity,
};
use crate::store::StoreError;
use crate::store::entry::Entry;
use crate::store::load::{Heads, ONLY_ROW};
use crate::store::projection::{Rows, signed};
use entity::tables::{
    agent, audit, conversation, customer, event, idempotency, log_head, membership, message,
    monitor_session, offer, participant, queue, settings, supervisor, timer, workstream,
};

/// What is kept with an idempotency key.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub mutation: String,
    pub input: String,
    pub outcome: Outcome,
}

/// Rows in one statement; the databases bound the number of values in one.
const ROWS: usize = 200;

/// Inserts rows, a few hundred a statement.
macro_rules! insert {
    ($transaction:expr, $entity:path, $rows:expr, $on_conflict:expr) => {{
        let mut rows = $rows;
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(ROWS));
            let mut insert = <$entity>::insert_many(rows);
            let on_conflict: Option<OnConflict> = $on_conflict;
            if let Some(on_conflict) = on_conflict {
                insert = insert.on_conflict(on_conflict);
            }
            insert.exec_without_returning($transaction).await?;
            rows = rest;
        }
    }};
}

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

/// Writes everything that a batch's events change, what is referred to before what refers to it.
pub(super) async fn write(
    transaction: &DatabaseTransaction,
    entries: &[Arc<Entry>],
    rows: Rows,
    texts: &[Text],
) -> Result<(), StoreError> {
    write_customers(transaction, texts, entries).await?;
    write_directory(transaction, entries).await?;
    insert!(transaction, event::Entity, rows.events, None);
    insert!(
        transaction,
        conversation::Entity,
        rows.conversations,
        Some(latest_image())
    );
    insert!(
        transaction,
        message::Entity,
        with_texts(rows.messages, texts),
        None
    );
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
    let due = OnConflict::columns([timer::Column::ConversationId, timer::Column::Kind])
        .update_column(timer::Column::DueAt)
        .to_owned();
    insert!(transaction, timer::Entity, rows.timers, Some(due.clone()));
    // In pieces: SQLite bounds how deep one expression may be.
    for gone in rows.timers_gone.chunks(ROWS) {
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
    Ok(())
}

fn latest_image() -> OnConflict {
    use conversation::Column as C;
    OnConflict::column(C::Id)
        .update_columns([
            C::Mode,
            C::State,
            C::Reason,
            C::QueueId,
            C::AgentId,
            C::Version,
            C::Sentiment,
            C::ClosedAt,
            C::Position,
            C::Image,
        ])
        .to_owned()
}

fn latest_session() -> OnConflict {
    use monitor_session::Column as C;
    OnConflict::column(C::Id)
        .update_columns([C::Until, C::JoinedAt, C::EndedAt, C::EndedBy])
        .to_owned()
}

/// A session that changed twice in a batch is written once, as it ended up: one statement cannot
/// touch a row twice.
fn last_of(sessions: Vec<monitor_session::ActiveModel>) -> Vec<monitor_session::ActiveModel> {
    let mut last = HashMap::new();
    for (order, session) in sessions.into_iter().enumerate() {
        last.insert(session.id.clone().unwrap(), (order, session));
    }
    let mut last: Vec<_> = last.into_values().collect();
    last.sort_by_key(|(order, _)| *order);
    last.into_iter().map(|(_, session)| session).collect()
}

fn with_texts(
    mut messages: Vec<message::ActiveModel>,
    texts: &[Text],
) -> Vec<message::ActiveModel> {
    let texts: HashMap<MessageId, &Arc<str>> = texts
        .iter()
        .filter_map(|text| match text {
            Text::Message(id, text) => Some((*id, text)),
            _ => None,
        })
        .collect();
    for message in &mut messages {
        if let Set(id) = &message.id {
            message.text = Set(texts.get(id).map(ToString::to_string));
        }
    }
    messages
}

async fn write_customers(
    transaction: &DatabaseTransaction,
    texts: &[Text],
    entries: &[Arc<Entry>],
) -> Result<(), StoreError> {
    let Some(at) = entries.first().map(|entry| entry.at) else {
        return Ok(());
    };
    // One row a customer: the last name that is given holds.
    let mut customers: HashMap<CustomerId, customer::ActiveModel> = HashMap::new();
    for text in texts {
        let Text::Customer {
            id,
            gateway,
            key,
            name,
        } = text
        else {
            continue;
        };
        let row = customers
            .entry(*id)
            .or_insert_with(|| customer::ActiveModel {
                id: Set(*id),
                gateway: Set(key.as_ref().map(|_| gateway.to_string())),
                key: Set(key.as_deref().map(str::to_owned)),
                name: Set(None),
                created_at: Set(at),
                erased_at: Set(None),
            });
        if let Some(name) = name {
            row.name = Set(Some(name.to_string()));
        }
    }
    let (named, nameless): (Vec<_>, Vec<_>) = customers
        .into_values()
        .partition(|row| row.name != Set(None));
    let rename = OnConflict::column(customer::Column::Id)
        .update_column(customer::Column::Name)
        .to_owned();
    // A start without a name keeps the name that is known; updating the id to itself says so in
    // a way that both databases take.
    let keep = OnConflict::column(customer::Column::Id)
        .update_column(customer::Column::Id)
        .to_owned();
    insert!(transaction, customer::Entity, named, Some(rename.clone()));
    insert!(transaction, customer::Entity, nameless, Some(keep.clone()));
    Ok(())
}

/// Rows of the organisation, one by one: they change seldom.
async fn write_directory(
    transaction: &DatabaseTransaction,
    entries: &[Arc<Entry>],
) -> Result<(), StoreError> {
    for entry in entries {
        match (&entry.after, &entry.change) {
            (After::Conversation(_), _) => {}
            (After::Agent(agent), change) => {
                write_agent(transaction, agent, change, entry.at).await?;
            }
            (After::Supervisor(subject, presence), _) => {
                let row = supervisor::ActiveModel {
                    subject: Set(subject.to_string()),
                    presence: Set(*presence),
                };
                let latest = OnConflict::column(supervisor::Column::Subject)
                    .update_column(supervisor::Column::Presence)
                    .to_owned();
                insert!(
                    transaction,
                    supervisor::Entity,
                    vec![row],
                    Some(latest.clone())
                );
            }
            (After::Queue(queue), _) => {
                let row = queue::ActiveModel {
                    id: Set(queue.id),
                    name: Set(queue.name.to_string()),
                    kind: Set(queue.kind),
                    created_at: Set(entry.at),
                };
                let latest = OnConflict::column(queue::Column::Id)
                    .update_column(queue::Column::Name)
                    .to_owned();
                insert!(transaction, queue::Entity, vec![row], Some(latest.clone()));
            }
            (After::Workstream(workstream), _) => {
                write_workstream(transaction, workstream, entry.at).await?;
            }
            (After::Settings(settings), _) => {
                settings_row(settings)
                    .update_without_returning(transaction)
                    .await?;
            }
        }
    }
    Ok(())
}

async fn write_agent(
    transaction: &DatabaseTransaction,
    agent: &Agent,
    change: &Change,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    use agent::Column as C;
    if let Change::MembershipChanged { queue, member } = change {
        if *member {
            let row = membership::ActiveModel {
                agent_id: Set(agent.id),
                queue_id: Set(*queue),
            };
            insert!(transaction, membership::Entity, vec![row], None);
        } else {
            membership::Entity::delete_by_id((agent.id, *queue))
                .exec(transaction)
                .await?;
        }
        return Ok(());
    }
    let row = agent::ActiveModel {
        id: Set(agent.id),
        subject: Set(agent.subject.to_string()),
        name: Set(agent.name.to_string()),
        kind: Set(agent.kind),
        capacity: Set(signed(agent.capacity)),
        presence: Set(agent.presence),
        created_at: Set(at),
    };
    let latest = OnConflict::column(C::Id)
        .update_columns([C::Name, C::Capacity, C::Presence])
        .to_owned();
    insert!(transaction, agent::Entity, vec![row], Some(latest.clone()));
    if matches!(change, Change::AgentChanged) {
        let rows: Vec<_> = agent
            .queues
            .iter()
            .map(|queue| membership::ActiveModel {
                agent_id: Set(agent.id),
                queue_id: Set(*queue),
            })
            .collect();
        membership::Entity::delete_many()
            .filter(membership::Column::AgentId.eq(agent.id))
            .exec(transaction)
            .await?;
        insert!(transaction, membership::Entity, rows, None);
    }
    Ok(())
}

async fn write_workstream(
    transaction: &DatabaseTransaction,
    workstream: &Workstream,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    use workstream::Column as C;
    let allowed = serde_json::to_string(&workstream.allowed_presences);
    let row = workstream::ActiveModel {
        id: Set(workstream.id),
        name: Set(workstream.name.to_string()),
        kind: Set(workstream.kind),
        allowed_presences: Set(allowed.map_err(StoreError::row("workstreams"))?),
        units: Set(signed(workstream.units)),
        offer_seconds: Set(signed(workstream.offer_seconds)),
        wrap_up_capacity_seconds: Set(match workstream.wrap_up_capacity {
            WrapUpCapacity::Always => None,
            WrapUpCapacity::Never => Some(0),
            WrapUpCapacity::Seconds(seconds) => Some(signed(seconds)),
        }),
        monitoring_notice: Set(workstream.monitoring_notice),
        customer_grace_seconds: Set(signed(workstream.customer_grace_seconds)),
        auto_close_open_seconds: Set(workstream.auto_close.open_seconds.map(signed)),
        auto_close_active_seconds: Set(workstream.auto_close.active_seconds.map(signed)),
        auto_close_waiting_seconds: Set(workstream.auto_close.waiting_seconds.map(signed)),
        auto_close_wrap_up_seconds: Set(workstream.auto_close.wrap_up_seconds.map(signed)),
        created_at: Set(at),
    };
    let latest = OnConflict::column(C::Id)
        .update_columns([
            C::Name,
            C::AllowedPresences,
            C::Units,
            C::OfferSeconds,
            C::WrapUpCapacitySeconds,
            C::MonitoringNotice,
            C::CustomerGraceSeconds,
            C::AutoCloseOpenSeconds,
            C::AutoCloseActiveSeconds,
            C::AutoCloseWaitingSeconds,
            C::AutoCloseWrapUpSeconds,
        ])
        .to_owned();
    insert!(
        transaction,
        workstream::Entity,
        vec![row],
        Some(latest.clone())
    );
    Ok(())
}

fn settings_row(settings: &Settings) -> settings::ActiveModel {
    settings::ActiveModel {
        id: Unchanged(ONLY_ROW),
        supervisor_monitor: Set(settings.supervisor_monitor),
        supervisor_assign: Set(settings.supervisor_assign),
        supervisor_transfer: Set(settings.supervisor_transfer),
        supervisor_force_close: Set(settings.supervisor_force_close),
        sentiment_analysis: Set(settings.sentiment_analysis),
        sentiment_alert_threshold: Set(settings.sentiment_alert_threshold),
        inactive_after_missed_offer: Set(settings.inactive_after_missed_offer),
        monitoring_notice_text: Set(settings.monitoring_notice_text.to_string()),
    }
}

pub(super) async fn write_audit(
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

pub(super) async fn write_head(
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
