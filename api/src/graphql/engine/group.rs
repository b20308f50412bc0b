//! Subscriptions with the same question, executed once for all of them.
//!
//! A group is a task that follows the log for everybody with one access and puts ready payloads into
//! a ring; a member is a position in it. The execution is for nobody in particular: a resolver that
//! asks who asks fails, and then each member executes that event by itself. So sharing can save work
//! but never show one viewer what is another's. Whoever is behind the group, by resuming or by
//! reading slowly, follows the log alone until they are level with it: nothing is skipped either way.

use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};

use async_graphql::{ServerError, Variables};
use bytes::Bytes;
use futures_util::FutureExt;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::question::Question;
use super::{Engine, Shown};
use crate::graphql::gate::Passed;
use crate::graphql::subscription::Execution;
use crate::live::ring::Ring;
use crate::live::{Audience, Follower, Plan};

/// How many payloads a member takes at a time.
pub(super) const AT_ONCE: usize = 64;

/// What a group has for its members.
#[derive(Clone)]
pub(super) enum Item {
    /// A payload.
    Ready(Bytes),
    /// Each member executes this by itself.
    Own(Execution),
    /// The operation cannot go on.
    Failed(Arc<Vec<ServerError>>),
}

impl Item {
    /// How many bytes it has ready.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Ready(payload) => payload.len(),
            Self::Own(_) | Self::Failed(_) => 0,
        }
    }
}

/// Executes an operation for an audience; what each of them must execute by themselves is left to them.
pub(super) async fn make(
    engine: &Engine,
    operation: &Passed,
    variables: &Variables,
    audience: &Audience,
    execution: Execution,
) -> Option<Item> {
    if operation.is_personal() && matches!(audience, Audience::Everyone(_)) {
        return Some(Item::Own(execution));
    }
    let shown = engine.show(operation, variables, audience.clone(), execution.clone());
    match shown.await {
        Shown::Nothing => None,
        Shown::Payload(payload) => Some(Item::Ready(payload)),
        Shown::Failed(errors) => Some(Item::Failed(Arc::new(errors))),
        Shown::Personal => {
            operation.set_personal();
            Some(Item::Own(execution))
        }
    }
}

/// One execution for many subscribers.
pub(super) struct Group {
    ring: RwLock<Ring<Item>>,
    moved: watch::Sender<()>,
    ended: AtomicBool,
    task: Mutex<Option<AbortHandle>>,
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Ok(Some(task)) = self.task.get_mut().map(Option::take) {
            task.abort();
        }
    }
}

/// The groups that run.
#[derive(Default)]
pub(super) struct Groups(Mutex<HashMap<Question, Weak<Group>>>);

impl Groups {
    /// The group of this question; begun if there is none.
    pub(super) fn join(
        &self,
        engine: &Engine,
        question: &Question,
        variables: &Variables,
        plan: &Plan,
    ) -> Arc<Group> {
        let mut groups = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let running = groups.get(question).and_then(Weak::upgrade);
        if let Some(group) = running.filter(|group| !group.has_ended()) {
            return group;
        }
        groups.retain(|_, group| group.strong_count() > 0);
        // It begins now, wherever its first member resumes from: nobody waits for another's history.
        let now = engine.app().log.head().position;
        let group = Arc::new(Group {
            ring: RwLock::new(Ring::new(now)),
            moved: watch::Sender::default(),
            ended: AtomicBool::new(false),
            task: Mutex::default(),
        });
        let plan = Plan {
            after: now,
            handled: 0,
            ..plan.clone()
        };
        let (weak, engine) = (Arc::downgrade(&group), engine.clone());
        let run = run(
            engine,
            question.clone(),
            variables.clone(),
            plan,
            weak.clone(),
        );
        let task = tokio::spawn(async move {
            // Ends by itself only when it failed, or panicked: members then go on alone.
            let _ = AssertUnwindSafe(run).catch_unwind().await;
            if let Some(group) = weak.upgrade() {
                group.ended.store(true, Ordering::Release);
                group.moved.send_replace(());
            }
        });
        *group.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
        groups.insert(question.clone(), Arc::downgrade(&group));
        group
    }
}

/// Follows the log and fills the ring, until the last member is gone.
async fn run(
    engine: Engine,
    question: Question,
    variables: Variables,
    plan: Plan,
    group: Weak<Group>,
) {
    let audience = Audience::Everyone(question.access().clone());
    let mut follower = Follower::new(engine.app().clone(), audience.clone(), plan);
    loop {
        let next = follower.next().await;
        let position = follower.position();
        let item = match next {
            Err(error) => Some(Item::Failed(Arc::new(vec![super::resume_failed(&error)]))),
            Ok((delivery, _)) => {
                let (operation, execution) = (question.operation(), Execution::Deliver(delivery));
                make(&engine, operation, &variables, &audience, execution).await
            }
        };
        let Some(group) = group.upgrade() else {
            return;
        };
        let Some(item) = item else { continue };
        let failed = matches!(item, Item::Failed(_));
        group.ended.store(failed, Ordering::Release);
        group.push(position, item);
        if failed {
            return;
        }
    }
}

impl Group {
    fn push(&self, position: i64, item: Item) {
        let bytes = item.bytes();
        let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        ring.push(position, bytes, item);
        drop(ring);
        self.moved.send_replace(());
    }

    /// Whether it failed, and has no more to come.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Whether whoever is at this position has nothing of the ring before them. Who resumes from an
    /// older one executes for themselves what the ring has: its payloads show names as they were.
    pub(super) fn is_level_with(&self, position: i64) -> bool {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        ring.edge() <= position
    }
}

/// A place in a group.
pub(super) struct Member {
    group: Arc<Group>,
    /// Everything up to here was handed out.
    position: i64,
    /// Everything up to here was taken from the ring.
    taken: i64,
    ready: VecDeque<(i64, Item)>,
    moved: watch::Receiver<()>,
}

impl Member {
    /// A member that has everything up to this position.
    pub(super) fn new(group: Arc<Group>, position: i64) -> Self {
        let moved = group.moved.subscribe();
        Self {
            group,
            position,
            taken: position,
            ready: VecDeque::new(),
            moved,
        }
    }

    /// Everything up to this position was handed out.
    pub(super) const fn position(&self) -> i64 {
        self.position
    }

    /// The next item; waits until there is one. None: the ring does not have what follows the
    /// position, and the member must go on by itself. Waiting can be given up at any time.
    pub(super) async fn next(&mut self) -> Option<Item> {
        loop {
            if let Some((position, item)) = self.ready.pop_front() {
                self.position = position;
                return Some(item);
            }
            self.position = self.taken;
            // Marked as seen before reading, so that no move is missed.
            self.moved.borrow_and_update();
            let found = {
                let ring = self.group.ring.read();
                let ring = ring.unwrap_or_else(PoisonError::into_inner);
                ring.after(self.taken, AT_ONCE)
            };
            let (items, taken) = found?;
            (self.ready, self.taken) = (items.into(), taken);
            if !self.ready.is_empty() {
                continue;
            }
            // It failed at something before this member's start.
            if self.group.has_ended() || self.moved.changed().await.is_err() {
                return None;
            }
        }
    }
}
