//! The statements by which an order is walked: one for each part of the order and lane of the viewer.
//!
//! Each walks one index from the page's cursor and stops at its limit, so that a page does not sort what it does not show.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ExprTrait, IntoSimpleExpr};

use super::conditions::{
    asked_but, carried, is_closed, last_activity, ongoing, own, walked, walked_but,
};
use super::driver::Driver;
use super::order::{PastOrder, PastOrderField, PastPlace};
use super::{Between, PastFilter, PastSlice, places_by};
use domain::policy::Reach;
use domain::{QueueId, State};
use entity::tables::conversation::{Column, Entity};

/// So many lanes are made of queues and values at most.
const LANES: usize = 100;

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
            Self::Closed => Some(is_closed()),
            Self::Ongoing => Some(Expr::cust("conversations.state <> 'CLOSED'")),
        };
        Condition::all().add_option(written)
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

/// Every statement that the page takes, those of each part by themselves.
pub(super) fn lists(
    reach: &Reach,
    filter: &PastFilter,
    order: PastOrder,
    slice: PastSlice,
) -> Vec<Vec<SelectStatement>> {
    let mut parts_lists = Vec::new();
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
        let lists = lanes.into_iter().map(|lane| {
            // What is ongoing has no closing, and so no place by it.
            let value = key.clone().unwrap_or(Column::ClosedAt.into_simple_expr());
            let select = places_by(value)
                .cond_where(part.condition())
                .cond_where(lane)
                .cond_where(places.clone())
                .take();
            first(select, key.clone(), order, slice)
        });
        parts_lists.push(lists.collect());
    }
    parts_lists
}

/// What passes the filter and is within reach, in pieces that have nothing in common and an index each, a row of each
/// conversation; none where pieces would have some in common, or have no index.
pub(super) fn counted(reach: &Reach, filter: &PastFilter) -> Option<Vec<SelectStatement>> {
    let queues = match (&filter.queues, reach) {
        (Some(queues), reach) if reach.everything => queues.iter().collect(),
        (None, reach) if reach.everything => return None,
        (queues, reach) if reach.channels.is_empty() && reach.primary.is_none() => {
            let wanted =
                |queue: &&QueueId| queues.as_ref().is_none_or(|queues| queues.contains(*queue));
            reach.queues.iter().filter(wanted).collect::<Vec<_>>()
        }
        _ => return None,
    };
    let row = |part: Part| {
        Query::select()
            .expr(Expr::cust("1"))
            .from(Entity)
            .cond_where(part.condition())
            .take()
    };
    // The index of what is closed has these of each; that of all has when each started.
    let of_closed =
        filter.reasons.is_some() || filter.channels.is_some() || filter.states.is_some();
    let order = PastOrder {
        field: PastOrderField::Closed,
        descending: true,
    };
    let parts = match parts(order, filter) {
        [Part::Closed, Part::Ongoing] if !of_closed => &[Part::Whole],
        parts => parts,
    };
    let of_part = |part: &Part| match part {
        Part::Ongoing => vec![row(*part).cond_where(ongoing(reach, filter)).take()],
        Part::Whole | Part::Closed => {
            let lanes = of_queues(&queues, filter, true, |but| asked_but(filter, but));
            let rows = lanes
                .into_iter()
                .map(|lane| row(*part).cond_where(lane).take());
            rows.collect()
        }
    };
    Some(parts.iter().flat_map(of_part).collect())
}

/// What the viewer finds that passes the filter, in pieces that have an index each.
fn lanes(reach: &Reach, filter: &PastFilter, order: PastOrderField) -> Vec<Condition> {
    let asked = || walked(filter, order);
    let of_queue = |queue: &QueueId| asked().add(Column::QueueId.eq(*queue));
    let of_those = |queues: Vec<&QueueId>| {
        let by_closing = order != PastOrderField::Started;
        of_queues(&queues, filter, by_closing, |but| {
            walked_but(filter, order, but)
        })
    };
    if reach.everything {
        return match &filter.queues {
            Some(queues) => of_those(queues.iter().collect()),
            None => vec![asked()],
        };
    }
    let wanted = |queue: &&QueueId| {
        let queues = filter.queues.as_ref();
        queues.is_none_or(|queues| queues.contains(*queue))
    };
    let mut lanes = of_those(reach.queues.iter().filter(wanted).collect());
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

/// What passes the filter of each of these queues: all that is asked but for what one driver asks, where that is given.
///
/// By the order of closing, and for counts, what has a disposition or a rating is read by the index that has those of each
/// queue and value: by another index all rows of a queue would be passed over that has none of them.
fn of_queues(
    queues: &[&QueueId],
    filter: &PastFilter,
    by_value: bool,
    asked: impl Fn(Option<&Driver>) -> Condition,
) -> Vec<Condition> {
    let each = Driver::asked(filter)
        .filter(|_| by_value)
        .find_map(|driver| Some((driver.each_value()?, driver)))
        .filter(|(values, _)| values.len() * queues.len() <= LANES);
    let of_value = match &each {
        Some((values, driver)) => (values.iter())
            .map(|value| asked(Some(driver)).add(value.clone()))
            .collect(),
        None => vec![asked(None)],
    };
    let of_queue = |queue: &&QueueId| {
        let queue = Column::QueueId.eq(**queue);
        let with_queue = move |one: &Condition| one.clone().add(queue.clone());
        of_value.iter().map(with_queue).collect::<Vec<_>>()
    };
    queues.iter().flat_map(of_queue).collect()
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
