//! The operations of a connection: tasks that say what they have through one queue, and places in
//! groups, which are asked directly and so cost no task.

use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::join_all;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::super::App;
use super::super::operations::Operations;
use super::machine::Run;
use super::operation::{Member, Said, Task, What};
use crate::graphql::engine::{Held, SubscriptionItem};
use domain::Viewer;

/// Results that wait to be sent, over all tasks of a connection. Each task holds at most one more.
const QUEUE: usize = 16;

/// What runs on a connection.
#[derive(Default)]
pub(super) struct Work {
    operations: Vec<Operation>,
    /// There while a task runs; a silent connection needs none.
    queue: Option<(Sender<Said>, Receiver<Said>)>,
    /// Whose turn it is, so that none is always the last: an operation's, or after them the queue's.
    turn: usize,
}

/// An operation that runs.
struct Operation {
    run: Run,
    way: Way,
    /// What it makes the server hold, counted until nothing of it runs any more.
    held: Held,
}

/// How an operation runs.
enum Way {
    Task(Task),
    Member(Member),
}

impl Work {
    /// Starts an operation.
    pub(super) fn start<E: Operations>(
        &mut self,
        app: &Arc<App<E>>,
        run: Run,
        prepared: E::Prepared,
        viewer: Arc<Viewer>,
        held: Held,
    ) {
        let task = Task::start(app, run.clone(), prepared, viewer, self.queue());
        let way = Way::Task(task);
        self.operations.push(Operation { run, way, held });
    }

    /// Stops an operation. What it held is free for what the client starts next.
    pub(super) async fn stop(&mut self, run: &Run) {
        if let Some(place) = self.place(run) {
            let Operation { way, held, .. } = self.operations.swap_remove(place);
            if let Way::Task(task) = way {
                task.stop().await;
            }
            drop(held);
        }
        self.tidy();
    }

    /// Stops everything that runs.
    pub(super) async fn stop_all(self) {
        let operations = self.operations.into_iter();
        let both = operations.map(|operation| (operation.way, operation.held));
        let (ways, held): (Vec<_>, Vec<_>) = both.unzip();
        let tasks = ways.into_iter().filter_map(|way| match way {
            Way::Task(task) => Some(task.stop()),
            Way::Member(_) => None,
        });
        join_all(tasks).await;
        drop(held);
    }

    /// Forgets an operation that has ended.
    pub(super) fn forget(&mut self, run: &Run) {
        self.operations.retain(|operation| operation.run != *run);
        self.tidy();
    }

    /// The subscription is in a group from now on; by itself again if it is another's by now.
    pub(super) fn join(&mut self, run: &Run, member: Member, viewer: &Arc<Viewer>) {
        if let Some(place) = self.place(run) {
            self.operations[place].way = Way::Member(member);
            if !self.belongs_to(place, viewer) {
                self.by_itself(place, viewer);
            }
        }
        self.tidy();
    }

    /// The subscription goes on by itself.
    pub(super) fn leave(&mut self, run: &Run, viewer: &Arc<Viewer>) {
        if let Some(place) = self.place(run) {
            self.by_itself(place, viewer);
        }
    }

    /// Everything goes on as this viewer's. Until [`is_behind`](Self::is_behind) says no, tasks may
    /// still say something as the one before.
    pub(super) fn replace(&mut self, viewer: &Arc<Viewer>) {
        for place in 0..self.operations.len() {
            match &mut self.operations[place].way {
                Way::Task(task) => task.replace(viewer.clone()),
                Way::Member(_) => self.by_itself(place, viewer),
            }
        }
    }

    /// The task has said that it goes by the token that it has now.
    pub(super) fn replaced(&mut self, run: &Run) {
        let place = self.place(run);
        if let Some(Way::Task(task)) = place.map(|place| &mut self.operations[place].way) {
            task.replaced();
        }
    }

    /// Whether any task may still say something by a token that was replaced.
    pub(super) fn is_behind(&self) -> bool {
        let mut ways = self.operations.iter().map(|operation| &operation.way);
        ways.any(|way| matches!(way, Way::Task(task) if task.is_behind()))
    }

    /// What is to be said next. Tasks that go through a long history fill the queue as fast as it is emptied, and
    /// what happens now must not wait for them.
    pub(super) fn poll_said(&mut self, cx: &mut Context<'_>) -> Poll<Said> {
        let number = self.operations.len();
        for next in 0..=number {
            let place = (self.turn + next) % (number + 1);
            if place == number {
                if let Some((_, said)) = &mut self.queue
                    && let Poll::Ready(Some(said)) = said.poll_recv(cx)
                {
                    self.turn = 0;
                    return Poll::Ready(said);
                }
                continue;
            }
            let Operation { run, way, .. } = &mut self.operations[place];
            let Way::Member(member) = way else {
                continue;
            };
            let Poll::Ready(item) = member.place.poll_next(cx) else {
                continue;
            };
            self.turn = place + 1;
            let what = match item {
                Some(SubscriptionItem::Next(payload, held)) => What::Next(payload.json, held),
                Some(SubscriptionItem::Failed(errors)) => What::Failed(errors),
                Some(_) | None => What::Left,
            };
            let run = run.clone();
            return Poll::Ready(Said { run, what });
        }
        Poll::Pending
    }

    fn place(&self, run: &Run) -> Option<usize> {
        self.operations
            .iter()
            .position(|operation| operation.run == *run)
    }

    fn belongs_to(&self, place: usize, viewer: &Arc<Viewer>) -> bool {
        match &self.operations[place].way {
            Way::Member(member) => Arc::ptr_eq(member.place.viewer(), viewer),
            Way::Task(_) => true,
        }
    }

    fn by_itself(&mut self, place: usize, viewer: &Arc<Viewer>) {
        let queue = self.queue();
        let Operation { run, way, held } = self.operations.swap_remove(place);
        let way = match way {
            Way::Member(member) => {
                Way::Task(Task::go_on(run.clone(), member, viewer.clone(), queue))
            }
            task @ Way::Task(_) => task,
        };
        self.operations.push(Operation { run, way, held });
        let last = self.operations.len() - 1;
        self.operations.swap(place, last);
    }

    fn queue(&mut self) -> Sender<Said> {
        self.queue.get_or_insert_with(|| channel(QUEUE)).0.clone()
    }

    /// Lets the queue go when nobody speaks into it.
    fn tidy(&mut self) {
        let mut ways = self.operations.iter().map(|operation| &operation.way);
        if !ways.any(|way| matches!(way, Way::Task(_))) {
            self.queue = None;
        }
    }
}
