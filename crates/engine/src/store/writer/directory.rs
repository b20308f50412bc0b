//! Rows of the organisation.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::persist::insert;
use crate::log::Entry;
use crate::store::StoreError;
use crate::store::load::ONLY_ROW;
use crate::store::projection::signed;
use crate::store::upsert::all_but;
use domain::OpeningHours;
use domain::{After, Agent, Change, Settings, Workstream, WrapUpCapacity};
use entity::tables::{agent, membership, queue, settings, supervisor, workstream};

/// Rows of the organisation, one by one: they change seldom.
pub(super) async fn write_directory(
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
                let latest = all_but::<supervisor::Entity>(&[]);
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
                    hours: Set(hours_row(queue.hours.as_deref())?),
                    created_at: Set(entry.at),
                    deleted_at: Set(queue.deleted_at),
                };
                let latest = all_but::<queue::Entity>(&[queue::Column::CreatedAt]);
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

fn hours_row(hours: Option<&OpeningHours>) -> Result<Option<String>, StoreError> {
    let json = hours.map(serde_json::to_string).transpose();
    json.map_err(StoreError::row("queues"))
}

async fn write_agent(
    transaction: &DatabaseTransaction,
    agent: &Agent,
    change: &Change,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    use agent::Column as C;
    if let Change::MembershipChanged { queue, member, .. } = change {
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
    let acknowledged = agent.acknowledged.as_ref();
    let row = agent::ActiveModel {
        id: Set(agent.id),
        subject: Set(agent.subject.to_string()),
        name: Set(agent.name.to_string()),
        kind: Set(agent.kind),
        capacity: Set(signed(agent.capacity)),
        presence: Set(agent.presence),
        presence_since: Set(agent.presence_since),
        created_at: Set(at),
        deleted_at: Set(agent.deleted_at),
        notice_acknowledged_at: Set(acknowledged.map(|latest| latest.at)),
        notice_acknowledged_version: Set(acknowledged.map(|latest| latest.version.to_string())),
    };
    let latest = all_but::<agent::Entity>(&[C::Kind, C::CreatedAt]);
    insert!(transaction, agent::Entity, vec![row], Some(latest.clone()));
    if matches!(change, Change::AgentChanged { .. }) {
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
    let dispositions = serde_json::to_string(&workstream.dispositions);
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
        attention_waiting_seconds: Set(signed(workstream.attention.waiting_seconds)),
        attention_unanswered_seconds: Set(signed(workstream.attention.unanswered_seconds)),
        attention_handled_seconds: Set(signed(workstream.attention.handled_seconds)),
        dispositions: Set(dispositions.map_err(StoreError::row("workstreams"))?),
        disposition_required: Set(workstream.disposition_required),
        earlier_transcripts: Set(workstream.earlier_transcripts),
        language: Set(workstream.language.as_deref().map(str::to_owned)),
        escalation_signals: Set(workstream.escalation_signals),
        service_level_seconds: Set(workstream.service_level_seconds.map(signed)),
        created_at: Set(at),
        deleted_at: Set(workstream.deleted_at),
    };
    let latest = all_but::<workstream::Entity>(&[C::Kind, C::CreatedAt]);
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
        supervisor_take_over: Set(settings.supervisor_take_over),
        supervisor_manage_agents: Set(settings.supervisor_manage_agents),
        agent_insights: Set(settings.agent_insights),
        short_abandon_seconds: Set(signed(settings.short_abandon_seconds)),
        sentiment_analysis: Set(settings.sentiment_analysis),
        sentiment_alert_threshold: Set(settings.sentiment_alert_threshold),
        inactive_after_missed_offer: Set(settings.inactive_after_missed_offer),
        monitoring_notice_text: Set(settings.monitoring_notice_text.to_string()),
    }
}
