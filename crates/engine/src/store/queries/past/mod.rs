//! Searches over all conversations, closed ones included, in the database: filter, order, keyset pages, counts.
//!
//! What a viewer finds is [`Reach`], as the policy makes it; every statement here has it as a condition.
//!
//! **Two ways.** A condition that has a set of its own in the database (a customer, an agent who was primary) is a
//! `Driver`. When one of them has at most `GATHERED` members, these are read and sorted by one statement, which counts them
//! too (`gathering`): the page costs that set. Otherwise the index of the order is walked from the page's cursor, each row asked for the rest: the page
//! costs the rows that it passes over.
//!
//! **Walking.** An order has one or two parts (`Part`), and a viewer one or several lanes (`lanes`): each is one
//! `SELECT` with a limit over one index, and the first rows of all of them are merged.
//!
//! **Counting.** What is walked is counted by the same pieces, each over an index that has all that is asked where there is
//! one (`lanes::counted`).

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{
    Alias, Asterisk, Expr, Func, Order, Query, SelectStatement, SimpleExpr, UnionType,
};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, IntoSimpleExpr};

mod conditions;
mod driver;
mod gathering;
mod lanes;
mod order;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use order::{PastOrder, PastOrderField, PastPlace};

use crate::store::{Store, StoreError};
use domain::fold::Search;
use domain::policy::Reach;
use domain::{AgentId, Channel, Conversation, ConversationId, CustomerId, QueueId};
use domain::{SentimentLevel, State, StatusReason};
use driver::Driver;
pub(super) use driver::{begins_with, is_of};
use entity::tables::conversation::{Column, Entity};
use gathering::{TOTAL, gathering};
use lanes::lists;

/// So many are gathered and sorted at most, and counted exactly.
pub const GATHERED: u64 = 10_000;
/// How many lists one statement reads at most. `SQLite` joins 500 `SELECT`s at most.
const LISTS: usize = 100;

/// A time from an instant to before another one; an end that is none is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Between {
    /// At this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub to: Option<DateTime<Utc>>,
}

/// Which conversations; every condition given must hold, and a list means any of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PastFilter {
    /// In one of these states.
    pub states: Option<BTreeSet<State>>,
    /// On one of these channels.
    pub channels: Option<BTreeSet<Channel>>,
    /// In one of these queues, or ended there.
    pub queues: Option<BTreeSet<QueueId>>,
    /// This agent is or was its primary agent at any time.
    pub agent: Option<AgentId>,
    /// Of this customer, under whichever id of theirs.
    pub customer: Option<CustomerId>,
    /// With one of these reasons for its state.
    pub reasons: Option<BTreeSet<StatusReason>>,
    /// With one of these levels of sentiment: at the end, or now.
    pub sentiments: Option<BTreeSet<SentimentLevel>>,
    /// With one of these tags, which are folded. Never met by what the viewer finds in a role that is not shown tags.
    pub tags: Option<BTreeSet<Arc<str>>>,
    /// Closed with one of these dispositions.
    pub dispositions: Option<BTreeSet<Arc<str>>>,
    /// Rated with one of these scores.
    pub ratings: Option<BTreeSet<u8>>,
    /// Started then.
    pub started: Between,
    /// Closed then.
    pub closed: Between,
    /// Last active then.
    pub last_activity: Between,
    /// Its subject and its customer's name have the words of this search.
    pub text: Option<Search>,
}

/// Which part of a list.
#[derive(Clone, Copy, Debug, Default)]
pub struct PastSlice {
    /// Only what comes after this place.
    pub after: Option<PastPlace>,
    /// Only what comes before this place.
    pub before: Option<PastPlace>,
    /// How many.
    pub count: u32,
    /// Counted from the end.
    pub from_end: bool,
}

/// A page, in its order.
#[derive(Clone, Debug, Default)]
pub struct PastPage {
    /// The conversations and their places.
    pub rows: Vec<(PastPlace, Arc<Conversation>)>,
    /// Whether more lie beyond the end that was counted towards.
    pub more: bool,
    /// How many there are on all pages, where the page's own statements say so.
    pub total: Option<u64>,
}

/// The place of a conversation in an order.
#[derive(Clone, Debug, FromQueryResult)]
struct Row {
    id: ConversationId,
    at: Option<DateTime<Utc>>,
}

/// The column of [`Row`] by whose value a conversation has its place.
const AT: &str = "at";

/// [`Row`]s of every conversation, which have their places by this value.
fn places_by(value: SimpleExpr) -> SelectStatement {
    Query::select()
        .column((Entity, Column::Id))
        .expr_as(value, AT)
        .from(Entity)
        .take()
}

impl Store {
    /// A page of the conversations that pass the filter and are within reach.
    pub async fn list_past(
        &self,
        reach: &Reach,
        filter: &PastFilter,
        order: PastOrder,
        slice: PastSlice,
    ) -> Result<PastPage, StoreError> {
        let driver = self.smallest_driver(reach, filter).await?;
        let (mut places, total) = if let Some(driver) = driver {
            let all = gathering(&driver, reach, filter, order.field, self.backend());
            let page = gathering::page(all, order, slice);
            let found = self.read.query_all(&page).await?;
            let total = found
                .first()
                .map(|row| row.try_get("", TOTAL))
                .transpose()?;
            let total: Option<u64> = total.and_then(|total: i64| total.try_into().ok());
            let rows = found.iter().map(|row| Row::from_query_result(row, ""));
            (order.places(&rows.collect::<Result<Vec<_>, _>>()?), total)
        } else {
            let lists = lists(reach, filter, order, slice);
            let mut rows = Vec::new();
            for part in lists {
                rows.extend(self.first_of(part, reach, order, slice).await?);
            }
            (order.places(&rows), None)
        };
        let more = slice.cut(&mut places);
        Ok(PastPage {
            rows: self.with_images(places).await?,
            more,
            total,
        })
    }

    /// How many conversations pass the filter and are within reach: exact up to [`GATHERED`], and one more where
    /// there are more.
    pub async fn count_past(&self, reach: &Reach, filter: &PastFilter) -> Result<u64, StoreError> {
        if let Some(driver) = self.smallest_driver(reach, filter).await? {
            // No value of a row is read for this one.
            let order = PastOrderField::Closed;
            let all = gathering(&driver, reach, filter, order, self.backend());
            return self.count_of(all).await;
        }
        let Some(pieces) = lanes::counted(reach, filter) else {
            let passing = places_by(Column::ClosedAt.into_simple_expr())
                .cond_where(conditions::walking(reach, filter))
                .limit(GATHERED + 1)
                .take();
            return self.count_of(passing).await;
        };
        let mut count = 0;
        for some in pieces.chunks(LISTS) {
            let left = GATHERED + 1 - count;
            if let Some(mut all) = joined(some, UnionType::All) {
                count += self.count_of(all.limit(left).take()).await?;
            }
            if count > GATHERED {
                break;
            }
        }
        Ok(count)
    }

    /// The first rows of these lists together, each of which has its first ones.
    async fn first_of(
        &self,
        lists: Vec<SelectStatement>,
        reach: &Reach,
        order: PastOrder,
        slice: PastSlice,
    ) -> Result<Vec<Row>, StoreError> {
        let direction = if order.descending == slice.from_end {
            Order::Asc
        } else {
            Order::Desc
        };
        // One conversation may lie in a lane of each kind, and takes one place of the page.
        let apart = reach.channels.is_empty() && reach.primary.is_none();
        let how = if apart {
            UnionType::All
        } else {
            UnionType::Distinct
        };
        let mut rows = Vec::new();
        for some in lists.chunks(LISTS) {
            let statement = match some {
                [] => continue,
                [one] => one.clone(),
                some => {
                    let pages = some.iter().map(|list| {
                        // A limit belongs to one of several only within a sub-select.
                        Query::select()
                            .column(Asterisk)
                            .from_subquery(list.clone(), "page")
                            .take()
                    });
                    let Some(all) = joined(&pages.collect::<Vec<_>>(), how) else {
                        continue;
                    };
                    Query::select()
                        .column(Asterisk)
                        .from_subquery(all, "pages")
                        .order_by(AT, direction.clone())
                        .order_by("id", direction.clone())
                        .limit(u64::from(slice.count) + 1)
                        .take()
                }
            };
            for row in self.read.query_all(&statement).await? {
                rows.push(Row::from_query_result(&row, "")?);
            }
        }
        Ok(rows)
    }

    /// The condition with a set of its own that has the fewest members, if it has few enough.
    async fn smallest_driver(
        &self,
        reach: &Reach,
        filter: &PastFilter,
    ) -> Result<Option<Driver>, StoreError> {
        let mut smallest = None;
        for driver in Driver::some(reach, filter) {
            let members = driver.members().limit(GATHERED + 1).take();
            let count = self.count_of(members).await?;
            if count <= GATHERED && smallest.as_ref().is_none_or(|(least, _)| count < *least) {
                smallest = Some((count, driver));
            }
        }
        Ok(smallest.map(|(_, driver)| driver))
    }

    fn backend(&self) -> DbBackend {
        self.read.get_database_backend()
    }

    pub(in crate::store::queries) async fn count_of(
        &self,
        members: SelectStatement,
    ) -> Result<u64, StoreError> {
        let counted = Query::select()
            .expr_as(Func::count(Expr::col(Asterisk)), "members")
            .from_subquery(members, Alias::new("some"))
            .take();
        let row = self.read.query_one(&counted).await?;
        let count: Option<i64> = row.map(|row| row.try_get("", "members")).transpose()?;
        Ok(count.and_then(|count| count.try_into().ok()).unwrap_or(0))
    }

    /// The places with their conversations as they are now.
    async fn with_images(
        &self,
        places: Vec<PastPlace>,
    ) -> Result<Vec<(PastPlace, Arc<Conversation>)>, StoreError> {
        let ids = places.iter().map(|place| place.id()).collect();
        let mut found = super::conversations(self.clone(), ids).await?;
        let with = |place: PastPlace| Some((place, found.remove(&place.id())?));
        Ok(places.into_iter().filter_map(with).collect())
    }
}

impl PastSlice {
    /// Leaves as many as are asked for; whether there were more.
    fn cut(self, places: &mut Vec<PastPlace>) -> bool {
        let count = self.count as usize;
        let surplus = places.len().saturating_sub(count);
        if self.from_end {
            places.drain(..surplus);
        } else {
            places.truncate(count);
        }
        surplus > 0
    }
}

/// The rows of these statements in one: all of them, or each once.
fn joined(all: &[SelectStatement], how: UnionType) -> Option<SelectStatement> {
    let mut all = all.iter().cloned();
    let mut joined = all.next()?;
    for one in all {
        joined.union(how, one);
    }
    Some(joined)
}
