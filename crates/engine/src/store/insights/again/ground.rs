//! What is counted again: from where in the log, up to where, and which buckets lie wholly within it.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::super::progress::Progress;
use super::InsightsReport;
use crate::log::Entry;
use crate::store::StoreError;
use crate::store::load::read_head;
use crate::store::log::entry_of;
use domain::insights::{QUARTER, bucket_of};
use entity::tables::event;

/// How many events one read brings.
const PAGE: u64 = 1_000;

/// The log that is kept, and the figures beside it.
#[derive(Clone, Debug)]
pub(super) struct Ground {
    /// How far the figures are.
    pub progress: Progress,
    /// The position before the first event that is kept.
    pub before: i64,
    /// The instant of that event.
    pub first_at: DateTime<Utc>,
    /// Where the log stands.
    pub head: i64,
}

impl Ground {
    /// What this snapshot has; none: nothing is counted.
    pub(super) async fn read(snapshot: &DatabaseTransaction) -> Result<Option<Self>, StoreError> {
        let Some(progress) = Progress::read(snapshot).await? else {
            return Ok(None);
        };
        let first: Option<(i64, DateTime<Utc>)> = event::Entity::find()
            .select_only()
            .columns([event::Column::Position, event::Column::At])
            .order_by_asc(event::Column::Position)
            .into_tuple()
            .one(snapshot)
            .await?;
        let head = read_head(snapshot).await?.log.position;
        let (before, first_at) =
            first.map_or((head, progress.state.at), |(first, at)| (first - 1, at));
        Ok(Some(Self {
            progress,
            before,
            first_at,
            head,
        }))
    }

    /// Whether the log is there from its first event on.
    pub(super) const fn is_whole(&self) -> bool {
        self.before == 0
    }

    /// The first instant of buckets that lie wholly within the log.
    pub(super) fn from(&self) -> DateTime<Utc> {
        let state = &self.progress.state;
        if self.is_whole() {
            return DateTime::UNIX_EPOCH;
        }
        let next = |at| bucket_of(at, QUARTER) + QUARTER;
        let from = next(self.first_at);
        // Images from before there were figures are counted by those before them, and some of these are not kept any more.
        let lacks_images = state.counted_from < self.before && self.before < state.begun_at;
        if lacks_images {
            from.max(next(state.begun_time))
        } else {
            from
        }
    }

    /// The position at which agents' hands are known: times are counted from there.
    pub(super) fn hands_at(&self) -> i64 {
        self.before.max(self.progress.state.begun_at)
    }

    /// Up to when hands are counted there.
    pub(super) fn hands_counted_to(&self) -> DateTime<Utc> {
        if self.begins_where_counting_began() {
            self.progress.state.begun_time
        } else {
            self.first_at
        }
    }

    /// Whether hands are known where the projector knew them first.
    pub(super) const fn begins_where_counting_began(&self) -> bool {
        self.before <= self.progress.state.begun_at
    }

    /// The position to which what goes on belongs.
    pub(super) fn now_at(&self) -> i64 {
        self.progress.position.max(self.progress.state.begun_at)
    }

    /// What is known before anything is compared.
    pub(super) fn report(&self) -> InsightsReport {
        InsightsReport {
            first: (self.before < self.head).then_some(self.before + 1),
            counted_to: Some(self.progress.position),
            from: (!self.is_whole()).then(|| self.from()),
            ..InsightsReport::default()
        }
    }
}

/// The events after a position and up to another one, a page at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Events<'a> {
    snapshot: &'a DatabaseTransaction,
    position: i64,
    until: i64,
}

impl<'a> Events<'a> {
    pub(super) const fn new(snapshot: &'a DatabaseTransaction, after: i64, until: i64) -> Self {
        Self {
            snapshot,
            position: after,
            until,
        }
    }

    /// The next ones; none are left when there are none.
    pub(super) async fn next(&mut self) -> Result<Vec<Entry>, StoreError> {
        let rows = event::Entity::find()
            .filter(event::Column::Position.gt(self.position))
            .filter(event::Column::Position.lte(self.until))
            .order_by_asc(event::Column::Position)
            .limit(PAGE)
            .all(self.snapshot)
            .await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            if row.position != self.position + 1 {
                return Err(StoreError::Row {
                    table: "events",
                    problem: format!("there is none at position {}", self.position + 1),
                });
            }
            self.position = row.position;
            // Of which epoch they are is nobody's question here.
            entries.push(entry_of(&row, Uuid::nil())?);
        }
        Ok(entries)
    }
}
