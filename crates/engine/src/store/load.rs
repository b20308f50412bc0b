//! The board's first state: everything ongoing and the head it belongs to, in one snapshot.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{
    AccessMode, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IsolationLevel,
    QueryFilter, QuerySelect, TransactionTrait,
};

use super::{Store, StoreError};
use crate::board::{self, Names};
use crate::log::Head;
use domain::OpeningHours;
use domain::directory::{AttentionThresholds, AutoClose};
use domain::{
    Acknowledgement, After, Agent, Conversation, ConversationId, CustomerId, Queue, Settings,
    Subject, Workstream, World, WrapUpCapacity,
};
use entity::tables::{
    agent, conversation, customer, log_head, membership, monitor_session, queue, settings,
    supervisor, workstream,
};

/// The one row of the tables that have one row.
pub(super) const ONLY_ROW: i32 = 1;

impl Store {
    /// Reads everything ongoing at one position.
    pub async fn load(&self) -> Result<board::State, StoreError> {
        let snapshot = self
            .read
            .begin_with_config(
                Some(IsolationLevel::RepeatableRead).filter(|_| !self.is_sqlite()),
                Some(AccessMode::ReadOnly).filter(|_| !self.is_sqlite()),
            )
            .await?;
        let state = load_from(&snapshot).await?;
        snapshot.commit().await?;
        Ok(state)
    }
}

/// What a server begins with, as this snapshot has it.
pub(super) async fn load_from(snapshot: &DatabaseTransaction) -> Result<board::State, StoreError> {
    let head = read_head(snapshot).await?.head();
    let mut world = World::default();
    load_directory(snapshot, &mut world).await?;
    let names = load_conversations(snapshot, &mut world).await?;
    load_reviewed(snapshot, &mut world).await?;
    Ok(board::State::new(world, names, head))
}

/// The log's head with the audit chain's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heads {
    pub log: Head,
    pub audit_number: i64,
    pub audit_hash: String,
}

impl Heads {
    const fn head(&self) -> Head {
        self.log
    }
}

impl From<log_head::Model> for Heads {
    fn from(row: log_head::Model) -> Self {
        let log = Head {
            epoch: row.epoch,
            position: row.position,
            hash: row.hash,
        };
        Self {
            log,
            audit_number: row.audit_number,
            audit_hash: row.audit_hash,
        }
    }
}

pub(super) async fn read_head(snapshot: &DatabaseTransaction) -> Result<Heads, StoreError> {
    let row = log_head::Entity::find_by_id(ONLY_ROW).one(snapshot).await?;
    row.map(Heads::from).ok_or_else(no_head)
}

pub(super) fn no_head() -> StoreError {
    StoreError::Row {
        table: "log_head",
        problem: "the row is missing".into(),
    }
}

fn hours_of(json: Option<&str>) -> Result<Option<Arc<OpeningHours>>, StoreError> {
    let hours = json.map(serde_json::from_str).transpose();
    hours.map_err(StoreError::row("queues"))
}

async fn load_directory(db: &DatabaseTransaction, world: &mut World) -> Result<(), StoreError> {
    for row in queue::Entity::find().all(db).await? {
        let queue = Queue {
            id: row.id,
            name: row.name.into(),
            kind: row.kind,
            hours: hours_of(row.hours.as_deref())?,
            deleted_at: row.deleted_at,
        };
        world.put(&After::Queue(Arc::new(queue)));
    }
    for row in workstream::Entity::find().all(db).await? {
        world.put(&After::Workstream(Arc::new(workstream_of(row)?)));
    }
    let mut members: HashMap<_, BTreeSet<_>> = HashMap::new();
    for row in membership::Entity::find().all(db).await? {
        members
            .entry(row.agent_id)
            .or_default()
            .insert(row.queue_id);
    }
    for row in agent::Entity::find().all(db).await? {
        let agent = Agent {
            id: row.id,
            subject: subject_of("agents", &row.subject)?,
            name: row.name.into(),
            kind: row.kind,
            capacity: unsigned(row.capacity),
            presence: row.presence,
            presence_since: row.presence_since,
            queues: members.remove(&row.id).unwrap_or_default(),
            acknowledged: row
                .notice_acknowledged_at
                .zip(row.notice_acknowledged_version)
                .map(|(at, version)| Acknowledgement {
                    at,
                    version: version.into(),
                }),
            deleted_at: row.deleted_at,
        };
        world.put(&After::Agent(Arc::new(agent)));
    }
    for row in supervisor::Entity::find().all(db).await? {
        let subject = subject_of("supervisors", &row.subject)?;
        world.put(&After::Supervisor(subject, row.presence));
    }
    let row = settings::Entity::find_by_id(ONLY_ROW).one(db).await?;
    let row = row.ok_or_else(|| StoreError::Row {
        table: "settings",
        problem: "the row is missing".into(),
    })?;
    world.put(&After::Settings(Arc::new(Settings {
        supervisor_monitor: row.supervisor_monitor,
        supervisor_assign: row.supervisor_assign,
        supervisor_transfer: row.supervisor_transfer,
        supervisor_force_close: row.supervisor_force_close,
        supervisor_take_over: row.supervisor_take_over,
        supervisor_manage_agents: row.supervisor_manage_agents,
        agent_insights: row.agent_insights,
        short_abandon_seconds: unsigned(row.short_abandon_seconds),
        sentiment_analysis: row.sentiment_analysis,
        sentiment_alert_threshold: row.sentiment_alert_threshold,
        inactive_after_missed_offer: row.inactive_after_missed_offer,
        monitoring_notice_text: row.monitoring_notice_text.into(),
    })));
    Ok(())
}

/// What of a row the board needs: the image, the subject, the customer's name, and into whom the customer was merged.
type Stored = (String, Option<String>, Option<String>, Option<CustomerId>);
/// The same, as the board takes it.
type Parsed = (Arc<Conversation>, Names, Option<CustomerId>);

/// Rows are taken as they have gathered, up to so many at once: waking up for each of a hundred
/// thousand costs more than reading it.
pub(super) const GATHERED: usize = 2048;
/// How long they gather.
const GATHERING: Duration = Duration::from_millis(4);
/// So few came because there are no more, or because they come slowly.
const FEW: usize = 64;

async fn load_conversations(
    db: &DatabaseTransaction,
    world: &mut World,
) -> Result<HashMap<ConversationId, Names>, StoreError> {
    let rows = conversation::Entity::find()
        .select_only()
        .columns([conversation::Column::Image, conversation::Column::Subject])
        .columns([customer::Column::Name, customer::Column::MergedIntoId])
        .left_join(customer::Entity)
        // Written out, so that PostgreSQL's planner sees the partial index's own condition.
        .filter(Expr::cust("conversations.state <> 'CLOSED'"))
        .into_tuple::<Stored>()
        .stream(db)
        .await?;
    let mut rows = rows.ready_chunks(GATHERED);
    // Images are parsed beside the reading.
    let mut parsing = Vec::new();
    while let Some(gathered) = rows.next().await {
        let gathered: Vec<Stored> = gathered.into_iter().collect::<Result<_, _>>()?;
        let many = gathered.len() > FEW;
        parsing.push(tokio::task::spawn_blocking(|| parse_all(gathered)));
        if many {
            tokio::time::sleep(GATHERING).await;
        }
    }
    let mut all = Vec::new();
    for parsed in parsing {
        let parsed = parsed.await.map_err(|error| StoreError::Row {
            table: "conversations",
            problem: error.to_string(),
        })?;
        all.append(&mut parsed?);
    }
    // The world's indexes are ordered by id: what comes in that order is appended.
    all.sort_unstable_by_key(|(conversation, ..)| conversation.id);
    let mut names = HashMap::with_capacity(all.len());
    world.conversations.reserve(all.len());
    for (conversation, beside, survivor) in all {
        names.insert(conversation.id, beside);
        let customer = conversation.customer;
        world.put(&After::Conversation(conversation));
        if let Some(survivor) = survivor {
            world.merge(customer, survivor);
        }
    }
    Ok(names)
}

/// The closed conversations that are reviewed.
async fn load_reviewed(db: &DatabaseTransaction, world: &mut World) -> Result<(), StoreError> {
    let stored: Vec<(String, Option<CustomerId>)> = conversation::Entity::find()
        .select_only()
        .column(conversation::Column::Image)
        .column(customer::Column::MergedIntoId)
        .inner_join(customer::Entity)
        .filter(conversation::Column::Id.in_subquery(running_sessions()))
        .filter(conversation::Column::ClosedAt.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    for (image, survivor) in stored {
        let conversation = Arc::new(parse_image(&image)?);
        let customer = conversation.customer;
        world.put(&After::Conversation(conversation));
        if let Some(survivor) = survivor {
            world.merge(customer, survivor);
        }
    }
    Ok(())
}

/// The conversations with sessions that run.
pub(super) fn running_sessions() -> SelectStatement {
    Query::select()
        .column(monitor_session::Column::ConversationId)
        .from(monitor_session::Entity)
        .and_where(monitor_session::Column::EndedAt.is_null())
        .take()
}

fn parse_all(rows: Vec<Stored>) -> Result<Vec<Parsed>, StoreError> {
    let parsed = rows
        .into_iter()
        .map(|(image, subject, customer, survivor)| {
            let names = Names {
                subject: subject.map(Into::into),
                customer: customer.map(Into::into),
            };
            Ok((Arc::new(parse_image(&image)?), names, survivor))
        });
    parsed.collect()
}

pub(super) fn parse_image(image: &str) -> Result<Conversation, StoreError> {
    serde_json::from_str(image).map_err(StoreError::row("conversations"))
}

pub(super) fn workstream_of(row: workstream::Model) -> Result<Workstream, StoreError> {
    let allowed = serde_json::from_str(&row.allowed_presences);
    let dispositions = serde_json::from_str(&row.dispositions);
    Ok(Workstream {
        id: row.id,
        name: row.name.into(),
        kind: row.kind,
        allowed_presences: allowed.map_err(StoreError::row("workstreams"))?,
        units: unsigned(row.units),
        offer_seconds: unsigned(row.offer_seconds),
        wrap_up_capacity: match row.wrap_up_capacity_seconds {
            None => WrapUpCapacity::Always,
            Some(0) => WrapUpCapacity::Never,
            Some(seconds) => WrapUpCapacity::Seconds(unsigned(seconds)),
        },
        monitoring_notice: row.monitoring_notice,
        customer_grace_seconds: unsigned(row.customer_grace_seconds),
        auto_close: AutoClose {
            open_seconds: row.auto_close_open_seconds.map(unsigned),
            active_seconds: row.auto_close_active_seconds.map(unsigned),
            waiting_seconds: row.auto_close_waiting_seconds.map(unsigned),
            wrap_up_seconds: row.auto_close_wrap_up_seconds.map(unsigned),
        },
        attention: AttentionThresholds {
            waiting_seconds: unsigned(row.attention_waiting_seconds),
            unanswered_seconds: unsigned(row.attention_unanswered_seconds),
            handled_seconds: unsigned(row.attention_handled_seconds),
        },
        dispositions: dispositions.map_err(StoreError::row("workstreams"))?,
        disposition_required: row.disposition_required,
        earlier_transcripts: row.earlier_transcripts,
        language: row.language.map(Into::into),
        escalation_signals: row.escalation_signals,
        service_level_seconds: row.service_level_seconds.map(unsigned),
        deleted_at: row.deleted_at,
    })
}

fn subject_of(table: &'static str, text: &str) -> Result<Subject, StoreError> {
    let problem = || StoreError::Row {
        table,
        problem: "the subject is blank or too long".into(),
    };
    Subject::new(text).ok_or_else(problem)
}

fn unsigned(value: i32) -> u32 {
    u32::try_from(value).unwrap_or(0)
}

/// The names beside conversations that another server started, or whose customer it changed.
pub(super) async fn names_of(
    db: &impl ConnectionTrait,
    started: &[(ConversationId, CustomerId)],
) -> Result<HashMap<ConversationId, Names>, StoreError> {
    if started.is_empty() {
        return Ok(HashMap::new());
    }
    let ids = started.iter().map(|(conversation, _)| *conversation);
    let rows = conversation::Entity::find()
        .filter(conversation::Column::Id.is_in(ids))
        .find_also_related(customer::Entity)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(row, customer)| {
            let customer = customer.and_then(|customer| customer.name).map(Into::into);
            (
                row.id,
                Names {
                    subject: row.subject.map(Into::into),
                    customer,
                },
            )
        })
        .collect())
}
