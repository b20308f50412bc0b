//! Pages of the audit trail, newest first, by number: one statement a page, and one to count.
//!
//! Only reads. Which entries a viewer may see is in the filter that the caller makes.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, Order, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, Iterable, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::each::rows_of_each;
use super::{Fetched, ForeignCursor};
use crate::store::audit::Image;
use crate::store::{Store, StoreError};
use domain::{
    Agent, Code, ConversationId, Deed, Override, Queue, Role, Settings, Subject, Workstream,
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
    pub deed: Deed,
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of this subject only, whatever else is asked for: the viewer's own.
    pub own: Option<Subject>,
    /// Of this subject.
    pub subject: Option<Subject>,
    /// One of these deeds.
    pub deeds: Option<Vec<Deed>>,
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
    /// Whether nothing but time bounds it.
    fn is_of_time_only(&self) -> bool {
        let bounded = self.from.is_some() || self.to.is_some();
        let at_all_times = Self {
            from: None,
            to: None,
            ..self.clone()
        };
        bounded && at_all_times == Self::default()
    }

    fn condition(&self) -> Condition {
        let texts = |deeds: &Vec<Deed>| deeds.iter().map(|deed| deed.as_str()).collect::<Vec<_>>();
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
            .add_option(self.deeds.as_ref().map(|d| Column::Action.is_in(texts(d))))
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

    /// The page that these rows make: as many as asked for, and one more where there is one.
    fn page(self, mut rows: Vec<Model>) -> Result<AuditPage, StoreError> {
        rows.sort_unstable_by_key(|row| Reverse(row.number));
        let count = self.count as usize;
        let more = rows.len() > count;
        if more && self.from_end {
            rows.remove(0);
        }
        let entries = rows.into_iter().take(count).map(AuditEntry::parse);
        let entries = entries.collect::<Result<_, _>>()?;
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
            .order_by(Column::Number, slice.order())
            .limit(u64::from(slice.count) + 1);
        let rows = if filter.is_of_time_only() {
            rows.filter(Column::Number.in_subquery(within(filter, slice)))
        } else {
            rows.filter(filter.condition()).filter(slice.condition())
        };
        slice.page(rows.all(&self.read).await?)
    }

    /// How many entries pass the filter.
    pub async fn count_audit(&self, filter: &AuditFilter) -> Result<u64, StoreError> {
        let passing = Entity::find().filter(filter.condition());
        Ok(passing.count(&self.read).await?)
    }
}

/// Whose entries about which conversation, and which part of them.
type Key = (ConversationId, Whose, AuditSlice);

/// The numbers of a page that is bounded by time alone.
///
/// The index of time is not in the order of numbers, since servers' clocks differ, so both databases would rather read
/// the trail from its newest entry, however far back the range ends. The sign before the number keeps them from it:
/// the page costs its range in the index, as its count does.
fn within(filter: &AuditFilter, slice: AuditSlice) -> SelectStatement {
    Query::select()
        .column(Column::Number)
        .from(Entity)
        .cond_where(filter.condition())
        .cond_where(slice.condition())
        .order_by_expr(Expr::cust(r#"+"number""#), slice.order())
        .limit(u64::from(slice.count) + 1)
        .take()
}

/// Pages of what was done and refused about conversations: one statement for a hundred pages, and one more where
/// cursors are given. A cursor must name an entry of that list.
pub async fn audits(
    store: Store,
    keys: Vec<Key>,
) -> Fetched<Key, Result<AuditPage, ForeignCursor>> {
    let known = subjects_of_cursors(&store, &keys).await?;
    let is_there = |(conversation, whose, slice): &Key| {
        let mut cursors = [slice.after, slice.before].into_iter().flatten();
        cursors.all(|number| {
            let subject = known.get(&(*conversation, number));
            subject.is_some_and(|subject| whose.as_deref().is_none_or(|whose| whose == subject))
        })
    };
    let (asked, foreign): (Vec<Key>, Vec<Key>) = keys.into_iter().partition(is_there);
    let lists: Vec<_> = asked.iter().map(list).collect();
    let rows = rows_of_each(&store.read, &lists).await?;
    let mut pages = HashMap::new();
    for (key, rows) in asked.into_iter().zip(rows) {
        let page = key.2.page(rows)?;
        pages.insert(key, Ok(page));
    }
    pages.extend(foreign.into_iter().map(|key| (key, Err(ForeignCursor))));
    Ok(pages)
}

fn list((conversation, whose, slice): &Key) -> SelectStatement {
    Query::select()
        .columns(Column::iter())
        .from(Entity)
        .and_where(Column::ConversationId.eq(*conversation))
        .and_where_option(whose.as_deref().map(|whose| Column::Subject.eq(whose)))
        .cond_where(slice.condition())
        .order_by(Column::Number, slice.order())
        .limit(u64::from(slice.count) + 1)
        .take()
}

/// The subjects of the entries that cursors name, by the conversation that they are about.
async fn subjects_of_cursors(
    store: &Store,
    keys: &[Key],
) -> Result<HashMap<(ConversationId, i64), String>, StoreError> {
    let named = |(_, _, slice): &Key| [slice.after, slice.before];
    let named: BTreeSet<i64> = keys.iter().flat_map(named).flatten().collect();
    if named.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(i64, ConversationId, String)> = Entity::find()
        .select_only()
        .columns([Column::Number, Column::ConversationId, Column::Subject])
        .filter(Column::Number.is_in(named))
        .filter(Column::ConversationId.is_not_null())
        .into_tuple()
        .all(&store.read)
        .await?;
    let entry = |(number, conversation, subject)| ((conversation, number), subject);
    Ok(rows.into_iter().map(entry).collect())
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
            deed: Deed::parse(&row.action).ok_or_else(|| bad("the action"))?,
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
