//! Where counting begins: at what the log keeps, with what is on the board.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::super::upsert::all_but;
use super::super::writer::persist::insert;
use super::super::{EventLog, ResumeError, Store, StoreError};
use super::progress::{Progress, Standing};
use super::rows::{Bucket, Length, Queues, Work, write};
use crate::board::Board;
use domain::course::Standpoint;
use domain::insights::{AgentKey, DAY, Figures, Hand, Judgement, QUARTER, QueueKey, bucket_of};
use domain::{Agent, AgentId, AgentKind};
use entity::tables::{insight_agent_bucket, insight_hand, insight_progress, insight_queue_bucket};

/// The bucket of what goes on.
pub(in crate::store) const EVER: Bucket = (Length::Ever, DateTime::UNIX_EPOCH);

/// What is on the board at one position.
pub(super) struct Snapshot {
    pub position: i64,
    judgement: Judgement,
    pub hands: BTreeMap<AgentId, Hand>,
    pub queues: BTreeMap<QueueKey, Figures>,
    pub work: BTreeMap<AgentKey, Figures>,
}

impl Snapshot {
    pub(super) fn of(board: &Board, now: DateTime<Utc>) -> Self {
        board.read(|state| {
            let world = &state.world;
            let people = world
                .agents
                .values()
                .filter(|agent| agent.kind == AgentKind::Human);
            let mut snapshot = Self {
                position: state.head.position,
                judgement: Judgement::of(&world.settings),
                hands: people
                    .map(|agent| (agent.id, free_hand(agent, now)))
                    .collect(),
                queues: BTreeMap::new(),
                work: BTreeMap::new(),
            };
            for conversation in world.conversations.values().filter(|c| c.is_ongoing()) {
                snapshot.take(QueueKey::of(conversation), &Standpoint::of(conversation));
            }
            snapshot
        })
    }

    fn take(&mut self, key: QueueKey, point: &Standpoint) {
        let figures = self.queues.entry(key).or_default();
        figures.ongoing += 1;
        figures.waiting += i64::from(point.visit.is_some());
        for (agent, units) in &point.held {
            if let Some(hand) = self.hands.get_mut(agent) {
                hand.units_consumed += units;
            }
        }
        let Some((agent, AgentKind::Human)) = point.holder() else {
            return;
        };
        let work = AgentKey {
            agent,
            queue: key.queue,
        };
        self.work.entry(work).or_default().ongoing += 1;
        if let Some(hand) = self.hands.get_mut(&agent) {
            hand.in_hand += u32::from(point.stint.is_some());
        }
    }
}

fn free_hand(agent: &Agent, now: DateTime<Utc>) -> Hand {
    Hand {
        presence: agent.presence,
        units_total: agent.capacity,
        units_consumed: 0,
        in_hand: 0,
        counted_to: now,
    }
}

/// Begins to count at the oldest event that is kept, and writes what goes on now; where it is begun already, says how far
/// it is.
pub(super) async fn begin(
    store: &Store,
    log: &EventLog,
    board: &Board,
    now: DateTime<Utc>,
) -> Result<Progress, StoreError> {
    if let Some(progress) = Progress::read(&store.read).await? {
        return Ok(progress);
    }
    start(store, log, board, now, None).await
}

/// Begins to count again: what follows `lost` is not kept any more.
pub(super) async fn begin_again(
    store: &Store,
    log: &EventLog,
    board: &Board,
    now: DateTime<Utc>,
    lost: Progress,
) -> Result<Progress, StoreError> {
    start(store, log, board, now, Some(lost)).await
}

async fn start(
    store: &Store,
    log: &EventLog,
    board: &Board,
    now: DateTime<Utc>,
    lost: Option<Progress>,
) -> Result<Progress, StoreError> {
    let snapshot = Snapshot::of(board, now);
    let first = store.first_event().await?;
    let before = first.map_or(snapshot.position, |first| first - 1);
    let first = match log.after(before).await {
        Ok(entries) => entries.first().cloned(),
        Err(ResumeError::Expired) => None,
        Err(ResumeError::Store(error)) => return Err(error),
    };
    let begins = first.map_or(now, |first| first.at);
    let quarter = bucket_of(begins, QUARTER);
    let state = Standing {
        judgement: snapshot.judgement,
        at: begins,
        restores: true,
        begun_at: snapshot.position,
        begun_time: now,
        complete_since: (before > 0 || lost.is_some()).then_some(begins),
        quarters_to: lost.as_ref().map_or(quarter, |lost| lost.state.quarters_to),
        days_to: lost.map_or(bucket_of(begins, DAY), |lost| lost.state.days_to),
        counted_from: before,
        judged: vec![(before, snapshot.judgement)],
    };
    let progress = Progress {
        position: before,
        state,
    };
    let transaction = store.write.begin_in_background().await?;
    insight_queue_bucket::Entity::delete_many()
        .filter(insight_queue_bucket::Column::Minutes.eq(Length::Ever.minutes()))
        .exec(&*transaction)
        .await?;
    insight_agent_bucket::Entity::delete_many()
        .filter(insight_agent_bucket::Column::Minutes.eq(Length::Ever.minutes()))
        .exec(&*transaction)
        .await?;
    insight_hand::Entity::delete_many()
        .exec(&*transaction)
        .await?;
    insight_progress::Entity::delete_many()
        .exec(&*transaction)
        .await?;
    let queues = snapshot
        .queues
        .iter()
        .map(|(key, figures)| (EVER, *key, figures));
    write::<Queues>(&transaction, queues).await?;
    let work = snapshot
        .work
        .iter()
        .map(|(key, figures)| (EVER, *key, figures));
    write::<Work>(&transaction, work).await?;
    write_hands(&transaction, snapshot.hands.iter()).await?;
    progress.make(&*transaction).await?;
    transaction.commit().await?;
    Ok(progress)
}

/// Agents' hands as they are stored.
pub(super) async fn read_hands(
    connection: &impl ConnectionTrait,
) -> Result<BTreeMap<AgentId, Hand>, StoreError> {
    let rows = insight_hand::Entity::find().all(connection).await?;
    rows.into_iter()
        .map(|row| {
            let hand = serde_json::from_str(&row.hand).map_err(StoreError::row("insight_hands"))?;
            Ok((row.agent_id, hand))
        })
        .collect()
}

/// Deletes the hands of agents who are not there any more.
pub(super) async fn delete_hands(
    transaction: &DatabaseTransaction,
    agents: impl Iterator<Item = AgentId>,
) -> Result<(), StoreError> {
    let gone: Vec<_> = agents.collect();
    if !gone.is_empty() {
        insight_hand::Entity::delete_many()
            .filter(insight_hand::Column::AgentId.is_in(gone))
            .exec(transaction)
            .await?;
    }
    Ok(())
}

/// Stores agents' hands.
pub(super) async fn write_hands(
    transaction: &DatabaseTransaction,
    hands: impl Iterator<Item = (&AgentId, &Hand)>,
) -> Result<(), StoreError> {
    let rows: Result<Vec<_>, StoreError> = hands
        .map(|(agent, hand)| {
            let hand = serde_json::to_string(hand).map_err(StoreError::row("insight_hands"))?;
            Ok(insight_hand::ActiveModel {
                agent_id: Set(*agent),
                hand: Set(hand),
            })
        })
        .collect();
    let replaced = all_but::<insight_hand::Entity>(&[]);
    insert!(
        transaction,
        insight_hand::Entity,
        rows?,
        Some(replaced.clone())
    );
    Ok(())
}
