//! What is gathered: the conversations of a driver's few members that pass the filter and are within reach, and a page of
//! them.
//!
//! They are found by ids all over the table, so what decides is read from `ix_conversations_sought` alone where it can be:
//! a row lies beside its image.

use sea_orm::sea_query::{
    Alias, Asterisk, CommonTableExpression, Expr, Func, IntoIden, Order, Query, SelectStatement,
    SimpleExpr, WithClause, WithQuery,
};
use sea_orm::{Condition, DbBackend, ExprTrait, IntoSimpleExpr};

use super::conditions::{in_queues, plain, within};
use super::driver::{Driver, MEMBER};
use super::order::{PastOrder, PastOrderField, PastPlace};
use super::{AT, PastFilter, PastSlice, places_by};
use domain::policy::Reach;
use entity::tables::conversation::{Column, Entity};

/// How the members' table is called, and all that was gathered.
const MEMBERS: &str = "members";
const GATHERED: &str = "gathered";
/// How many were gathered.
pub(super) const TOTAL: &str = "total";

/// Each of the driver's members, once, that passes the filter and is within reach, with its place.
pub(super) fn gathering(
    driver: &Driver,
    reach: &Reach,
    filter: &PastFilter,
    order: PastOrderField,
    backend: DbBackend,
) -> SelectStatement {
    let others = Driver::asked(filter).filter(|other| other != driver);
    let others = others.fold(Condition::all(), |all, other| all.add(other.condition()));
    let mut select = if driver.is_of_columns() {
        places_by(value(order)).and_where(driver.condition()).take()
    } else {
        let once = Query::select()
            .distinct()
            .column(MEMBER)
            .from_subquery(driver.members(), "all_members")
            .take();
        let mut select = Query::select();
        select
            .column((Entity, Column::Id))
            .expr_as(value(order), AT)
            .from_subquery(once, MEMBERS)
            .cross_join(Entity)
            .cond_where(is_member(backend));
        select
    };
    select
        .cond_where(others)
        .cond_where(plain(filter))
        .cond_where(in_queues(filter.queues.as_ref()))
        .cond_where(within(reach, filter))
        .take()
}

/// That a conversation is the member. `SQLite` takes the unique index for an id, and never another one that has all that is
/// asked: of a range that has one id, it takes that.
fn is_member(backend: DbBackend) -> Condition {
    let id = || Expr::col((Entity, Column::Id));
    let member = || {
        (
            Alias::new(MEMBERS).into_iden(),
            Alias::new(MEMBER).into_iden(),
        )
    };
    if backend == DbBackend::Sqlite {
        let from = id().gte(Expr::col(member()));
        Condition::all()
            .add(from)
            .add(id().lte(Expr::col(member())))
    } else {
        Condition::all().add(id().equals(member()))
    }
}

/// By what a conversation has its place. When something last happened in one that is ongoing is asked of its row, and of
/// no other.
fn value(order: PastOrderField) -> SimpleExpr {
    match order {
        PastOrderField::Started => Column::StartedAt.into_simple_expr(),
        PastOrderField::Closed => Column::ClosedAt.into_simple_expr(),
        PastOrderField::LastActivity => {
            let row = Alias::new("ongoing").into_iden();
            let column = |column: Column| Expr::col((row.clone(), column));
            let last = Func::coalesce([column(Column::LastActivityAt), column(Column::StartedAt)]);
            let last = Query::select()
                .expr(last)
                .from_as(Entity, row.clone())
                .and_where(column(Column::Id).equals((Entity, Column::Id)))
                .take();
            let last = SimpleExpr::SubQuery(None, Box::new(last.into()));
            Func::coalesce([Column::ClosedAt.into_simple_expr(), last]).into()
        }
    }
}

/// The page that a slice asks for of what is gathered, and one more, each with how many there are in all.
pub(super) fn page(gathering: SelectStatement, order: PastOrder, slice: PastSlice) -> WithQuery {
    let all = CommonTableExpression::new()
        .table_name(GATHERED)
        // It is read twice, and gathered once.
        .materialized(true)
        .query(gathering)
        .to_owned();
    let total = Query::select()
        .expr(Func::count(Expr::col(Asterisk)))
        .from(GATHERED)
        .take();
    let direction = |reversed: bool| if reversed { Order::Desc } else { Order::Asc };
    let of_place = direction(order.descending != slice.from_end);
    let page = Query::select()
        .columns([Alias::new("id"), Alias::new(AT)])
        .expr_as(SimpleExpr::SubQuery(None, Box::new(total.into())), TOTAL)
        .from(GATHERED)
        .cond_where(places(order, slice))
        // What has no value comes last.
        .order_by_expr(Expr::col(AT).is_null(), direction(slice.from_end))
        .order_by(AT, of_place.clone())
        .order_by("id", of_place)
        .limit(u64::from(slice.count) + 1)
        .take();
    WithClause::new().cte(all).to_owned().query(page)
}

/// The places that the slice asks for.
fn places(order: PastOrder, slice: PastSlice) -> Condition {
    Condition::all()
        .add_option(slice.after.map(|place| beyond(order, place, true)))
        .add_option(slice.before.map(|place| beyond(order, place, false)))
}

fn beyond(order: PastOrder, place: PastPlace, forward: bool) -> Condition {
    let greater = forward != order.descending;
    let (id, at) = (|| Expr::col("id"), || Expr::col(AT));
    let id_further = if greater {
        id().gt(place.id())
    } else {
        id().lt(place.id())
    };
    let Some(value) = place.value() else {
        let same = Condition::all().add(at().is_null()).add(id_further);
        let known = (!forward).then(|| at().is_not_null());
        return Condition::any().add(same).add_option(known);
    };
    let further = if greater {
        at().gt(value)
    } else {
        at().lt(value)
    };
    let same = Condition::all().add(at().eq(value)).add(id_further);
    let unknown = forward.then(|| at().is_null());
    Condition::any().add(further).add(same).add_option(unknown)
}
