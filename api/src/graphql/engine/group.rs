//! Executes a subscription once for many.
//!
//! A group is a task that follows the log for everybody with one access and puts ready payloads into
//! a ring; a member is a position in it. The execution is for nobody in particular: a resolver that
//! asks who asks fails, and then the group ends and each member goes on alone. So sharing can save
//! work but never show one viewer what is another's. Whoever is behind the group, by resuming or by
//! reading slowly, follows the log alone until they are level with it: nothing is skipped either way.
//! What the rings of all groups keep is bounded (`rings`).

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock, Weak};
use std::task::{Context, Poll};

use async_graphql::Variables;
use futures_util::FutureExt as _;
use tokio::task::AbortHandle;

use self::rings::Rings;
use super::answers::Answers;
use super::budget::Budget;
use super::holdings::RING_SHARE;
use super::question::Question;
use super::ready::{Item, Read, Reader, Ready, RingEntry};
use super::{Engine, Shown};
use crate::graphql::gate::Passed;
use crate::graphql::subscription::Execution;
use engine::dispatch::Mail;
use engine::live::paced::Wakes;
use engine::live::ring::Ring;
use engine::live::{Audience, Follower, Plan};

mod paced;
mod rings;

pub(super) use paced::PacedMember;

/// What keeping an item takes beside its payload: its place in a ring that has grown.
const PLACE: usize = size_of::<RingEntry>() + 2 * size_of::<(i64, usize, Arc<RingEntry>)>();
/// Payloads that are made one after the other before those are told who wait: whoever is told of
/// several at once sends them in one write.
const TOLD_AT_LEAST_EVERY: u32 = 8;

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

/// By what a subscription goes on.
pub(super) enum Follows<'a> {
    /// By the events of the log, as this plan says.
    Log(&'a Plan),
    /// By what its answer depends on.
    Answer(&'a Wakes),
}

/// One execution for many subscribers.
pub(super) struct Group {
    ready: Arc<Ready>,
    task: OnceLock<AbortHandle>,
    rings: Arc<Rings>,
    /// Where its task gets what it follows of the log; none where it makes answers.
    mail: Option<Arc<Mail>>,
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(task) = self.task.get() {
            task.abort();
        }
        self.rings.count(self.ready.bytes(), 0);
    }
}

/// The groups that run.
pub(super) struct Groups(Arc<Rings>);

impl Groups {
    /// None yet; what they keep ready is in a budget with these answers.
    pub(super) fn new(budget: Arc<Budget>, answers: Arc<Answers>) -> Self {
        Self(Arc::new(Rings::new(budget, answers)))
    }

    /// The group of this question; begun if there is none.
    pub(super) fn join(
        &self,
        engine: &Engine,
        question: &Question,
        variables: &Variables,
        follows: &Follows<'_>,
    ) -> Arc<Group> {
        let rings = || self.0.clone();
        self.0.join(question, || match follows {
            Follows::Log(plan) => Group::begin(rings(), engine, question, variables, plan),
            Follows::Answer(wakes) => {
                Group::begin_paced(rings(), engine, question, variables, wakes)
            }
        })
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
        let ready = Ready::new(follower.position());
        let mail = follower.mail().clone();
        let (engine, question) = (engine.clone(), question.clone());
        let variables = variables.clone();
        Self::spawn(rings, ready, Some(mail), |group| {
            run(engine, question, variables, follower, group)
        })
    }

    /// A group whose task runs this.
    fn spawn<R: Future<Output = ()> + Send + 'static>(
        rings: Arc<Rings>,
        ready: Ready,
        mail: Option<Arc<Mail>>,
        run: impl FnOnce(Weak<Self>) -> R,
    ) -> Arc<Self> {
        let group = Arc::new(Self {
            ready: Arc::new(ready),
            task: OnceLock::new(),
            rings,
            mail,
        });
        let weak = Arc::downgrade(&group);
        let run = run(weak.clone());
        let task = tokio::spawn(async move {
            // Ends by itself when it failed, panicked, or asked who asks: members then go on alone.
            let _ = AssertUnwindSafe(run).catch_unwind().await;
            if let Some(group) = weak.upgrade() {
                group.ready.end(None);
            }
        });
        let _ = group.task.set(task.abort_handle());
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
                    Some(group) => group.ready.tell(),
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
            group.ready.tell();
        }
    }
}

impl Group {
    /// Appends an item. The ring keeps no more than what its members count for it.
    fn push(&self, position: i64, item: Item, members: usize) {
        let bytes = item.bytes() + PLACE;
        let most = members.saturating_mul(RING_SHARE);
        let made = Arc::new(RingEntry { item, again: None });
        self.change(|ring| ring.push_within(most, position, bytes, made));
        self.rings.make_room();
    }

    /// Lets go the oldest items, until there are no more bytes than this.
    fn keep_within(&self, bytes: usize) {
        self.change(|ring| ring.keep_within(bytes));
    }

    fn change(&self, change: impl FnOnce(&mut Ring<Arc<RingEntry>>)) {
        let (before, now) = self.ready.change(change);
        self.rings.count(before, now);
    }

    /// Whether it has no more to come.
    pub(super) fn has_ended(&self) -> bool {
        self.ready.ended().is_some()
    }

    /// Whether whoever is at this position has nothing of the ring before them. Who resumes from an
    /// older one executes for themselves what the ring has: its payloads show names as they were.
    pub(super) fn is_level_with(&self, position: i64) -> bool {
        self.ready.is_level_with(position)
    }
}

/// A place in a group.
pub(super) struct Member {
    group: Arc<Group>,
    reader: Reader,
}

impl Member {
    /// A member that has everything up to this position.
    pub(super) fn new(group: Arc<Group>, position: i64) -> Self {
        let reader = Reader::new(group.ready.clone(), position);
        Self { group, reader }
    }

    /// Everything up to this position was handed out, or is for nobody here.
    pub(super) fn position(&self) -> i64 {
        let position = self.reader.position();
        // Before the ring is looked at, which has all of that.
        let idle = self.group.mail.as_ref().and_then(|mail| mail.idle_at());
        if self.group.is_level_with(position) {
            idle.map_or(position, |at| at.max(position))
        } else {
            position
        }
    }

    /// The group.
    pub(super) const fn group(&self) -> &Arc<Group> {
        &self.group
    }

    /// The next item. None: the group does not have what follows the position, and the member must
    /// go on by itself.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        self.reader.poll_next(cx).map(|read| match read {
            Read::Item(item) => Some(item),
            Read::Gone | Read::Ended(_) => None,
        })
    }
}
