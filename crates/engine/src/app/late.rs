//! The operator's scorer: asked in batches after Regie's own has scored, and never waited for.
//!
//! Invariants: no message waits for it; what is asked is bounded, and what does not fit is left as it is; an answer goes through the
//! writer, where the rules say whether it comes too late; a fault leaves the score that is there.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, timeout_at};

use crate::store::{Order, Writer};
use domain::commands::LateScore;
use domain::{Asker, Command, MessageId, MessageScore, ScoreSource};

/// The most messages of a batch.
pub const AT_ONCE: usize = 32;
/// How long the first message of a batch waits for others.
const TOGETHER: Duration = Duration::from_millis(20);
/// How many batches are asked about at the same time.
const BATCHES: usize = 4;
/// How many messages wait at most.
const WAITING: usize = 1_024;
/// What became of messages, by `outcome`: `scored`, `unscored`, `late`, `failed`, `dropped`.
const COUNTED: &str = "regie_operator_scores_total";

/// A text, for the operator's scorer.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What it says.
    pub text: Arc<str>,
    /// Its language (ISO 639-1), as far as Regie's own scorer told.
    pub language: Option<Arc<str>>,
}

/// A scorer of the operator.
pub trait OperatorScorer: Send + Sync {
    /// The scores of these texts, in their order, each none where it has none; none at all where it failed. Bounded in time by
    /// itself.
    fn score<'a>(&'a self, texts: &'a [Asked]) -> BoxFuture<'a, Option<Vec<Option<MessageScore>>>>;
}

/// The messages that wait to be asked about.
pub(super) struct Late {
    queue: Sender<(MessageId, Asked)>,
    worker: JoinHandle<()>,
}

impl Late {
    /// Begins to ask.
    pub fn start(scorer: Arc<dyn OperatorScorer>, writer: Writer) -> Self {
        for outcome in ["scored", "unscored", "late", "failed", "dropped"] {
            count(outcome, 0);
        }
        let (queue, waiting) = channel(WAITING);
        let worker = tokio::spawn(work(waiting, scorer, writer));
        Self { queue, worker }
    }

    /// Asks about this message.
    pub fn ask(&self, message: MessageId, asked: Asked) {
        match self.queue.try_send((message, asked)) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Closed(_)) => count("dropped", 1),
        }
    }
}

impl Drop for Late {
    fn drop(&mut self) {
        self.worker.abort();
    }
}

async fn work(
    mut waiting: Receiver<(MessageId, Asked)>,
    scorer: Arc<dyn OperatorScorer>,
    writer: Writer,
) {
    // With this task its batches end.
    let mut running = JoinSet::new();
    while let Some(first) = waiting.recv().await {
        let mut batch = vec![first];
        let full = Instant::now() + TOGETHER;
        while batch.len() < AT_ONCE {
            match timeout_at(full, waiting.recv()).await {
                Ok(Some(next)) => batch.push(next),
                Ok(None) | Err(_) => break,
            }
        }
        while running.len() >= BATCHES {
            running.join_next().await;
        }
        while running.try_join_next().is_some() {}
        running.spawn(ask(batch, scorer.clone(), writer.clone()));
    }
}

async fn ask(batch: Vec<(MessageId, Asked)>, scorer: Arc<dyn OperatorScorer>, writer: Writer) {
    let (messages, asked): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
    let scores = scorer.score(&asked).await;
    let Some(scores) = scores.filter(|scores| scores.len() == asked.len()) else {
        count("failed", asked.len());
        return;
    };
    let unscored = scores.iter().filter(|score| score.is_none()).count();
    count("unscored", unscored);
    let orders = messages.into_iter().zip(asked).zip(scores);
    let orders = orders.filter_map(|((message, asked), score)| {
        let late = LateScore {
            message,
            text: asked.text,
            score: MessageScore {
                source: ScoreSource::Operator,
                ..score?
            },
        };
        Some(writer.give(Order {
            asker: Asker::System,
            command: Command::LateScore(Box::new(late)),
            expected_version: None,
            reason: None,
            idempotency: None,
        }))
    });
    for answer in futures_util::future::join_all(orders).await {
        match answer {
            Ok(answer) if answer.outcome.applied => count("scored", 1),
            Ok(_) => count("late", 1),
            Err(_) => count("failed", 1),
        }
    }
}

fn count(outcome: &'static str, messages: usize) {
    metrics::counter!(COUNTED, "outcome" => outcome).increment(messages as u64);
}
