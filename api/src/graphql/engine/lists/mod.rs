//! Live lists with the same question, kept and executed once for all of them.
//!
//! A group is a task that holds a list, goes through the log with it, and puts what is to be told into a
//! ring, each with its payload; a member is a position in it. What a list is at a position does not depend
//! on who keeps it, so a member begins with the list as the group has it, at the position where the
//! group is, and goes on by the ring: one position, no gap. Nobody follows alone. Whoever cannot go on by
//! the ring, because it resumes from too far back or reads too slowly, begins again with the whole list,
//! and is told why. A list that depends on who looks is that viewer's own.
//!
//! A list that nobody has goes on for a while without executing anything, for whoever comes back. All
//! that lists take is counted (`registry`), and bounded.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use async_graphql::{ServerError, Variables};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::Instant;
use uuid::Uuid;

use super::group::make;
use super::question::Question;
use super::ready::{Item, Ready, RingEntry};
use super::{Engine, Inner, failed};
use crate::graphql::gate::Passed;
use crate::graphql::insights::disabled;
use crate::graphql::subscription::Execution;
use engine::board::list::ListViewer;
use engine::dispatch::Mailbox;
use engine::live::Audience;
use engine::live::list::{
    Halt, Kept, ListError, ListFollower, Listing, Next, Reason, Update, comes,
};
use engine::log::Cursor;

mod member;
mod registry;

pub(super) use member::ListMember;
pub(super) use registry::{ListGroups, ListHandle};

/// What a group takes beside its question, its list and its ring, about.
const OVERHEAD: usize = 8 * 1024;
/// What a count of bytes is rounded up to, so that most events change no count.
const STEP: usize = 16 * 1024;
/// How many updates a ring keeps where there is no more room.
const FEWEST: usize = 32;
/// A whole list that was made for somebody serves others for so long.
const WHOLE_SERVES: TimeDelta = TimeDelta::seconds(1);

type Slot = Shared<BoxFuture<'static, Option<Item>>>;

/// What a group is for.
pub(super) struct Work {
    /// The engine keeps the registry, and that the groups: this must not keep the engine.
    engine: Weak<Inner>,
    operation: Passed,
    variables: Variables,
    audience: Audience,
    wanted: Listing,
    /// Which group it is, where its cursors must be good for no other; none where it does not matter.
    keeper: Option<Uuid>,
    /// What its question takes.
    bytes: usize,
}

impl Work {
    /// To keep this list, and to execute this question for this audience with it.
    pub(super) fn new(
        engine: &Engine,
        question: &Question,
        variables: Variables,
        audience: Audience,
        wanted: Listing,
    ) -> Self {
        Self {
            engine: Arc::downgrade(&engine.0),
            operation: question.operation().clone(),
            bytes: question.bytes(),
            keeper: (!audience.access().knows_positions()).then(Uuid::now_v7),
            variables,
            audience,
            wanted,
        }
    }

    fn engine(&self) -> Option<Engine> {
        self.engine.upgrade().map(Engine)
    }

    async fn list(&self, engine: &Engine) -> Result<Kept, Vec<ServerError>> {
        let viewer = ListViewer::of(&self.audience);
        let list = Kept::take(engine.app(), viewer, &self.wanted, self.keeper);
        list.await.map_err(|error| match error {
            ListError::Disabled => switched_off(),
            ListError::Store(error) => failed(&error).errors,
        })
    }

    async fn item(&self, engine: &Engine, update: Arc<Update>) -> Option<Item> {
        make(
            engine,
            &self.operation,
            &self.variables,
            &self.audience,
            Execution::Tell(update),
        )
        .await
    }
}

/// One list for many subscribers.
pub(super) struct ListGroup {
    /// Its number in the registry.
    number: u64,
    work: Arc<Work>,
    /// None until the task has taken it.
    list: Mutex<Option<Kept>>,
    ready: Arc<Ready>,
    /// Everything up to here is in the list.
    reached: watch::Sender<i64>,
    /// Since when nobody has it.
    vacant: watch::Sender<Option<Instant>>,
    /// The whole list that was told last, being made or ready.
    whole: Mutex<Option<Whole>>,
    /// Wakes the task, which then comes to where the log is.
    mailbox: Arc<Mailbox>,
    task: OnceLock<AbortHandle>,
}

/// A whole list as a payload.
struct Whole {
    cursor: Cursor,
    reason: Reason,
    begun: DateTime<Utc>,
    slot: Slot,
}

impl Drop for ListGroup {
    fn drop(&mut self) {
        if let Some(task) = self.task.get() {
            task.abort();
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ListGroup {
    /// A group that begins now, and has this number in the registry.
    fn begin(work: Work, follower: ListFollower, number: u64) -> Arc<Self> {
        let group = Arc::new(Self {
            number,
            work: Arc::new(work),
            list: Mutex::default(),
            ready: Arc::new(Ready::new(i64::MAX)),
            reached: watch::Sender::new(i64::MIN),
            vacant: watch::Sender::default(),
            whole: Mutex::default(),
            mailbox: follower.mailbox().clone(),
            task: OnceLock::new(),
        });
        let (weak, work) = (Arc::downgrade(&group), group.work.clone());
        let run = run(
            work.clone(),
            follower,
            weak.clone(),
            group.vacant.subscribe(),
            number,
        );
        let task = tokio::spawn(async move {
            let ended = AssertUnwindSafe(run).catch_unwind().await;
            let panicked = || Some(failed(&"keeping a live list panicked").errors);
            let Some(errors) = ended.unwrap_or_else(|_| panicked()) else {
                return;
            };
            if let Some(engine) = work.engine() {
                engine.0.lists.end(number);
            }
            if let Some(group) = weak.upgrade() {
                group.end(errors);
            }
        });
        let _ = group.task.set(task.abort_handle());
        group
    }

    /// Waits until it has a list; why it has none, if it cannot have one.
    pub(super) async fn begun(&self) -> Result<(), Vec<ServerError>> {
        let mut reached = self.reached.subscribe();
        let _ = reached.wait_for(|reached| *reached > i64::MIN).await;
        match self.ready.ended() {
            Some(Some(errors)) if locked(&self.list).is_none() => Err(errors.as_ref().clone()),
            _ => Ok(()),
        }
    }

    fn end(&self, errors: Vec<ServerError>) {
        self.ready.end(Some(Arc::new(errors)));
        self.reached.send_replace(i64::MAX);
    }

    /// Puts a list that was just taken in place; what is to be told of it, for this reason.
    fn put(&self, list: Kept, reason: Reason) -> Update {
        let mut kept = locked(&self.list);
        let list = list.instead_of(kept.as_ref());
        let update = list.whole(reason);
        // What was there is dropped after the lock was let go: it may be large.
        let before = kept.replace(list);
        drop(kept);
        drop(before);
        update
    }

    fn push(&self, update: Arc<Update>, item: Item) {
        let bytes = update.weight() + item.bytes();
        let place = update.place;
        let again = Some(Execution::Tell(update));
        let made = Arc::new(RingEntry { item, again });
        self.ready.change(|ring| ring.push(place, bytes, made));
        self.ready.tell();
    }

    /// How many bytes [`trim`](Self::trim) would free.
    fn trimmable_bytes(&self) -> usize {
        self.ready.look(|ring| ring.bytes_but_for(FEWEST))
    }

    /// Keeps only the newest of its ring, and whoever is behind falls out of it; how many bytes that gave.
    fn trim(&self) -> usize {
        let (before, now) = self.ready.change(|ring| ring.keep(FEWEST));
        before - now
    }

    /// About how many bytes it takes, rounded up.
    fn bytes(&self) -> usize {
        let list = locked(&self.list).as_ref().map_or(0, Kept::bytes);
        (OVERHEAD + self.work.bytes + self.ready.bytes() + list).div_ceil(STEP) * STEP
    }

    /// The whole list as it is, as a payload, and its place in the ring. RingEntry once for all who begin at it
    /// within a moment, but for those who must not learn by the same text that nothing happened meanwhile.
    fn whole(self: &Arc<Self>, engine: &Engine, reason: Reason) -> Option<(i64, Slot)> {
        let update = locked(&self.list).as_ref()?.whole(reason);
        let (cursor, place, now) = (update.cursor, update.place, engine.now());
        let mut whole = locked(&self.whole);
        let serves = self.work.keeper.is_none();
        if let Some(known) = &*whole
            && serves
            && (known.cursor, known.reason) == (cursor, reason)
            && (now - known.begun).abs() < WHOLE_SERVES
        {
            return Some((place, known.slot.clone()));
        }
        let work = self.work.clone();
        // A task of its own, so that it is finished whoever leaves meanwhile, and holds no connection.
        let made = tokio::spawn(async move {
            let engine = work.engine()?;
            work.item(&engine, Arc::new(update)).await
        });
        let panicked = || Item::Failed(Arc::new(failed(&"telling a live list panicked").errors));
        let slot = made.map(move |made| made.unwrap_or_else(|_| Some(panicked())));
        let slot = slot.boxed().shared();
        if !serves {
            return Some((place, slot));
        }
        tokio::spawn(forget_whole(Arc::downgrade(self), now));
        *whole = Some(Whole {
            cursor,
            reason,
            begun: now,
            slot: slot.clone(),
        });
        Some((place, slot))
    }

    /// The place in the ring after which what follows this cursor lies, or why that is not there. That must not depend on what whoever has it
    /// does not see. So a cursor of theirs is good for the group that made it alone: another one may have begun
    /// at the same position, if nothing happened in between. And one that this group made needs nobody to vouch
    /// for it, who could only do so for what happened since the server's start.
    fn knows(&self, engine: &Engine, cursor: Cursor) -> Result<i64, Reason> {
        let place = {
            let list = locked(&self.list);
            let same = list.as_ref();
            let same = same.filter(|list| list.cursor().is_of_list_of(&cursor));
            same.map(|list| list.place_at(cursor))
        };
        let place = place.filter(|place| self.ready.look(|ring| ring.reaches(*place)));
        match (engine.app().log.is_of_this_log(cursor), place) {
            (Some(false), _) => Err(Reason::OtherLog),
            (Some(true), Some(place)) => Ok(place),
            (None, Some(place)) if self.work.keeper.is_some() => Ok(place),
            _ => Err(Reason::NotResumable),
        }
    }
}

/// Lets go the payload of the whole list that was begun at this instant once it serves nobody any more: it is
/// large, and not in the registry.
async fn forget_whole(group: Weak<ListGroup>, begun: DateTime<Utc>) {
    tokio::time::sleep(WHOLE_SERVES.to_std().unwrap_or_default()).await;
    if let Some(group) = group.upgrade() {
        let mut whole = locked(&group.whole);
        whole.take_if(|whole| whole.begun == begun);
    }
}

/// Why a list ends whose figures the organisation has switched off.
fn switched_off() -> Vec<ServerError> {
    vec![disabled().into_server_error(async_graphql::Pos::default())]
}

/// Keeps the list and fills the ring, until nobody can have it any more. What comes back is why it cannot
/// go on.
async fn run(
    work: Arc<Work>,
    mut follower: ListFollower,
    group: Weak<ListGroup>,
    mut vacant: watch::Receiver<Option<Instant>>,
    number: u64,
) -> Option<Vec<ServerError>> {
    let engine = work.engine()?;
    let linger = engine.0.lists.limits.linger;
    let clock = engine.app().clock.clone();
    let list = match work.list(&engine).await {
        Ok(list) => list,
        Err(errors) => return Some(errors),
    };
    let (position, place, mut until) = (list.head().position, list.place(), list.until());
    follower.after(position);
    let begun = group.upgrade()?;
    *locked(&begun.list) = Some(list);
    if let Err(error) = engine.0.lists.count(number, begun.bytes()) {
        *locked(&begun.list) = None;
        return Some(vec![error]);
    }
    begun.ready.change(|ring| ring.restart(place));
    begun.reached.send_replace(position);
    drop((begun, engine));
    loop {
        let next = tokio::select! {
            next = follower.next() => Some(next),
            () = comes(&clock, until) => None,
            since = vacant_for(&mut vacant, linger) => {
                if work.engine()?.0.lists.let_go(number, since) {
                    return None;
                }
                continue;
            }
        };
        let (engine, group) = (work.engine()?, group.upgrade()?);
        let (told, mut position) = match &next {
            Some(Next::Passed(head)) => {
                if let Some(list) = &mut *locked(&group.list) {
                    list.pass_to(*head);
                }
                group.reached.send_replace(head.position);
                continue;
            }
            Some(Next::Lost) => {
                follower.start_over();
                (Err(Reason::FellBehind), 0)
            }
            None => (Err(Reason::DayChanged), 0),
            Some(Next::Event(recent)) => {
                let mut list = locked(&group.list);
                let told = list.as_mut().map(|list| list.tell(recent));
                let told = told.unwrap_or(Err(Halt::Again(Reason::FellBehind)));
                let told = match told {
                    Ok(update) => Ok(update),
                    Err(Halt::Again(reason)) => Err(reason),
                    Err(Halt::Disabled) => return Some(switched_off()),
                };
                (told, recent.entry.position)
            }
        };
        let update = match told {
            Ok(update) => update,
            Err(reason) => {
                let list = match work.list(&engine).await {
                    Ok(list) => list,
                    Err(errors) => return Some(errors),
                };
                (position, until) = (list.head().position, list.until());
                follower.after(position);
                Some(group.put(list, reason))
            }
        };
        if let Some(update) = update.map(Arc::new) {
            *locked(&group.whole) = None;
            // Whoever comes back executes it by themselves.
            let item = if group.vacant.borrow().is_some() {
                Some(Item::Own(Execution::Tell(update.clone())))
            } else {
                work.item(&engine, update.clone()).await
            };
            match item {
                Some(Item::Failed(errors)) => return Some(errors.as_ref().clone()),
                Some(item) => group.push(update, item),
                None => {}
            }
        }
        if let Err(error) = engine.0.lists.count(number, group.bytes()) {
            return Some(vec![error]);
        }
        group.reached.send_replace(position);
    }
}

/// Ready when nobody has had the list for so long; since when.
async fn vacant_for(vacant: &mut watch::Receiver<Option<Instant>>, linger: Duration) -> Instant {
    loop {
        let since = *vacant.borrow_and_update();
        let changed = match since {
            None => vacant.changed().await,
            Some(since) => {
                let changed = tokio::time::timeout_at(since + linger, vacant.changed());
                let Ok(changed) = changed.await else {
                    return since;
                };
                changed
            }
        };
        if changed.is_err() {
            // The group is gone, and this task with it.
            std::future::pending::<()>().await;
        }
    }
}
