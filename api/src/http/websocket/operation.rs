//! One operation of a WebSocket, in a task of its own.
//!
//! Its results go through the connection's queue, which is bounded: a connection that cannot send
//! stops taking, the task waits, and the stream behind it falls back to its own bounds.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use async_graphql::ServerError;
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::mpsc::Sender;
use tokio::task::AbortHandle;

use super::super::metrics::{self, Open};
use super::super::operations::Operations;
use super::super::respond::{Outcome, with_codes};
use super::super::{App, graphql, internal_error};
use super::machine::Run;
use crate::domain::Viewer;
use crate::graphql::engine::{OperationKind, SubscriptionItem};

/// What an operation has to say.
pub(super) struct Said {
    pub(super) run: Run,
    pub(super) what: What,
}

/// See [`Said`].
pub(super) enum What {
    /// A result, as JSON.
    Next(Bytes),
    /// The end, with errors.
    Failed(Vec<ServerError>),
    /// The end.
    Ended,
}

/// Stops the operation's task when it is dropped. A mutation that has started goes on.
pub(super) struct Task(AbortHandle);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Starts the operation.
pub(super) fn start<E: Operations>(
    app: &Arc<App<E>>,
    run: Run,
    prepared: E::Prepared,
    viewer: Arc<Viewer>,
    queue: Sender<Said>,
) -> Task {
    let app = Arc::clone(app);
    let task = tokio::spawn(async move {
        let speaker = Speaker { run, queue };
        let last = AssertUnwindSafe(go(&app, prepared, viewer, &speaker));
        let last = last
            .catch_unwind()
            .await
            .unwrap_or_else(|_panic| What::Failed(vec![internal_error(&"an operation panicked")]));
        speaker.say(last).await;
    });
    Task(task.abort_handle())
}

struct Speaker {
    run: Run,
    queue: Sender<Said>,
}

impl Speaker {
    async fn say(&self, what: What) {
        let run = self.run.clone();
        // The queue is gone when the connection is, which also ends this task.
        let _ = self.queue.send(Said { run, what }).await;
    }
}

/// Runs to the end; the answer is the last thing to say.
async fn go<E: Operations>(
    app: &App<E>,
    prepared: E::Prepared,
    viewer: Arc<Viewer>,
    speaker: &Speaker,
) -> What {
    if E::kind(&prepared) != OperationKind::Subscription {
        return match graphql::run(app, prepared, viewer).await {
            Ok(Outcome::Executed(result, _)) => {
                speaker.say(What::Next(result)).await;
                What::Ended
            }
            Ok(Outcome::Refused(errors)) => What::Failed(errors),
            Err(fault) => What::Failed(vec![fault.error()]),
        };
    }
    let mut items = match app.engine.subscribe(prepared, viewer).await {
        Ok(items) => items,
        Err(errors) => {
            metrics::subscription("refused");
            return What::Failed(with_codes(errors));
        }
    };
    metrics::subscription("ok");
    let _open = Open::subscription();
    while let Some(item) = items.next().await {
        match item {
            SubscriptionItem::Next(payload) => speaker.say(What::Next(payload)).await,
            SubscriptionItem::Failed(errors) => return What::Failed(errors),
        }
    }
    What::Ended
}
