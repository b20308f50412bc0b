//! Executes a subscription once for many.
//!
//! A group is a task that follows the log for everybody with one access and puts ready payloads into
//! a ring; a member is a position in it. The execution is for nobody in particular: a resolver that
//! asks who asks fails, and then the group ends and each member goes on alone. So sharing can save
//! work but never show one viewer what is another's. Whoever is behind the group, by resuming or by
//! reading slowly, follows the log alone until they are level with it: nothing is skipped either way.
//! What the rings of all groups keep is bounded (`rings`).

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockWriteGuard, Weak};
use std::task::{Context, Poll, ready};

use async_graphql::{ServerError, Variables};
use futures_util::FutureExt as _;
use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;
use tokio::task::AbortHandle;

use self::rings::Rings;
use super::holdings::RING_SHARE;
use super::question::Question;
use super::{Engine, Payload, Shown};
use crate::graphql::gate::Passed;
use crate::graphql::subscription::Execution;
use engine::dispatch::Mail;
use engine::live::ring::{Found, Ring};
use engine::live::{Audience, Follower, Plan};

mod rings;

/// What keeping an item takes beside its payload: its place in a ring that has grown.
const PLACE: usize = 2 * size_of::<(i64, usize, Item)>();
/// Payloads that are made one after the other before those are told who wait: whoever is told of
/// several at once sends them in one write.
const TOLD_AT_LEAST_EVERY: u32 = 8;

/// What a group has for its members.
#[derive(Clone)]
pub(super) enum Item {
    /// A payload.
    Ready(Payload),
    /// Each member executes this by itself.
    Own(Execution),
    /// The operation cannot go on.
    Failed(Arc<Vec<ServerError>>),
}

impl Item {
    /// How many bytes it has ready.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Ready(payload) => payload.json.len(),
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
    let cursor = engine.cursor_of(&execution, audience);
    let shown = engine.show(operation, variables, audience.clone(), execution.clone());
    match shown.await {
        Shown::Nothing => None,
        Shown::Payload(json) => Some(Item::Ready(Payload { json, cursor })),
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
    moved: Arc<Notify>,
    ended: AtomicBool,
    task: Mutex<Option<AbortHandle>>,
    rings: Arc<Rings>,
    /// Where its task gets what it follows.
    mail: Arc<Mail>,
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Ok(Some(task)) = self.task.get_mut().map(Option::take) {
            task.abort();
        }
        let ring = self.ring.get_mut().unwrap_or_else(PoisonError::into_inner);
        self.rings.count(ring.bytes(), 0);
    }
}

/// The groups that run.
pub(super) struct Groups(Arc<Rings>);

impl Groups {
    /// None yet; their rings may have so many bytes together.
    pub(super) fn new(most: usize) -> Self {
        Self(Arc::new(Rings::new(most)))
    }

    /// The group of this question; begun if there is none.
    pub(super) fn join(
        &self,
        engine: &Engine,
        question: &Question,
        variables: &Variables,
        plan: &Plan,
    ) -> Arc<Group> {
        let begin = || Group::begin(self.0.clone(), engine, question, variables, plan);
        self.0.join(question, begin)
    }
}

impl Group {
    /// A group that begins now, wherever its first member resumes from: nobody waits for another's
    /// history.
    fn begin(
        rings: Arc<Rings>,
        engine: &Engine,
        question: &Question,
        variables: &Variables,
        plan: &Plan,
    ) -> Arc<Self> {
        let audience = Audience::Everyone(question.access().clone());
        let follower = Follower::from_now(engine.app().clone(), audience, plan.clone());
        let group = Arc::new(Self {
            ring: RwLock::new(Ring::new(follower.position())),
            moved: Arc::default(),
            ended: AtomicBool::new(false),
            task: Mutex::default(),
            rings,
            mail: follower.mail().clone(),
        });
        let (weak, engine) = (Arc::downgrade(&group), engine.clone());
        let run = run(
            engine,
            question.clone(),
            variables.clone(),
            follower,
            weak.clone(),
        );
        let task = tokio::spawn(async move {
            // Ends by itself when it failed, panicked, or asked who asks: members then go on alone.
            let _ = AssertUnwindSafe(run).catch_unwind().await;
            if let Some(group) = weak.upgrade() {
                group.ended.store(true, Ordering::Release);
                group.tell();
            }
        });
        *group.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
        group
    }
}

/// Follows the log and fills the ring, until the last member is gone.
async fn run(
    engine: Engine,
    question: Question,
    variables: Variables,
    mut follower: Follower,
    group: Weak<Group>,
) {
    let audience = Audience::Everyone(question.access().clone());
    let mut untold = 0;
    loop {
        let Some(next) = follower.at_hand().await.transpose() else {
            // Whoever waits gets what there is.
            if untold > 0 {
                untold = 0;
                match group.upgrade() {
                    Some(group) => group.tell(),
                    None => return,
                }
            }
            follower.moved().await;
            continue;
        };
        let position = follower.position();
        let item = match next {
            Err(error) => Item::Failed(Arc::new(vec![super::resume_failed(&error)])),
            Ok((delivery, _)) => {
                let (operation, execution) = (question.operation(), Execution::Deliver(delivery));
                match make(&engine, operation, &variables, &audience, execution).await {
                    Some(item) => item,
                    None => continue,
                }
            }
        };
        // From here on each member executes everything by itself.
        if matches!(item, Item::Own(_)) {
            return;
        }
        let Some(group) = group.upgrade() else {
            return;
        };
        let failed = matches!(item, Item::Failed(_));
        // This task has one itself, and each subscription one, in its place or on its way there.
        let members = Arc::strong_count(&group) - 1;
        group.push(position, item, members);
        if failed {
            return;
        }
        untold += 1;
        if untold >= TOLD_AT_LEAST_EVERY {
            untold = 0;
            group.tell();
        }
    }
}

impl Group {
    /// Appends an item. The ring keeps no more than what its members count for it.
    fn push(&self, position: i64, item: Item, members: usize) {
        let bytes = item.bytes() + PLACE;
        let most = members.saturating_mul(RING_SHARE);
        self.change(|ring| ring.push_within(most, position, bytes, item));
        self.rings.make_room();
    }

    /// Lets go the oldest items, until there are no more bytes than this.
    fn keep_within(&self, bytes: usize) {
        self.change(|ring| ring.keep_within(bytes));
    }

    fn change(&self, change: impl FnOnce(&mut Ring<Item>)) {
        let mut ring = self.ring_mut();
        let before = ring.bytes();
        change(&mut ring);
        self.rings.count(before, ring.bytes());
    }

    fn ring_mut(&self) -> RwLockWriteGuard<'_, Ring<Item>> {
        self.ring.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the members that wait.
    fn tell(&self) {
        self.moved.notify_waiters();
    }

    fn after(&self, position: i64) -> Found<Item> {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        ring.after(position)
    }

    /// Whether it has no more to come.
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
    /// Ready when the group has told of something since the ring was read last.
    moved: Pin<Box<OwnedNotified>>,
}

impl Member {
    /// A member that has everything up to this position.
    pub(super) fn new(group: Arc<Group>, position: i64) -> Self {
        let moved = Box::pin(group.moved.clone().notified_owned());
        Self {
            group,
            position,
            moved,
        }
    }

    /// Everything up to this position was handed out, or is for nobody here.
    pub(super) fn position(&self) -> i64 {
        // Before the ring is looked at, which has all of that.
        let idle = self.group.mail.idle_at();
        if self.group.is_level_with(self.position) {
            idle.map_or(self.position, |at| at.max(self.position))
        } else {
            self.position
        }
    }

    /// The group.
    pub(super) const fn group(&self) -> &Arc<Group> {
        &self.group
    }

    /// The next item. None: the group does not have what follows the position, and the member must
    /// go on by itself.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        loop {
            match self.group.after(self.position) {
                Found::Entry(position, item) => {
                    self.position = position;
                    return Poll::Ready(Some(item));
                }
                Found::Gone => return Poll::Ready(None),
                Found::Nothing if self.group.has_ended() => return Poll::Ready(None),
                Found::Nothing => {}
            }
            ready!(self.moved.as_mut().poll(cx));
            // Anew before the ring is read, so that nothing told in between is missed.
            self.moved.set(self.group.moved.clone().notified_owned());
        }
    }
}
