//! The filter, and what is within reach, as conditions of SQL.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, Func, SimpleExpr, Value};
use sea_orm::{ColumnTrait, Condition, ExprTrait, IntoSimpleExpr};

use super::driver::{Driver, was_primary};
use super::order::PastOrderField;
use super::{Between, PastFilter};
use domain::policy::Reach;
use domain::{QueueId, State};
use entity::tables::conversation::{Column, Entity};

/// What passes the filter and is within reach, whatever bounds it.
pub(super) fn walking(reach: &Reach, filter: &PastFilter) -> Condition {
    Condition::all()
        .add(asked(filter))
        .add(in_queues(filter.queues.as_ref()))
        .add(within(reach, filter))
}

/// The same of what is ongoing, which is read by its own index, whatever else has one.
pub(super) fn ongoing(reach: &Reach, filter: &PastFilter) -> Condition {
    Condition::all()
        .add(walked(filter, PastOrderField::LastActivity))
        .add(in_queues(filter.queues.as_ref()))
        .add(within(reach, filter))
}

/// What the filter asks for but for queues.
fn asked(filter: &PastFilter) -> Condition {
    asked_but(filter, None)
}

/// The same but for what this driver asks.
pub(super) fn asked_but(filter: &PastFilter, but: Option<&Driver>) -> Condition {
    let drivers = Driver::asked(filter).filter(|driver| Some(driver) != but);
    drivers.fold(plain(filter), |all, driver| all.add(driver.condition()))
}

/// The same of rows that are walked in this order: what has an index of its own is said so that none but the order's is
/// used, since rows of another would all have to be sorted.
pub(super) fn walked(filter: &PastFilter, order: PastOrderField) -> Condition {
    walked_but(filter, order, None)
}

/// The same but for what this driver asks.
pub(super) fn walked_but(
    filter: &PastFilter,
    order: PastOrderField,
    but: Option<&Driver>,
) -> Condition {
    let drivers = Driver::asked(filter).filter(|driver| Some(driver) != but);
    let drivers = drivers.map(|driver| driver.hidden());
    let in_order = order == PastOrderField::Started;
    let started = if in_order {
        Column::StartedAt.into_simple_expr()
    } else {
        hidden(Column::StartedAt)
    };
    drivers.fold(plain_with(filter, &started), Condition::add)
}

/// A column that no index is used for.
pub(super) fn hidden(column: Column) -> SimpleExpr {
    Func::coalesce([column, column].map(IntoSimpleExpr::into_simple_expr)).into()
}

/// What the filter asks of a row's own columns, but for queues.
pub(super) fn plain(filter: &PastFilter) -> Condition {
    plain_with(filter, &Column::StartedAt.into_simple_expr())
}

fn plain_with(filter: &PastFilter, started: &SimpleExpr) -> Condition {
    Condition::all()
        .add_option(in_states(filter.states.as_ref()))
        .add_option(one_of(Column::Channel, filter.channels.as_ref()))
        .add_option(one_of(Column::Reason, filter.reasons.as_ref()))
        .add_option(one_of(Column::Sentiment, filter.sentiments.as_ref()))
        .add(between(started, filter.started))
        .add(between(&Column::ClosedAt.into_simple_expr(), filter.closed))
        .add(between(&last_activity(), filter.last_activity))
}

fn one_of<T: Clone + Into<Value>>(
    column: Column,
    these: Option<&BTreeSet<T>>,
) -> Option<SimpleExpr> {
    these.map(|these| column.is_in(these.iter().cloned()))
}

/// In one of these states. What is closed is told by when it closed, which indexes have.
fn in_states(states: Option<&BTreeSet<State>>) -> Option<SimpleExpr> {
    if states.is_some_and(|states| states.iter().eq([&State::Closed])) {
        return Some(is_closed());
    }
    one_of(Column::State, states)
}

/// Written out, so that both planners see the partial indexes' own condition.
pub(super) fn is_closed() -> SimpleExpr {
    Expr::cust("conversations.closed_at IS NOT NULL")
}

fn between(value: &SimpleExpr, Between { from, to }: Between) -> Condition {
    Condition::all()
        .add_option(from.map(|from: DateTime<Utc>| value.clone().gte(from)))
        .add_option(to.map(|to: DateTime<Utc>| value.clone().lt(to)))
}

/// When something last happened in a conversation: a row from before there was this column says when it started.
pub(super) fn last_activity() -> SimpleExpr {
    let columns = [Column::ClosedAt, Column::LastActivityAt, Column::StartedAt];
    Func::coalesce(columns.map(IntoSimpleExpr::into_simple_expr)).into()
}

/// In one of these queues, where some are named.
///
/// Not for an index: beside another condition that bounds the rows, `SQLite` would rather read all that a queue ever had.
pub(super) fn in_queues(queues: Option<&BTreeSet<QueueId>>) -> Condition {
    let these = |these: &BTreeSet<QueueId>| hidden(Column::QueueId).is_in(these.iter().copied());
    Condition::all().add_option(queues.map(these))
}

/// Within reach, in a role that may know what the filter asks.
pub(super) fn within(reach: &Reach, filter: &PastFilter) -> Condition {
    if reach.everything {
        return Condition::all();
    }
    Condition::any()
        .add(in_queues(Some(&reach.queues)))
        .add_option(carried(reach, filter))
        .add_option(reach.primary.map(|agent| own(agent, filter)))
}

/// What a gateway carries: on its channels, and of its source, or of none. Nothing where tags are asked for, which
/// gateways are not shown.
pub(super) fn carried(reach: &Reach, filter: &PastFilter) -> Option<Condition> {
    if reach.channels.is_empty() || filter.tags.is_some() {
        return None;
    }
    let source = reach.source.as_ref().map(domain::Source::as_str);
    let own = Condition::any()
        .add(Column::Source.is_null())
        .add_option(source.map(|source| Column::Source.eq(source)));
    let there = Condition::all()
        .add(Column::Channel.is_in(reach.channels.iter().copied()))
        .add(own);
    Some(there)
}

/// What this agent handles, and what is closed and they handled. Where tags are asked for, what they handled last: of
/// what others handled after them they are shown headers, and no tags.
pub(super) fn own(agent: domain::AgentId, filter: &PastFilter) -> Condition {
    let now = Expr::col((Entity, Column::AgentId)).eq(agent);
    if filter.tags.is_some() {
        return Condition::all().add(now);
    }
    let at_any_time = Condition::all()
        .add(Column::State.eq(State::Closed))
        .add(was_primary(agent));
    Condition::any().add(now).add(at_any_time)
}
