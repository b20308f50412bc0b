//! Subscriptions with the same question, executed once for all of them.
//!
//! A group is a task that follows the log for everybody with one access and puts ready payloads into
//! a ring; a member is a position in it. The execution is for nobody in particular: a resolver that
//! asks who asks fails, and then each member executes that event by itself. So sharing can save work
//! but never show one viewer what is another's. A member that joins before the ring begins, or falls
//! behind it, follows the log alone until it reaches the ring: nothing is skipped either way.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};

use async_graphql::{ServerError, Variables};
use bytes::Bytes;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::question::Question;
use super::{Engine, Shown};
use crate::live::ring::Ring;
use crate::live::{Audience, Delivery, Follower, Plan};

/// How many payloads a member takes at a time.
const AT_ONCE: usize = 64;

/// What a group has for its members.
#[derive(Clone)]
pub(super) enum Item {
    /// A payload.
    Ready(Bytes),
    /// Each member executes this by itself.
    Own(Delivery),
    /// The operation cannot go on.
    Failed(Arc<Vec<ServerError>>),
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
    /// The group of this question; begun at this plan's start if there is none.
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
        let group = Arc::new(Group {
            ring: RwLock::new(Ring::new(plan.after)),
            moved: watch::Sender::default(),
            ended: AtomicBool::new(false),
            task: Mutex::default(),
        });
        let task = tokio::spawn(run(
            engine.clone(),
            question.clone(),
            variables.clone(),
            plan.clone(),
            Arc::downgrade(&group),
        ));
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
            Ok((delivery, _)) if question.operation().is_personal() => Some(Item::Own(delivery)),
            Ok((delivery, _)) => {
                let shown = engine
                    .show(
                        question.operation(),
                        &variables,
                        audience.clone(),
                        delivery.clone(),
                    )
                    .await;
                match shown {
                    Shown::Nothing => None,
                    Shown::Payload(payload) => Some(Item::Ready(payload)),
                    Shown::Failed(errors) => Some(Item::Failed(Arc::new(errors))),
                    Shown::Personal => {
                        question.operation().set_personal();
                        Some(Item::Own(delivery))
                    }
                }
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
        let bytes = match &item {
            Item::Ready(payload) => payload.len(),
            Item::Own(_) | Item::Failed(_) => 0,
        };
        let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        ring.push(position, bytes, item);
        drop(ring);
        self.moved.send_replace(());
    }

    /// Whether it failed, and has no more to come.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Whether the ring has everything after this position.
    pub(super) fn reaches(&self, position: i64) -> bool {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        ring.since() <= position
    }
}

/// A place in a group.
pub(super) struct Member {
    group: Arc<Group>,
    position: i64,
    ready: VecDeque<Item>,
    moved: watch::Receiver<()>,
}

impl Member {
    /// A member that has everything up to this position.
    pub(super) fn new(group: Arc<Group>, position: i64) -> Self {
        let moved = group.moved.subscribe();
        Self {
            group,
            position,
            ready: VecDeque::new(),
            moved,
        }
    }

    /// The next item; waits until there is one. An error is the position from which the member must
    /// go on by itself, since the ring does not have what follows it.
    pub(super) async fn next(&mut self) -> Result<Item, i64> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Ok(item);
            }
            // Marked as seen before reading, so that no move is missed.
            self.moved.borrow_and_update();
            let ring = self.group.ring.read();
            let found = ring
                .unwrap_or_else(PoisonError::into_inner)
                .after(self.position, AT_ONCE);
            let Some((items, position)) = found else {
                return Err(self.position);
            };
            self.ready = items.into();
            self.position = position;
            if !self.ready.is_empty() {
                continue;
            }
            // It failed at something before this member's start.
            if self.group.has_ended() || self.moved.changed().await.is_err() {
                return Err(self.position);
            }
        }
    }
}
