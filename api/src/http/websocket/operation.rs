//! One operation of a WebSocket, in a task of its own.
//!
//! Its results go through the connection's queue, which is bounded: a connection that cannot send
//! stops taking, the task waits, and the stream behind it falls back to its own bounds. A
//! subscription that has found its place in a group needs no task: the task ends with it.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use async_graphql::ServerError;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::mpsc::Sender;
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use super::super::metrics::{self, Open};
use super::super::operations::Operations;
use super::super::respond::Outcome;
use super::super::{App, graphql, internal_error};
use super::machine::Run;
use crate::graphql::engine::{Held, OperationKind, Place, SubscriptionItem, Whose};
use crate::graphql::gate::with_codes;
use domain::Viewer;

/// What an operation sends.
pub(super) struct Output {
    pub(super) run: Run,
    pub(super) kind: OutputKind,
}

/// What an output is.
pub(super) enum OutputKind {
    /// A result, as JSON, and what counts it until it is sent, if it is large.
    Next(Bytes, Option<Box<Held>>),
    /// The end, with errors.
    Failed(Vec<ServerError>),
    /// The end.
    Ended,
    /// Whatever follows is by the token that replaced the other.
    Replaced,
    /// It goes on in a group.
    Joined(Member),
    /// It was in a group, which does not have what follows.
    Left,
}

/// A subscription in a group.
pub(super) struct Member {
    pub(super) place: Place,
    open: Open,
}

/// A running task. It is stopped when this is dropped; a mutation that has started goes on.
pub(super) struct Task {
    task: AbortOnDropHandle<()>,
    whose: watch::Sender<Arc<Viewer>>,
    subscribes: bool,
    /// Whether it may still send something by a token that was replaced.
    behind: bool,
}

impl Task {
    /// Starts the operation.
    pub(super) fn start<E: Operations>(
        app: &Arc<App<E>>,
        run: Run,
        prepared: E::Prepared,
        viewer: Arc<Viewer>,
        queue: Sender<Output>,
    ) -> Self {
        let app = Arc::clone(app);
        let subscribes = E::kind(&prepared) == OperationKind::Subscription;
        Self::of(run, viewer, queue, subscribes, |whose, output| async move {
            if subscribes {
                subscribe(&app, prepared, whose, &output).await
            } else {
                once(&app, prepared, whose, &output).await
            }
        })
    }

    /// Goes on by itself with a subscription that was in a group.
    pub(super) fn go_on(
        run: Run,
        member: Member,
        viewer: Arc<Viewer>,
        queue: Sender<Output>,
    ) -> Self {
        Self::of(run, viewer, queue, true, |whose, output| async move {
            let Member { place, open } = member;
            follow(place.alone(whose), open, &output).await
        })
    }

    fn of<R: Future<Output = OutputKind> + Send + 'static>(
        run: Run,
        viewer: Arc<Viewer>,
        queue: Sender<Output>,
        subscribes: bool,
        work: impl FnOnce(Whose, Arc<OutputSender>) -> R,
    ) -> Self {
        let (whose, told) = watch::channel(viewer);
        let output = Arc::new(OutputSender { run, queue });
        let work = AssertUnwindSafe(work(told, output.clone())).catch_unwind();
        let task = tokio::spawn(async move {
            let last = work.await.unwrap_or_else(|_| {
                OutputKind::Failed(vec![internal_error(&"an operation panicked")])
            });
            output.send(last).await;
        });
        Self {
            task: AbortOnDropHandle::new(task),
            whose,
            subscribes,
            behind: false,
        }
    }

    /// Stops it and waits until what it held is free.
    pub(super) async fn stop(self) {
        self.task.abort();
        let _ = self.task.await;
    }

    /// Whose it is from now on. A query or mutation is finished by the token that it began with.
    pub(super) fn replace(&mut self, viewer: Arc<Viewer>) {
        self.behind = self.subscribes;
        self.whose.send_replace(viewer);
    }

    /// It has reported that it goes by the token that it has now.
    pub(super) const fn replaced(&mut self) {
        self.behind = false;
    }

    /// Whether it may still send something by a token that was replaced.
    pub(super) const fn is_behind(&self) -> bool {
        self.behind
    }
}

struct OutputSender {
    run: Run,
    queue: Sender<Output>,
}

impl OutputSender {
    async fn send(&self, kind: OutputKind) {
        let run = self.run.clone();
        // The queue is gone when the connection is, which also ends this task.
        let _ = self.queue.send(Output { run, kind }).await;
    }
}

/// Runs a query or mutation; the answer is the last output.
async fn once<E: Operations>(
    app: &App<E>,
    prepared: E::Prepared,
    whose: Whose,
    output: &OutputSender,
) -> OutputKind {
    let viewer = whose.borrow().clone();
    let mutates = E::kind(&prepared) == OperationKind::Mutation;
    match graphql::run(app, prepared, viewer.clone()).await {
        Ok(Outcome::Executed(result, _)) => {
            match app.engine.hold_payload(&viewer, result.len()) {
                Ok(held) => output.send(OutputKind::Next(result, held)).await,
                // What was done is answered in any case.
                Err(_) if mutates => output.send(OutputKind::Next(result, None)).await,
                Err(error) => return OutputKind::Failed(vec![error]),
            }
            OutputKind::Ended
        }
        Ok(Outcome::Refused(errors)) => OutputKind::Failed(errors),
        Err(fault) => OutputKind::Failed(vec![fault.error()]),
    }
}

/// Runs a subscription until it ends or finds its place in a group.
async fn subscribe<E: Operations>(
    app: &App<E>,
    prepared: E::Prepared,
    whose: Whose,
    output: &OutputSender,
) -> OutputKind {
    match app.engine.subscribe(prepared, whose).await {
        Ok(items) => {
            metrics::subscription("ok");
            follow(items, Open::subscription(), output).await
        }
        Err(errors) => {
            metrics::subscription("refused");
            OutputKind::Failed(with_codes(errors))
        }
    }
}

async fn follow(
    mut items: BoxStream<'static, SubscriptionItem>,
    open: Open,
    output: &OutputSender,
) -> OutputKind {
    while let Some(item) = items.next().await {
        match item {
            SubscriptionItem::Next(payload, held) => {
                output.send(OutputKind::Next(payload.json, held)).await;
            }
            SubscriptionItem::Replaced => output.send(OutputKind::Replaced).await,
            SubscriptionItem::Failed(errors) => return OutputKind::Failed(errors),
            SubscriptionItem::Joined(place) => return OutputKind::Joined(Member { place, open }),
        }
    }
    OutputKind::Ended
}
