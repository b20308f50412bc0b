//! Reading the event log: the recent end from memory, the rest from the database.
//!
//! What comes after a position is read here, from wherever it is; whoever has read everything waits for the
//! dispatcher's word of what concerns them (`dispatch`), and reads that here as well.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio::sync::watch;

use super::{Store, StoreError};
use crate::board::Naming;
use crate::dispatch::Dispatcher;
use crate::log::{Cursor, Entry, Head};
use domain::{Agent, ChangeKind, Subject};
use entity::tables::event;

/// How many events stay in memory for whoever follows closely.
const RECENT: usize = 16_384;
/// How many events one read from the database brings.
const PAGE: u32 = 512;
/// How long a cursor may be ahead of this server because another server's events are on their way.
const ARRIVAL: Duration = Duration::from_secs(5);

/// How long a reader may wait for a position that is said to be there.
const PATIENCE: Duration = Duration::from_secs(2);

/// The log, to be followed.
#[derive(Debug)]
pub struct EventLog {
    store: Store,
    recent: RwLock<VecDeque<Recent>>,
    head: watch::Sender<Head>,
    dispatcher: Arc<Dispatcher>,
}

/// An event of the recent end, and what it said of names.
#[derive(Clone, Debug)]
pub struct Recent {
    /// The event.
    pub entry: Arc<Entry>,
    /// The names that came with it; they stand in no entry, so that they can be erased.
    pub naming: Option<Arc<Naming>>,
}

/// Some events that changed memberships, oldest first, and the position after which these are all of them.
pub(crate) type MembershipPage = (i64, Vec<Entry>);

/// Why a cursor cannot be resumed from.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    /// Older than what is kept, or of another log.
    #[error("the cursor is older than the log, or of another log")]
    Expired,
    /// A fault of ours.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a place in the log was not waited for to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotReached {
    /// It is of another log.
    OtherLog,
    /// This server did not come there in time.
    Ahead,
}

impl EventLog {
    /// A log that stands at this head.
    pub fn new(store: Store, head: Head) -> Self {
        Self {
            store,
            recent: RwLock::default(),
            head: watch::Sender::new(head),
            dispatcher: Arc::new(Dispatcher::new(head)),
        }
    }

    /// Who wakes the readers of the log.
    pub const fn dispatcher(&self) -> &Arc<Dispatcher> {
        &self.dispatcher
    }

    /// Where the log stands.
    pub fn head(&self) -> Head {
        *self.head.borrow()
    }

    /// Wakes whoever waits when the head moves.
    pub fn watch(&self) -> watch::Receiver<Head> {
        self.head.subscribe()
    }

    /// For the writer: these were committed and are on the board.
    pub(super) fn push(&self, entries: &[Recent], head: Head) {
        let mut recent = self.recent.write().unwrap_or_else(PoisonError::into_inner);
        recent.extend(entries.iter().cloned());
        let surplus = recent.len().saturating_sub(RECENT);
        recent.drain(..surplus);
        drop(recent);
        self.head.send_replace(head);
        let sent = entries.iter().map(|recent| {
            let naming = recent.naming.as_ref();
            (&*recent.entry, naming.is_some_and(|naming| naming.renames))
        });
        self.dispatcher.send(sent, head);
    }

    /// For the writer: the board was taken from the tables at this head. What lies before it is not in memory, and
    /// readers learn that they lack it. `agent_of` gives the agent with a `sub`.
    pub(super) fn begin_at(&self, head: Head, agent_of: impl Fn(&Subject) -> Option<Arc<Agent>>) {
        let mut recent = self.recent.write().unwrap_or_else(PoisonError::into_inner);
        recent.clear();
        drop(recent);
        self.head.send_replace(head);
        self.dispatcher.start_over(head, agent_of);
    }

    /// The events after this position, oldest first; empty when there is none yet. What follows
    /// the position must still be there: a gap is an error, never skipped.
    pub async fn after(&self, position: i64) -> Result<Vec<Arc<Entry>>, ResumeError> {
        if position >= self.head().position {
            return Ok(Vec::new());
        }
        if let Some(entries) = self.recent_after(position) {
            return Ok(entries.into_iter().map(|recent| recent.entry).collect());
        }
        let head = self.head();
        let rows = event::Entity::find()
            .filter(event::Column::Position.gt(position))
            .filter(event::Column::Position.lte(head.position))
            .order_by_asc(event::Column::Position)
            .limit(u64::from(PAGE))
            .all(&self.store.read)
            .await
            .map_err(StoreError::from)?;
        if rows.first().is_none_or(|row| row.position != position + 1) {
            return Err(ResumeError::Expired);
        }
        let entries = rows
            .into_iter()
            .map(|row| entry_of(&row, head.epoch).map(Arc::new));
        Ok(entries.collect::<Result<_, _>>()?)
    }

    /// The newest of the events after this position and up to the other that changed who is an agent, or of which queues,
    /// oldest first; and the position after which these are all of them.
    pub(crate) async fn memberships_between(
        &self,
        position: i64,
        until: i64,
    ) -> Result<MembershipPage, StoreError> {
        let [one, other] =
            [ChangeKind::MembershipChanged, ChangeKind::AgentChanged].map(ChangeKind::as_str);
        // Written out, so that the planners see the partial index's own condition.
        let kinds = format!(r#""kind" IN ('{one}', '{other}')"#);
        let epoch = self.head().epoch;
        let mut rows = event::Entity::find()
            .filter(event::Column::Position.gt(position))
            .filter(event::Column::Position.lte(until))
            .filter(Expr::cust(kinds))
            .order_by_desc(event::Column::Position)
            .limit(u64::from(PAGE))
            .all(&self.store.read)
            .await?;
        rows.reverse();
        let first = rows.first().filter(|_| rows.len() >= PAGE as usize);
        let since = first.map_or(position, |first| first.position - 1);
        let entries = rows.iter().map(|row| entry_of(row, epoch));
        Ok((since, entries.collect::<Result<_, _>>()?))
    }

    /// The events after this position that are in memory, oldest first and so many at a time; none
    /// when there are some before them.
    pub fn recent_after(&self, position: i64) -> Option<Vec<Recent>> {
        if position >= self.head().position {
            return Some(Vec::new());
        }
        let recent = self.recent.read().unwrap_or_else(PoisonError::into_inner);
        let first = recent.front()?.entry.position;
        let skip = usize::try_from(position.checked_add(1)?.checked_sub(first)?).ok()?;
        Some(
            recent
                .range(skip.min(recent.len())..)
                .take(PAGE as usize)
                .cloned()
                .collect(),
        )
    }

    /// The events at these positions, in their order; none when one of them is not in memory.
    pub fn recent_at(&self, positions: &[i64]) -> Option<Vec<Recent>> {
        let recent = self.recent.read().unwrap_or_else(PoisonError::into_inner);
        let Some(front) = recent.front() else {
            return positions.is_empty().then(Vec::new);
        };
        let first = front.entry.position;
        let at = |position: &i64| {
            let index = usize::try_from(position.checked_sub(first)?).ok()?;
            recent.get(index).cloned()
        };
        positions.iter().map(at).collect()
    }

    /// Waits until what this cursor has seen is here too, for a moment at most.
    pub async fn wait_for(&self, cursor: Cursor) -> Result<(), NotReached> {
        if cursor.epoch != self.head().epoch {
            return Err(NotReached::OtherLog);
        }
        if !self.comes_to(cursor.position).await {
            return Err(NotReached::Ahead);
        }
        match self.is_of_this_log(cursor) {
            Some(false) => Err(NotReached::OtherLog),
            // What is not in memory any more was here long ago.
            Some(true) | None => Ok(()),
        }
    }

    /// Whether what this cursor has seen is here already.
    pub fn has(&self, cursor: Cursor) -> bool {
        let head = self.head();
        cursor.epoch == head.epoch
            && cursor.position <= head.position
            && self.is_of_this_log(cursor) != Some(false)
    }

    /// Whether the log stands at this position or beyond, now or within a moment: what another server
    /// committed may be on its way here.
    pub async fn comes_to(&self, position: i64) -> bool {
        self.comes_to_within(position, PATIENCE).await
    }

    /// Whether the log stands at this position or beyond, now or within so long.
    async fn comes_to_within(&self, position: i64, patience: Duration) -> bool {
        let mut moves = self.watch();
        let arrival = moves.wait_for(|head| head.position >= position);
        tokio::time::timeout(patience, arrival).await.is_ok()
    }

    /// Whether this cursor is of this log, as far as memory tells: none where the event is not there.
    pub fn is_of_this_log(&self, cursor: Cursor) -> Option<bool> {
        let head = self.head();
        if cursor.epoch != head.epoch {
            return Some(false);
        }
        let there = if cursor.position == head.position {
            head.cursor()
        } else {
            let before = cursor.position.checked_sub(1)?;
            self.recent_after(before)?.first()?.entry.cursor()
        };
        Some(there.hash == cursor.hash)
    }

    /// Waits until this server has seen an event that another server committed just now, when the
    /// cursor is of one: its client may have moved here faster than the event did.
    async fn wait_for_arrival(&self, cursor: Cursor) -> Result<(), ResumeError> {
        let head = self.head();
        if cursor.epoch != head.epoch || cursor.position <= head.position {
            return Ok(());
        }
        let there = event::Entity::find_by_id(cursor.position)
            .one(&self.store.read)
            .await
            .map_err(StoreError::from)?;
        if there.is_none() {
            return Ok(());
        }
        // One that does not arrive in time is refused as any other that is ahead of this log.
        self.comes_to_within(cursor.position, ARRIVAL).await;
        Ok(())
    }

    /// The position to go on from, if this cursor is of this log and what follows it is still there:
    /// its own, or for one within an event the position before, since there is more of the event.
    pub async fn resume(&self, cursor: Cursor) -> Result<i64, ResumeError> {
        let whole = Cursor {
            step: 0,
            list: 0,
            ..cursor
        };
        let position = self.resume_after(whole).await?;
        if cursor.step == 0 {
            Ok(position)
        } else if position == 0 {
            Err(ResumeError::Expired)
        } else {
            Ok(position - 1)
        }
    }

    async fn resume_after(&self, cursor: Cursor) -> Result<i64, ResumeError> {
        self.wait_for_arrival(cursor).await?;
        let head = self.head();
        if cursor.epoch != head.epoch || cursor.position > head.position {
            return Err(ResumeError::Expired);
        }
        let there = if cursor.position == head.position {
            Some(head.cursor())
        } else if cursor.position == 0 {
            // Before the first event: valid as long as the first event is kept.
            self.after(0).await?;
            Some(Cursor { hash: 0, ..cursor })
        } else {
            self.after(cursor.position - 1)
                .await?
                .first()
                .map(|entry| entry.cursor())
        };
        if there == Some(cursor) {
            Ok(cursor.position)
        } else {
            Err(ResumeError::Expired)
        }
    }
}

pub(super) fn entry_of(row: &event::Model, epoch: uuid::Uuid) -> Result<Entry, StoreError> {
    let bad = StoreError::row("events");
    Ok(Entry {
        epoch,
        position: row.position,
        at: row.at,
        actor: serde_json::from_str(&row.actor).map_err(&bad)?,
        change: serde_json::from_str(&row.change).map_err(&bad)?,
        after: serde_json::from_str(&row.after).map_err(&bad)?,
        before: row
            .before
            .as_deref()
            .map(serde_json::from_str)
            .transpose()
            .map_err(&bad)?,
        hash: row.hash,
    })
}
