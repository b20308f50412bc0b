//! How far the log is counted: the one row that is written with the figures, and that says who counts.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::StoreError;
use super::super::load::ONLY_ROW;
use domain::insights::Judgement;
use entity::tables::insight_progress::{ActiveModel, Column, Entity, Model};

/// For how long a server counts after it last said so.
const LEASE: TimeDelta = TimeDelta::seconds(10);

/// Why counting stopped before its end.
#[derive(Debug)]
pub(super) enum Stopped {
    /// Another server counts, or `regie insights rebuild` does.
    Lost,
    /// The database failed.
    Store(StoreError),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<DbErr> for Stopped {
    fn from(error: DbErr) -> Self {
        Self::Store(error.into())
    }
}

/// How far the log is counted, and what is known there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The position of the last event that is counted.
    pub position: i64,
    /// What else is known there.
    pub state: Standing,
}

/// What is known between two events, beside agents' hands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// By which settings the next event is judged.
    pub judgement: Judgement,
    /// The instant of the last event that is counted.
    pub at: DateTime<Utc>,
    /// Whether only events from before there were figures are counted so far.
    pub restores: bool,
    /// Where the log stood when counting began: what goes on, and agents' times, are counted from here.
    pub begun_at: i64,
    /// When that was.
    pub begun_time: DateTime<Utc>,
    /// From when figures of conversations are complete; none: from the first conversation on.
    pub complete_since: Option<DateTime<Utc>>,
    /// Up to where minutes are joined to quarters of an hour.
    pub quarters_to: DateTime<Utc>,
    /// Up to where quarters of an hour are joined to days.
    pub days_to: DateTime<Utc>,
    /// The position before the first event that was counted.
    #[serde(default)]
    pub counted_from: i64,
    /// By which settings events were judged, each after which position: as far back as the log is kept.
    #[serde(default)]
    pub judged: Vec<(i64, Judgement)>,
}

impl Standing {
    /// By which settings the event after this position was judged.
    pub(super) fn judgement_after(&self, position: i64) -> Judgement {
        let known = self.judged.iter().rev();
        let mut known = known.filter(|(since, _)| *since <= position);
        let oldest = self.judged.first();
        known
            .next()
            .or(oldest)
            .map_or(self.judgement, |(_, judgement)| *judgement)
    }

    /// From now on events are judged by this.
    pub(super) fn judge(&mut self, position: i64, judgement: Judgement) {
        if self.judgement != judgement {
            self.judgement = judgement;
            self.judged.push((position, judgement));
        }
    }

    /// Forgets by what events were judged that are not kept any more.
    pub(super) fn forget_before(&mut self, first: i64) {
        let needed = self
            .judged
            .partition_point(|(since, _)| *since < first)
            .saturating_sub(1);
        self.judged.drain(..needed);
    }
}

impl Progress {
    fn of(row: &Model) -> Result<Self, StoreError> {
        let state = serde_json::from_str(&row.state);
        Ok(Self {
            position: row.position,
            state: state.map_err(StoreError::row("insight_progress"))?,
        })
    }

    /// How far it is; none: nothing is counted.
    pub(in crate::store) async fn read(
        connection: &impl ConnectionTrait,
    ) -> Result<Option<Self>, StoreError> {
        let row = Entity::find_by_id(ONLY_ROW).one(connection).await?;
        row.as_ref().map(Self::of).transpose()
    }

    /// Makes the row, if there is none.
    pub(super) async fn make(&self, connection: &impl ConnectionTrait) -> Result<(), StoreError> {
        let row = ActiveModel {
            id: Set(ONLY_ROW),
            position: Set(self.position),
            state: Set(self.text()?),
            holder: Set(None),
            held_until: Set(None),
        };
        Entity::insert(row)
            .exec_without_returning(connection)
            .await?;
        Ok(())
    }

    /// Moves the row on from this position to where this is; false: somebody else counts, or has counted.
    pub(super) async fn advance(
        &self,
        connection: &impl ConnectionTrait,
        from: i64,
        by: Uuid,
    ) -> Result<bool, StoreError> {
        let moved = Entity::update_many()
            .col_expr(Column::Position, Expr::value(self.position))
            .col_expr(Column::State, Expr::value(self.text()?))
            .filter(Column::Id.eq(ONLY_ROW))
            .filter(Column::Position.eq(from))
            .filter(Column::Holder.eq(by))
            .exec(connection)
            .await?;
        Ok(moved.rows_affected == 1)
    }

    fn text(&self) -> Result<String, StoreError> {
        serde_json::to_string(&self.state).map_err(StoreError::row("insight_progress"))
    }
}

/// Says again that this server counts; false: it does not any more, and what it knows may be old.
pub(super) async fn renew_lease(
    connection: &impl ConnectionTrait,
    by: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    hold(
        connection,
        by,
        now,
        Condition::all().add(Column::Holder.eq(by)),
    )
    .await
}

/// Counts from now on; false: another server does. Where there is no row yet, nobody does. A server that is `alone` waits
/// for no other: whoever holds the lease is gone.
pub(super) async fn take_lease(
    connection: &impl ConnectionTrait,
    by: Uuid,
    now: DateTime<Utc>,
    alone: bool,
) -> Result<bool, StoreError> {
    let free = Condition::any()
        .add(Column::Holder.is_null())
        .add(Column::HeldUntil.lt(now));
    hold(
        connection,
        by,
        now,
        if alone { Condition::all() } else { free },
    )
    .await
}

async fn hold(
    connection: &impl ConnectionTrait,
    by: Uuid,
    now: DateTime<Utc>,
    condition: Condition,
) -> Result<bool, StoreError> {
    let taken = Entity::update_many()
        .col_expr(Column::Holder, Expr::value(by))
        .col_expr(Column::HeldUntil, Expr::value(now + LEASE))
        .filter(Column::Id.eq(ONLY_ROW))
        .filter(condition)
        .exec(connection)
        .await?;
    Ok(taken.rows_affected == 1)
}

/// Whether this server counts; nobody else does until the end of the transaction.
pub(super) async fn holds_lease(
    connection: &impl ConnectionTrait,
    by: Uuid,
) -> Result<bool, StoreError> {
    let held = Entity::update_many()
        .col_expr(Column::Holder, Expr::value(by))
        .filter(Column::Id.eq(ONLY_ROW))
        .filter(Column::Holder.eq(by))
        .exec(connection)
        .await?;
    Ok(held.rows_affected == 1)
}

/// Lets another server count.
pub(super) async fn release_lease(
    connection: &impl ConnectionTrait,
    by: Uuid,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Holder, Expr::value(None::<Uuid>))
        .col_expr(Column::HeldUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::Id.eq(ONLY_ROW))
        .filter(Column::Holder.eq(by))
        .exec(connection)
        .await?;
    Ok(())
}
