//! Customers as a list: those within reach, by the words of their names, newest first.
//!
//! As with conversations (`past`): a word of which there are few is gathered and sorted in memory; otherwise the customers
//! are walked from the page's cursor, all of them by their ids, those of a source by the key of `customer_sources`. Whoever
//! was merged into another, or erased, is in no list.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::sea_query::{Alias, Expr, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ExprTrait, FromQueryResult, IntoSimpleExpr};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::each::rows_of_each;
use super::past::{GATHERED, begins_with};
use crate::log::InvalidCursor;
use crate::store::{Store, StoreError};
use domain::fold::Search;
use domain::policy::CustomerReach;
use domain::{CustomerId, Source};
use entity::tables::{customer, customer_source, customer_word};

/// How many words of a search are counted to find the rarest.
const COUNTED_WORDS: usize = 6;
/// How many bytes of a cursor tell of which list it is.
const PRINT: usize = 8;

/// Which customers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerFilter {
    /// Of this source, or from before there were sources by this gateway.
    pub source: Option<Source>,
    /// Whose name has the words of this search.
    pub search: Option<Search>,
}

/// Some customers, in the list's order, and whether there are more after them.
pub type CustomerPage = (Vec<CustomerId>, bool);

#[derive(FromQueryResult)]
struct Row {
    id: CustomerId,
}

impl CustomerFilter {
    fn print(&self) -> [u8; PRINT] {
        let digest = Sha256::digest(format!("customers {self:?}"));
        let mut print = [0; PRINT];
        print.copy_from_slice(&digest[..PRINT]);
        print
    }

    /// The cursor text of a customer in the list of this filter.
    pub fn encode(&self, id: CustomerId) -> String {
        let bytes = [&self.print()[..], id.0.as_bytes()].concat();
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The customer whom a cursor text of the list of this filter stands for.
    pub fn decode(&self, text: &str) -> Result<CustomerId, InvalidCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        let id = bytes.strip_prefix(&self.print()).ok_or(InvalidCursor)?;
        let id = Uuid::from_slice(id).map_err(|_| InvalidCursor)?;
        Ok(CustomerId(id))
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        self.search.iter().flat_map(Search::words)
    }
}

/// A part of the list that has an order of its own in the database.
enum Lane {
    /// Everybody.
    All,
    /// Those of a source, or only those of it from before there were sources.
    Of { source: Source, only_before: bool },
}

/// The lanes of what is within reach and asked for; none where nothing is.
fn lanes(reach: &CustomerReach, filter: &CustomerFilter) -> Vec<Lane> {
    if reach.everything {
        let of = |source: &Source| Lane::Of {
            source: source.clone(),
            only_before: false,
        };
        return vec![filter.source.as_ref().map_or(Lane::All, of)];
    }
    let asked = |source: &&Source| filter.source.as_ref().is_none_or(|asked| asked == *source);
    let lane = |only_before| {
        move |source: &Source| Lane::Of {
            source: source.clone(),
            only_before,
        }
    };
    let own = reach.source.as_ref().filter(asked).map(lane(false));
    let before = reach.before.as_ref().filter(asked).map(lane(true));
    own.into_iter().chain(before).collect()
}

/// Which part of the list, which is newest first.
#[derive(Clone, Copy, Debug, Default)]
pub struct CustomerSlice {
    /// Only what comes after this customer.
    pub after: Option<CustomerId>,
    /// Only what comes before this one.
    pub before: Option<CustomerId>,
    /// How many.
    pub count: u32,
    /// Counted from the end.
    pub from_end: bool,
}

impl CustomerSlice {
    fn has(&self, id: CustomerId) -> bool {
        self.after.is_none_or(|after| id < after) && self.before.is_none_or(|before| id > before)
    }
}

impl Lane {
    /// A statement that reads `count` customers of the slice whose names have these words.
    fn walk(&self, slice: CustomerSlice, filter: &CustomerFilter, count: u64) -> SelectStatement {
        let mut select = Query::select();
        let id = match self {
            Self::All => {
                select.from(customer::Entity).cond_where(is_there());
                Expr::col((customer::Entity, customer::Column::Id))
            }
            Self::Of { .. } => {
                select.from(customer_source::Entity).cond_where(self.own());
                Expr::col((customer_source::Entity, customer_source::Column::CustomerId))
            }
        };
        for word in filter.words() {
            select.and_where(has_word(&id, word));
        }
        let order = if slice.from_end {
            Order::Asc
        } else {
            Order::Desc
        };
        select
            .and_where_option(slice.after.map(|after| id.clone().lt(after)))
            .and_where_option(slice.before.map(|before| id.clone().gt(before)))
            .expr_as(id.clone(), Alias::new("id"))
            .order_by_expr(id, order)
            .limit(count)
            .take()
    }

    /// What of `customer_sources` is in it.
    fn own(&self) -> Condition {
        match self {
            Self::All => Condition::all(),
            Self::Of {
                source,
                only_before,
            } => Condition::all()
                .add(customer_source::Column::Source.eq(source.as_str()))
                .add_option(only_before.then(|| customer_source::Column::BeforeSources.eq(true))),
        }
    }

    /// That a customer is in it.
    fn has(&self, id: &SimpleExpr) -> SimpleExpr {
        let of_this = |column: SimpleExpr| column.eq(id.clone());
        match self {
            Self::All => {
                let row = Query::select()
                    .expr(Expr::val(1))
                    .from(customer::Entity)
                    .and_where(of_this(Expr::col((customer::Entity, customer::Column::Id))))
                    .cond_where(is_there())
                    .take();
                Expr::exists(row)
            }
            Self::Of { .. } => {
                let row = Query::select()
                    .expr(Expr::val(1))
                    .from(customer_source::Entity)
                    .and_where(of_this(
                        customer_source::Column::CustomerId.into_simple_expr(),
                    ))
                    .cond_where(self.own())
                    .take();
                Expr::exists(row)
            }
        }
    }
}

/// Merged into nobody, and not erased.
fn is_there() -> Condition {
    Condition::all()
        .add(customer::Column::MergedIntoId.is_null())
        .add(customer::Column::ErasedAt.is_null())
}

/// That the name of this customer has a word that begins so.
fn has_word(id: &SimpleExpr, word: &str) -> SimpleExpr {
    let theirs = Expr::col((customer_word::Entity, customer_word::Column::CustomerId));
    let row = Query::select()
        .expr(Expr::val(1))
        .from(customer_word::Entity)
        .and_where(theirs.eq(id.clone()))
        .cond_where(begins_with(customer_word::Column::Word, word))
        .take();
    Expr::exists(row)
}

/// Who has a word that begins so; one may be there more than once.
fn with_word(word: &str) -> SelectStatement {
    Query::select()
        .expr_as(
            Expr::col((customer_word::Entity, customer_word::Column::CustomerId)),
            Alias::new("id"),
        )
        .from(customer_word::Entity)
        .cond_where(begins_with(customer_word::Column::Word, word))
        .take()
}

impl Store {
    /// A slice of the customers within reach that pass the filter, newest first, and whether more lie beyond the end
    /// that was counted towards.
    pub async fn list_customers(
        &self,
        reach: &CustomerReach,
        filter: &CustomerFilter,
        slice: CustomerSlice,
    ) -> Result<CustomerPage, StoreError> {
        let count = slice.count as usize;
        let ids = self.customers_of(reach, filter, slice, u64::from(slice.count) + 1);
        let mut ids = ids.await?;
        let more = ids.len() > count;
        ids.truncate(count);
        if slice.from_end {
            ids.reverse();
        }
        Ok((ids, more))
    }

    /// How many there are: exact up to [`GATHERED`], and one more where there are more.
    pub async fn count_customers(
        &self,
        reach: &CustomerReach,
        filter: &CustomerFilter,
    ) -> Result<u64, StoreError> {
        let all = CustomerSlice::default();
        let ids = self.customers_of(reach, filter, all, GATHERED + 1);
        Ok(ids.await?.len() as u64)
    }

    /// Whether this customer is within reach.
    pub async fn has_customer(
        &self,
        reach: &CustomerReach,
        id: CustomerId,
    ) -> Result<bool, StoreError> {
        let lanes = lanes(reach, &CustomerFilter::default());
        let id = Expr::val(id);
        let is_in = lanes.iter().map(|lane| {
            Query::select()
                .expr_as(id.clone(), Alias::new("id"))
                .and_where(lane.has(&id))
                .take()
        });
        let rows = rows_of_each::<Row>(&self.read, &is_in.collect::<Vec<_>>()).await?;
        Ok(rows.iter().any(|rows| !rows.is_empty()))
    }

    /// Reads `count` customers of the slice, from the end that it is counted from.
    async fn customers_of(
        &self,
        reach: &CustomerReach,
        filter: &CustomerFilter,
        slice: CustomerSlice,
        count: u64,
    ) -> Result<Vec<CustomerId>, StoreError> {
        let lanes = lanes(reach, filter);
        let rarest = self.rarest_word(filter).await?;
        let statement = |lane: &Lane| match rarest {
            Some(word) => gather(lane, word, filter),
            None => lane.walk(slice, filter, count),
        };
        let statements: Vec<_> = lanes.iter().map(statement).collect();
        let rows = rows_of_each::<Row>(&self.read, &statements).await?;
        let ids = rows.into_iter().flatten().map(|row| row.id);
        let mut ids: Vec<_> = ids.filter(|id| slice.has(*id)).collect();
        ids.sort_unstable();
        if !slice.from_end {
            ids.reverse();
        }
        ids.dedup();
        ids.truncate(usize::try_from(count).unwrap_or(usize::MAX));
        Ok(ids)
    }

    /// The word of the search that the fewest names have, if few enough do.
    async fn rarest_word<'f>(
        &self,
        filter: &'f CustomerFilter,
    ) -> Result<Option<&'f str>, StoreError> {
        let mut words: Vec<&str> = filter.words().collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let mut rarest = None;
        for word in words.into_iter().take(COUNTED_WORDS) {
            let members = with_word(word).limit(GATHERED + 1).take();
            let count = self.count_of(members).await?;
            if count <= GATHERED && rarest.is_none_or(|(least, _)| count < least) {
                rarest = Some((count, word));
            }
        }
        Ok(rarest.map(|(_, word)| word))
    }
}

/// Who of a lane has this word, and all others of the search.
fn gather(lane: &Lane, word: &str, filter: &CustomerFilter) -> SelectStatement {
    let id = Expr::col((Alias::new("named"), Alias::new("id")));
    let mut select = Query::select()
        .expr_as(id.clone(), Alias::new("id"))
        .from_subquery(with_word(word), Alias::new("named"))
        .and_where(lane.has(&id))
        .take();
    for other in filter.words().filter(|other| *other != word) {
        select.and_where(has_word(&id, other));
    }
    select
}
