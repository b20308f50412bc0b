//! The operations of a connection: tasks that send what they have through one queue, and places in
//! groups, which are asked directly and so cost no task.

use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::join_all;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::super::App;
use super::super::operations::Operations;
use super::machine::Run;
use super::operation::{Member, Output, OutputKind, Task};
use crate::graphql::engine::{Held, SubscriptionItem};
use domain::Viewer;

/// Results that wait to be sent, over all tasks of a connection. Each task holds at most one more.
const QUEUE: usize = 16;

/// What runs on a connection.
#[derive(Default)]
pub(super) struct Work {
    operations: Vec<Operation>,
    /// There while a task runs; a silent connection needs none.
    queue: Option<(Sender<Output>, Receiver<Output>)>,
    /// Whose turn it is, so that none is always the last: an operation's, or after them the queue's.
    turn: usize,
}

/// An operation that runs.
struct Operation {
    run: Run,
    route: Route,
    /// What it makes the server hold, counted until nothing of it runs any more.
    held: Held,
}

/// How an operation runs.
enum Route {
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
        let route = Route::Task(task);
        self.operations.push(Operation { run, route, held });
    }

    /// Stops an operation. What it held is free for what the client starts next.
    pub(super) async fn stop(&mut self, run: &Run) {
        if let Some(place) = self.place(run) {
            let Operation { route, held, .. } = self.operations.swap_remove(place);
            if let Route::Task(task) = route {
                task.stop().await;
            }
            drop(held);
        }
        self.tidy();
    }

    /// Stops everything that runs.
    pub(super) async fn stop_all(self) {
        let operations = self.operations.into_iter();
        let both = operations.map(|operation| (operation.route, operation.held));
        let (routes, held): (Vec<_>, Vec<_>) = both.unzip();
        let tasks = routes.into_iter().filter_map(|route| match route {
            Route::Task(task) => Some(task.stop()),
            Route::Member(_) => None,
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
            self.operations[place].route = Route::Member(member);
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
            match &mut self.operations[place].route {
                Route::Task(task) => task.replace(viewer.clone()),
                Route::Member(_) => self.by_itself(place, viewer),
            }
        }
    }

    /// The task has reported that it goes by the token that it has now.
    pub(super) fn replaced(&mut self, run: &Run) {
        let place = self.place(run);
        if let Some(Route::Task(task)) = place.map(|place| &mut self.operations[place].route) {
            task.replaced();
        }
    }

    /// Whether any task may still send something by a token that was replaced.
    pub(super) fn is_behind(&self) -> bool {
        let mut routes = self.operations.iter().map(|operation| &operation.route);
        routes.any(|route| matches!(route, Route::Task(task) if task.is_behind()))
    }

    /// What is to be sent next. Tasks that go through a long history fill the queue as fast as it is emptied, and
    /// what happens now must not wait for them.
    pub(super) fn poll_output(&mut self, cx: &mut Context<'_>) -> Poll<Output> {
        let number = self.operations.len();
        for next in 0..=number {
            let place = (self.turn + next) % (number + 1);
            if place == number {
                if let Some((_, outputs)) = &mut self.queue
                    && let Poll::Ready(Some(output)) = outputs.poll_recv(cx)
                {
                    self.turn = 0;
                    return Poll::Ready(output);
                }
                continue;
            }
            let Operation { run, route, .. } = &mut self.operations[place];
            let Route::Member(member) = route else {
                continue;
            };
            let Poll::Ready(item) = member.place.poll_next(cx) else {
                continue;
            };
            self.turn = place + 1;
            let kind = match item {
                Some(SubscriptionItem::Next(payload, held)) => OutputKind::Next(payload.json, held),
                Some(SubscriptionItem::Failed(errors)) => OutputKind::Failed(errors),
                Some(_) | None => OutputKind::Left,
            };
            let run = run.clone();
            return Poll::Ready(Output { run, kind });
        }
        Poll::Pending
    }

    fn place(&self, run: &Run) -> Option<usize> {
        self.operations
            .iter()
            .position(|operation| operation.run == *run)
    }

    fn belongs_to(&self, place: usize, viewer: &Arc<Viewer>) -> bool {
        match &self.operations[place].route {
            Route::Member(member) => Arc::ptr_eq(member.place.viewer(), viewer),
            Route::Task(_) => true,
        }
    }

    fn by_itself(&mut self, place: usize, viewer: &Arc<Viewer>) {
        let queue = self.queue();
        let Operation { run, route, held } = self.operations.swap_remove(place);
        let route = match route {
            Route::Member(member) => {
                Route::Task(Task::go_on(run.clone(), member, viewer.clone(), queue))
            }
            task @ Route::Task(_) => task,
        };
        self.operations.push(Operation { run, route, held });
        let last = self.operations.len() - 1;
        self.operations.swap(place, last);
    }

    fn queue(&mut self) -> Sender<Output> {
        self.queue.get_or_insert_with(|| channel(QUEUE)).0.clone()
    }

    /// Lets the queue go when nobody speaks into it.
    fn tidy(&mut self) {
        let mut routes = self.operations.iter().map(|operation| &operation.route);
        if !routes.any(|route| matches!(route, Route::Task(_))) {
            self.queue = None;
        }
    }
}
