//! The statements by which an order is walked: one for each part of the order and lane of the viewer.
//!
//! Each walks one index from the page's cursor and stops at its limit, so that a page does not sort what it does not show.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, Order, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ExprTrait, IntoSimpleExpr};

use super::conditions::{carried, last_activity, ongoing, own, walked};
use super::order::{PastOrder, PastOrderField, PastPlace};
use super::{Between, PastFilter, PastSlice, rows};
use domain::policy::Reach;
use domain::{QueueId, State};
use entity::tables::conversation::Column;

/// A part of an order: rows that have their place by the same expression, and by an index of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Every conversation.
    Whole,
    /// What is closed.
    Closed,
    /// What is ongoing.
    Ongoing,
}

impl Part {
    /// Written out, so that both planners see the partial indexes' own conditions.
    fn condition(self) -> Condition {
        let written = match self {
            Self::Whole => None,
            Self::Closed => Some("conversations.closed_at IS NOT NULL"),
            Self::Ongoing => Some("conversations.state <> 'CLOSED'"),
        };
        Condition::all().add_option(written.map(Expr::cust))
    }

    /// By which expression its rows have their place; none: by their ids alone.
    fn key(self, field: PastOrderField) -> Option<SimpleExpr> {
        match (field, self) {
            (PastOrderField::Started, _) => Some(Column::StartedAt.into_simple_expr()),
            (_, Self::Closed) => Some(Column::ClosedAt.into_simple_expr()),
            (PastOrderField::Closed, _) => None,
            (PastOrderField::LastActivity, _) => Some(last_activity()),
        }
    }
}

/// The parts of an order that the filter does not rule out.
pub(super) fn parts(order: PastOrder, filter: &PastFilter) -> &'static [Part] {
    let states = filter.states.as_ref();
    let none_closed = states.is_some_and(|states| !states.contains(&State::Closed));
    let all_closed = states.is_some_and(|states| states.iter().all(|s| *s == State::Closed));
    // Only what is closed has these. Asked of what is ongoing, they would be answered by all that is closed.
    let all_closed =
        all_closed || filter.closed != Between::default() || filter.dispositions.is_some();
    match order.field {
        PastOrderField::Started => &[Part::Whole],
        _ if none_closed => &[Part::Ongoing],
        _ if all_closed => &[Part::Closed],
        _ => &[Part::Closed, Part::Ongoing],
    }
}

/// Every statement that the page takes.
pub(super) fn lists(
    reach: &Reach,
    filter: &PastFilter,
    order: PastOrder,
    slice: PastSlice,
) -> Vec<SelectStatement> {
    let mut lists = Vec::new();
    for part in parts(order, filter) {
        let key = part.key(order.field);
        let Some(places) = between(order, key.as_ref(), slice) else {
            continue;
        };
        // What is ongoing is read as a whole, whoever asks: it has an index, but not in this order.
        let lanes = match part {
            Part::Ongoing => vec![ongoing(reach, filter)],
            Part::Whole | Part::Closed => lanes(reach, filter, order.field),
        };
        for lane in lanes {
            let select = rows()
                .cond_where(part.condition())
                .cond_where(lane)
                .cond_where(places.clone())
                .take();
            lists.push(first(select, key.clone(), order, slice));
        }
    }
    lists
}

/// What the viewer finds that passes the filter, in pieces that have an index each.
fn lanes(reach: &Reach, filter: &PastFilter, order: PastOrderField) -> Vec<Condition> {
    let asked = || walked(filter, order);
    let of_queue = |queue: &QueueId| asked().add(Column::QueueId.eq(*queue));
    if reach.everything {
        return match &filter.queues {
            Some(queues) => queues.iter().map(of_queue).collect(),
            None => vec![asked()],
        };
    }
    let wanted = |queue: &&QueueId| {
        let queues = filter.queues.as_ref();
        queues.is_none_or(|queues| queues.contains(*queue))
    };
    let supervised = reach.queues.iter().filter(wanted).map(of_queue);
    let mut lanes: Vec<Condition> = supervised.collect();
    let others = [
        carried(reach, filter),
        reach.primary.map(|agent| own(agent, filter)),
    ];
    for other in others.into_iter().flatten() {
        match &filter.queues {
            Some(queues) => lanes.extend(queues.iter().map(|q| of_queue(q).add(other.clone()))),
            None => lanes.push(asked().add(other)),
        }
    }
    lanes
}

/// The first rows of a list, and one more than the page has.
fn first(
    mut select: SelectStatement,
    key: Option<SimpleExpr>,
    order: PastOrder,
    slice: PastSlice,
) -> SelectStatement {
    let direction = if order.descending == slice.from_end {
        Order::Asc
    } else {
        Order::Desc
    };
    if let Some(key) = key {
        select.order_by_expr(key, direction.clone());
    }
    select
        .order_by_expr(Column::Id.into_simple_expr(), direction)
        .limit(u64::from(slice.count) + 1)
        .take()
}

/// The places that the slice asks for among rows with this key; none where it asks for none of them.
fn between(order: PastOrder, key: Option<&SimpleExpr>, slice: PastSlice) -> Option<Condition> {
    let beyond = |place: PastPlace, forward: bool| -> Option<Condition> {
        let greater = forward != order.descending;
        match (key, place.value()) {
            (Some(key), Some(value)) => Some(further(key, value, place, greater)),
            (None, None) => Some(Condition::all().add(id_further(place, greater))),
            // What has no value comes after all that has one.
            (None, Some(_)) => forward.then(Condition::all),
            (Some(_), None) => (!forward).then(Condition::all),
        }
    };
    let mut places = Condition::all();
    if let Some(after) = slice.after {
        places = places.add(beyond(after, true)?);
    }
    if let Some(before) = slice.before {
        places = places.add(beyond(before, false)?);
    }
    Some(places)
}

/// Beyond a place: said twice of the value, so that an index over it begins there.
fn further(key: &SimpleExpr, value: DateTime<Utc>, place: PastPlace, greater: bool) -> Condition {
    let (reached, passed) = if greater {
        (key.clone().gte(value), key.clone().gt(value))
    } else {
        (key.clone().lte(value), key.clone().lt(value))
    };
    let tie = Condition::any().add(passed).add(id_further(place, greater));
    Condition::all().add(reached).add(tie)
}

fn id_further(place: PastPlace, greater: bool) -> SimpleExpr {
    if greater {
        Column::Id.gt(place.id())
    } else {
        Column::Id.lt(place.id())
    }
}
