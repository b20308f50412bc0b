//! Pages of the audit trail, newest first, by number: one statement a page, and one to count.
//!
//! Only reads. Which entries a viewer may see is in the filter that the caller makes.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, WindowStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, Iterable,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::Fetched;
use crate::store::audit::Image;
use crate::store::{Store, StoreError};
use domain::{
    Agent, AuditedAction, Code, ConversationId, Override, Queue, Role, Settings, Subject,
    Workstream,
};
use entity::tables::audit::{Column, Entity, Model};

pub use crate::store::audit::Snapshot;

/// One action, done or refused.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    /// Its place in the chain, from 1.
    pub number: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// The `sub` of who asked.
    pub subject: Arc<str>,
    /// In which role.
    pub role: Role,
    /// What was asked for.
    pub action: AuditedAction,
    /// About which conversation.
    pub conversation: Option<ConversationId>,
    /// At whom or what it was aimed: a typed id's text, or an agent's and a queue's with a blank between.
    pub target: Option<Arc<str>>,
    /// Why it was refused; none: it was done.
    pub refusal: Option<Code>,
    /// The reason that was given.
    pub reason: Option<Arc<str>>,
    /// Which limits were to be lifted.
    pub overrides: Vec<Override>,
    /// How what it is about was.
    pub before: Pictured,
    /// How it was after.
    pub after: Pictured,
    /// The chain's hash up to and with this entry.
    pub hash: Arc<str>,
}

/// What an entry keeps of what it is about: of one thing at most.
#[derive(Clone, Debug, Default)]
pub struct Pictured {
    /// Of a conversation.
    pub conversation: Option<Snapshot>,
    /// Of the organisation's settings.
    pub settings: Option<Arc<Settings>>,
    /// Of an agent, queue or workstream.
    pub resource: Option<Resource>,
}

/// What of the organisation an entry keeps.
#[derive(Clone, Debug)]
pub enum Resource {
    /// An agent.
    Agent(Arc<Agent>),
    /// A queue.
    Queue(Arc<Queue>),
    /// A workstream.
    Workstream(Arc<Workstream>),
}

/// Which entries; every condition given must hold, and a list means any of it.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Of this subject only, whatever else is asked for: the viewer's own.
    pub own: Option<Subject>,
    /// Of this subject.
    pub subject: Option<Subject>,
    /// One of these actions.
    pub actions: Option<Vec<AuditedAction>>,
    /// About this conversation.
    pub conversation: Option<ConversationId>,
    /// Refused ones only.
    pub refused_only: bool,
    /// Refused with one of these codes.
    pub codes: Option<Vec<Code>>,
    /// At this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub to: Option<DateTime<Utc>>,
}

/// Which part of the trail, counted from its newest entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AuditSlice {
    /// Only entries after this one in the page's order: older ones.
    pub after: Option<i64>,
    /// Only entries before this one: newer ones.
    pub before: Option<i64>,
    /// How many.
    pub count: u32,
    /// Counted from the oldest.
    pub from_end: bool,
}

/// Whose entries about a conversation: everybody's, or one subject's.
pub type Whose = Option<Arc<str>>;

/// A page of the trail, newest first.
#[derive(Clone, Debug, Default)]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// Whether more lie beyond the end that was counted towards.
    pub more: bool,
}

impl AuditFilter {
    fn condition(&self) -> Condition {
        let texts = |actions: &Vec<AuditedAction>| {
            actions
                .iter()
                .map(|action| action.as_str())
                .collect::<Vec<_>>()
        };
        let codes = |codes: &Vec<Code>| codes.iter().map(|code| code.as_str()).collect::<Vec<_>>();
        Condition::all()
            .add_option(
                self.own
                    .as_ref()
                    .map(|own| Column::Subject.eq(own.as_str())),
            )
            .add_option(
                self.subject
                    .as_ref()
                    .map(|one| Column::Subject.eq(one.as_str())),
            )
            .add_option(
                self.actions
                    .as_ref()
                    .map(|d| Column::Action.is_in(texts(d))),
            )
            .add_option(self.conversation.map(|id| Column::ConversationId.eq(id)))
            .add_option(self.refused_only.then(|| Column::Refusal.is_not_null()))
            .add_option(self.codes.as_ref().map(|c| Column::Refusal.is_in(codes(c))))
            .add_option(self.from.map(|from| Column::At.gte(from)))
            .add_option(self.to.map(|to| Column::At.lt(to)))
    }
}

impl AuditSlice {
    const fn order(self) -> Order {
        if self.from_end {
            Order::Asc
        } else {
            Order::Desc
        }
    }

    fn condition(self) -> Condition {
        Condition::all()
            .add_option(self.after.map(|number| Column::Number.lt(number)))
            .add_option(self.before.map(|number| Column::Number.gt(number)))
    }

    /// The page that these rows make: in `order`, and one more than asked for where there is one.
    fn page(self, rows: Vec<Model>) -> Result<AuditPage, StoreError> {
        let count = self.count as usize;
        let more = rows.len() > count;
        let entries = rows.into_iter().take(count).map(AuditEntry::parse);
        let mut entries: Vec<_> = entries.collect::<Result<_, _>>()?;
        if self.from_end {
            entries.reverse();
        }
        Ok(AuditPage { entries, more })
    }
}

impl Store {
    /// A page of the entries that pass the filter.
    pub async fn list_audit(
        &self,
        filter: &AuditFilter,
        slice: AuditSlice,
    ) -> Result<AuditPage, StoreError> {
        let rows = Entity::find()
            .filter(filter.condition())
            .filter(slice.condition())
            .order_by(Column::Number, slice.order())
            .limit(u64::from(slice.count) + 1)
            .all(&self.read)
            .await?;
        slice.page(rows)
    }

    /// How many entries pass the filter.
    pub async fn count_audit(&self, filter: &AuditFilter) -> Result<u64, StoreError> {
        let passing = Entity::find().filter(filter.condition());
        Ok(passing.count(&self.read).await?)
    }
}

/// Pages of what was done and refused about conversations: one statement for each kind of page.
pub async fn audits(
    store: Store,
    keys: Vec<(ConversationId, Whose, AuditSlice)>,
) -> Fetched<(ConversationId, Whose, AuditSlice), AuditPage> {
    let mut kinds: BTreeMap<(Whose, AuditSlice), Vec<ConversationId>> = BTreeMap::new();
    for (conversation, whose, slice) in keys {
        kinds.entry((whose, slice)).or_default().push(conversation);
    }
    let mut pages = HashMap::new();
    for ((whose, slice), ids) in kinds {
        let mut rows: HashMap<ConversationId, Vec<Model>> = HashMap::new();
        for row in rows_about(&store, ids, whose.as_deref(), slice).await? {
            if let Some(id) = row.conversation_id {
                rows.entry(id).or_default().push(row);
            }
        }
        for (id, rows) in rows {
            pages.insert((id, whose.clone(), slice), slice.page(rows)?);
        }
    }
    Ok(pages)
}

async fn rows_about(
    store: &Store,
    ids: Vec<ConversationId>,
    whose: Option<&str>,
    slice: AuditSlice,
) -> Result<Vec<Model>, StoreError> {
    let place = Alias::new("place");
    let mut numbered = Query::select();
    numbered
        .columns(Column::iter())
        .expr_window_as(
            Expr::cust("ROW_NUMBER()"),
            WindowStatement::partition_by(Column::ConversationId)
                .order_by(Column::Number, slice.order())
                .take(),
            place.clone(),
        )
        .from(Entity)
        .and_where(Column::ConversationId.is_in(ids))
        .and_where_option(whose.map(|whose| Column::Subject.eq(whose)))
        .cond_where(slice.condition());
    let mut page = Query::select();
    page.columns(Column::iter())
        .from_subquery(numbered, Alias::new("numbered"))
        .and_where(Expr::col(place).lte(i64::from(slice.count) + 1))
        .order_by(Column::Number, slice.order());
    let rows = store.read.query_all(&page).await?;
    Ok(rows
        .iter()
        .map(|row| Model::from_query_result(row, ""))
        .collect::<Result<_, _>>()?)
}

/// How many entries there are about conversations: one statement for each subject asked about.
pub async fn audit_counts(
    store: Store,
    keys: Vec<(ConversationId, Whose)>,
) -> Fetched<(ConversationId, Whose), i64> {
    let mut kinds: BTreeMap<Whose, Vec<ConversationId>> = BTreeMap::new();
    for (conversation, whose) in keys {
        kinds.entry(whose).or_default().push(conversation);
    }
    let mut counts = HashMap::new();
    for (whose, ids) in kinds {
        let mut select = Entity::find()
            .select_only()
            .column(Column::ConversationId)
            .column_as(Column::Number.count(), "entries")
            .filter(Column::ConversationId.is_in(ids))
            .group_by(Column::ConversationId);
        if let Some(whose) = &whose {
            select = select.filter(Column::Subject.eq(&**whose));
        }
        let rows: Vec<(ConversationId, i64)> = select.into_tuple().all(&store.read).await?;
        counts.extend(rows.into_iter().map(|(id, n)| ((id, whose.clone()), n)));
    }
    Ok(counts)
}

impl AuditEntry {
    fn parse(row: Model) -> Result<Self, StoreError> {
        let bad = |what: &str| StoreError::Row {
            table: "audit",
            problem: format!("entry {}: {what} is not known", row.number),
        };
        let code = |text: &str| Code::ALL.iter().copied().find(|c| c.as_str() == text);
        let limit = |text: &String| Override::ALL.iter().find(|o| o.as_str() == *text);
        let overrides: Vec<String> =
            serde_json::from_str(&row.overrides).map_err(StoreError::row("audit"))?;
        Ok(Self {
            number: row.number,
            at: row.at,
            action: AuditedAction::parse(&row.action).ok_or_else(|| bad("the action"))?,
            role: row.role,
            conversation: row.conversation_id,
            refusal: row
                .refusal
                .as_deref()
                .map(|text| code(text).ok_or_else(|| bad("the code")))
                .transpose()?,
            overrides: overrides
                .iter()
                .map(|text| limit(text).copied().ok_or_else(|| bad("an override")))
                .collect::<Result<_, _>>()?,
            before: pictured(row.before.as_deref())?,
            after: pictured(row.after.as_deref())?,
            subject: row.subject.into(),
            target: row.target.map(Into::into),
            reason: row.reason.map(Into::into),
            hash: row.hash.into(),
        })
    }
}

fn pictured(json: Option<&str>) -> Result<Pictured, StoreError> {
    let Some(json) = json else {
        return Ok(Pictured::default());
    };
    let image = serde_json::from_str(json).map_err(StoreError::row("audit"))?;
    let mut pictured = Pictured::default();
    match image {
        Image::Conversation(snapshot) => pictured.conversation = Some(snapshot),
        Image::Settings(settings) => pictured.settings = Some((*settings).into()),
        Image::Agent { agent } => pictured.resource = Some(Resource::Agent(agent)),
        Image::Queue { queue } => pictured.resource = Some(Resource::Queue(queue)),
        Image::Workstream { workstream } => {
            pictured.resource = Some(Resource::Workstream(workstream));
        }
    }
    Ok(pictured)
}
