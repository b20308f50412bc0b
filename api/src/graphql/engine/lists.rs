//! Live lists with the same question, kept and executed once for all of them.
//!
//! A group is a task that holds a list, goes through the log with it, and puts what is to be told into a
//! ring, each with its payload; a member is a position in it. What a list is at a position does not depend
//! on who keeps it, so a member begins with the list as the group has it, at the position where the
//! group is, and goes on by the ring: one position, no gap. Nobody follows alone. Whoever cannot go on by
//! the ring, because it resumes from too far back or reads too slowly, begins again with the whole list,
//! and is told why. A list that depends on who looks has a group of its own.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, Weak};

use async_graphql::{ServerError, Variables};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::group::{Item, make};
use super::question::Question;
use super::{Engine, failed};
use crate::board::list::{List, Onlooker, Wanted};
use crate::graphql::gate::Passed;
use crate::graphql::subscription::Execution;
use crate::live::Audience;
use crate::live::list::{Begin, Next, Reason, Trail, Update, take};
use crate::live::ring::{Found, Ring};
use crate::store::Cursor;

type Errors = Arc<Vec<ServerError>>;
type Slot = Shared<BoxFuture<'static, Option<Item>>>;

/// What a group is for.
pub(super) struct Work {
    pub engine: Engine,
    pub operation: Passed,
    pub variables: Variables,
    pub audience: Audience,
    pub wanted: Wanted,
}

impl Work {
    fn list(&self) -> List {
        let onlooker = Onlooker::of(&self.audience);
        take(self.engine.app(), onlooker, self.wanted.clone())
    }

    async fn item(&self, update: Arc<Update>) -> Option<Item> {
        make(
            &self.engine,
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
    work: Arc<Work>,
    /// None until the task has taken it.
    list: Mutex<Option<List>>,
    ring: RwLock<Ring<(Arc<Update>, Item)>>,
    moved: watch::Sender<()>,
    /// Everything up to here is in the list.
    reached: watch::Sender<i64>,
    ended: OnceLock<Errors>,
    /// The whole list that was told last, being made or ready.
    whole: Mutex<Option<(Cursor, Reason, Slot)>>,
    task: OnceLock<AbortHandle>,
}

impl Drop for ListGroup {
    fn drop(&mut self) {
        if let Some(task) = self.task.get() {
            task.abort();
        }
    }
}

/// The groups that many may join.
#[derive(Default)]
pub(super) struct ListGroups(Mutex<HashMap<Question, Weak<ListGroup>>>);

impl ListGroups {
    /// The group of this question; begun if there is none.
    pub(super) fn join(&self, question: &Question, work: impl FnOnce() -> Work) -> Arc<ListGroup> {
        let mut groups = held(&self.0);
        let running = groups.get(question).and_then(Weak::upgrade);
        if let Some(group) = running.filter(|group| group.ended.get().is_none()) {
            return group;
        }
        groups.retain(|_, group| group.strong_count() > 0);
        let group = ListGroup::begin(work());
        groups.insert(question.clone(), Arc::downgrade(&group));
        group
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ListGroup {
    /// A group that begins now.
    pub(super) fn begin(work: Work) -> Arc<Self> {
        let group = Arc::new(Self {
            work: Arc::new(work),
            list: Mutex::default(),
            ring: RwLock::new(Ring::new(i64::MAX)),
            moved: watch::Sender::default(),
            reached: watch::Sender::new(i64::MIN),
            ended: OnceLock::new(),
            whole: Mutex::default(),
            task: OnceLock::new(),
        });
        let (weak, work) = (Arc::downgrade(&group), group.work.clone());
        let run = run(work, weak.clone());
        let task = tokio::spawn(async move {
            let errors = AssertUnwindSafe(run).catch_unwind().await;
            let errors =
                errors.unwrap_or_else(|_| Arc::new(failed(&"keeping a live list panicked").errors));
            if let Some(group) = weak.upgrade() {
                group.end(errors);
            }
        });
        let _ = group.task.set(task.abort_handle());
        group
    }

    fn end(&self, errors: Errors) {
        let _ = self.ended.set(errors);
        self.reached.send_replace(i64::MAX);
        self.moved.send_replace(());
    }

    /// Puts a list that was just taken in place.
    fn put(&self, list: List) -> i64 {
        let position = list.head().position;
        *held(&self.list) = Some(list);
        position
    }

    fn push(&self, update: Arc<Update>, item: Item) {
        let bytes = update.weight() + item.bytes();
        let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        ring.push(update.cursor.position, bytes, (update, item));
        drop(ring);
        self.moved.send_replace(());
    }

    /// The whole list as it is, as a payload, and its position. Made once for all who begin at it.
    fn whole(&self, reason: Reason) -> Option<(i64, Slot)> {
        let update = Update::whole(held(&self.list).as_ref()?, reason);
        let (cursor, position) = (update.cursor, update.cursor.position);
        let mut whole = held(&self.whole);
        if let Some((at, why, slot)) = &*whole
            && *at == cursor
            && *why == reason
        {
            return Some((position, slot.clone()));
        }
        let work = self.work.clone();
        let make = async move { work.item(Arc::new(update)).await };
        let slot = make.boxed().shared();
        *whole = Some((cursor, reason, slot.clone()));
        Some((position, slot))
    }

    /// Whether what follows this cursor is in the ring, or why not.
    fn knows(&self, cursor: Cursor) -> Result<(), Reason> {
        let app = self.work.engine.app();
        let same = held(&self.list)
            .as_ref()
            .is_some_and(|list| list.cursor().list == cursor.list);
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        match app.log.vouches_for(cursor) {
            Some(false) => Err(Reason::OtherLog),
            Some(true) if same && ring.reaches(cursor.position) => Ok(()),
            _ => Err(Reason::NotResumable),
        }
    }
}

/// Keeps the list and fills the ring, until the last member is gone. What comes back is why it cannot
/// go on.
async fn run(work: Arc<Work>, group: Weak<ListGroup>) -> Errors {
    let gone = || Arc::new(Vec::new());
    let app = work.engine.app().clone();
    let list = work.list();
    let position = list.head().position;
    let mut trail = Trail::after(app.clone(), position);
    let Some(begun) = group.upgrade() else {
        return gone();
    };
    begun.put(list);
    let ring = begun.ring.write();
    ring.unwrap_or_else(PoisonError::into_inner)
        .restart(position);
    begun.reached.send_replace(position);
    drop(begun);
    loop {
        let next = trail.next().await;
        let Some(group) = group.upgrade() else {
            return gone();
        };
        let (told, mut position) = match &next {
            Next::Lost => (Err(Reason::FellBehind), 0),
            Next::Event(recent) => {
                let mut list = held(&group.list);
                let told = list.as_mut().map(|list| Trail::tell(list, recent));
                let told = told.unwrap_or(Err(Reason::FellBehind));
                (told, recent.entry.position)
            }
        };
        let update = told.unwrap_or_else(|reason| {
            let list = work.list();
            let update = Update::whole(&list, reason);
            position = group.put(list);
            trail = Trail::after(app.clone(), position);
            Some(update)
        });
        if let Some(update) = update.map(Arc::new) {
            match work.item(update.clone()).await {
                Some(Item::Failed(errors)) => return errors,
                Some(item) => group.push(update, item),
                None => {}
            }
        }
        group.reached.send_replace(position);
    }
}

/// A place in a group's list.
pub(super) struct ListMember {
    group: Arc<ListGroup>,
    /// What it begins with; none once it has.
    begin: Option<Begin>,
    /// The whole list that it waits for, to begin with.
    making: Option<(i64, Slot)>,
    /// It begins when the group has come so far.
    from: i64,
    /// Everything up to here was taken from the ring, or is in the list that it began with.
    taken: i64,
    /// What was made up to here is made anew for it: names may have been erased since.
    made_before: i64,
    moved: watch::Receiver<()>,
}

impl ListMember {
    /// A member that begins so. It sees what was committed before it came.
    pub(super) fn new(group: Arc<ListGroup>, begin: Begin) -> Self {
        let (moved, from) = (group.moved.subscribe(), group.work.engine.app().log.head());
        Self {
            group,
            begin: Some(begin),
            making: None,
            from: from.position,
            taken: 0,
            made_before: 0,
            moved,
        }
    }

    /// Whether it is a member of this group.
    pub(super) fn is_of(&self, group: &Arc<ListGroup>) -> bool {
        Arc::ptr_eq(&self.group, group)
    }

    /// The next item; waits until there is one. Waiting can be given up at any time.
    pub(super) async fn next(&mut self) -> Item {
        loop {
            if let Some(begin) = self.begin {
                if let Some(item) = self.start(begin).await {
                    return item;
                }
                continue;
            }
            // Marked as seen before reading, so that no move is missed.
            self.moved.borrow_and_update();
            let found = {
                let ring = self.group.ring.read();
                let ring = ring.unwrap_or_else(PoisonError::into_inner);
                ring.after(self.taken)
            };
            match found {
                Found::Entry(position, (update, item)) => {
                    self.taken = position;
                    if position <= self.made_before {
                        return Item::Own(Execution::Tell(update));
                    }
                    return item;
                }
                Found::Gone => {
                    self.begin = Some(Begin::Fresh(Reason::FellBehind));
                    continue;
                }
                Found::Nothing => {}
            }
            if let Some(errors) = self.group.ended.get() {
                return Item::Failed(errors.clone());
            }
            // The group lives as long as this member.
            let _ = self.moved.changed().await;
        }
    }

    /// Begins, or learns how else it has to.
    async fn start(&mut self, begin: Begin) -> Option<Item> {
        let mut reached = self.group.reached.subscribe();
        let _ = reached.wait_for(|reached| *reached >= self.from).await;
        let (position, slot) = match (begin, &self.making) {
            (Begin::After(cursor), _) => {
                match self.group.knows(cursor) {
                    Ok(()) => {
                        let ring = self.group.ring.read();
                        let ring = ring.unwrap_or_else(PoisonError::into_inner);
                        (self.taken, self.made_before) = (cursor.position, ring.edge());
                        self.begin = None;
                    }
                    Err(reason) => self.begin = Some(Begin::Fresh(reason)),
                }
                return None;
            }
            (Begin::Fresh(_), Some(making)) => making.clone(),
            (Begin::Fresh(reason), None) => {
                let Some(whole) = self.group.whole(reason) else {
                    // It ended before it had a list.
                    let errors = self.group.ended.get().cloned().unwrap_or_default();
                    return Some(Item::Failed(errors));
                };
                self.making = Some(whole.clone());
                whole
            }
        };
        let item = slot.await;
        (self.taken, self.made_before) = (position, position);
        (self.begin, self.making) = (None, None);
        item
    }
}
