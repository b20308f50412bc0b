//! The one door for writes.
//!
//! Orders queue here, bounded. The writer takes what waits as a batch, locks the log's head,
//! catches up with other servers, decides each order against what the earlier ones left (also whose
//! tokens they took back), writes
//! the rows in a few statements, commits, puts the events on the board, and answers. A refusal
//! writes its audit row and nothing else. An order that is queued is finished, also when whoever
//! gave it has gone.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::error::SendTimeoutError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior, timeout};

use self::batch::{BatchError, BatchWriter};
use self::health::Health;
use super::hints::Hints;
use super::order::{Answer, Order, OrderError, WriterGone};
use super::{Connections, EventLog, Store, StoreError, Watch};
use crate::board::Board;
use crate::clock::Clock;
use domain::Revocations;
use domain::{Command, Manage, Refusal};

mod batch;
mod catch_up;
mod customers;
mod deciding;
mod directory;
mod erase;
mod filling;
mod health;
mod import;
mod labels;
mod look_up;
mod message_changes;
mod messages;
mod notices;
pub(super) mod persist;
mod readings;
mod words;

pub use filling::{run as run_filling, run_indexing};
pub use import::{History, Import};
pub(super) use persist::{write_audit, write_head};

/// Orders that may wait; whoever brings more waits in turn.
const QUEUE: usize = 4096;
/// The largest batch.
const BATCH: usize = 256;
/// How many times those who were answered together are let go first, to come again together.
const TURNS: usize = 32;
/// How long an order may wait for a place in the queue.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often a server holds the database against its board, also for events of others that no hint told of.
const POLL: Duration = Duration::from_secs(1);
/// How long an order may wait for its batch to begin; whoever gave it waits little longer.
const WAITING: Duration = Duration::from_secs(20);
/// For how long the orders of a batch that failed are tried one by one.
const TAKING_APART: Duration = Duration::from_secs(10);
/// How long a batch, or a look, may take: longer than it waits for a lock, and shorter than an operation may take,
/// so that whoever gave an order hears of it.
const ANSWER: Duration = Duration::from_secs(25);

type Reply = Result<Result<Answer, Refusal>, Arc<StoreError>>;

struct Job {
    order: Order,
    /// When it is too late to begin.
    deadline: Instant,
    reply: oneshot::Sender<Reply>,
}

/// Where orders are given.
#[derive(Clone, Debug)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
    health: Arc<Health>,
}

impl Writer {
    /// Starts the writer; it stops, with its queue finished, when the last handle is gone.
    pub(crate) fn start(
        store: Store,
        watch: Watch,
        board: Arc<Board>,
        log: Arc<EventLog>,
        clock: Clock,
        connections: Arc<Connections>,
        revocations: Arc<Revocations>,
    ) -> (Self, tokio::task::JoinHandle<()>) {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let health = Arc::new(Health::default());
        let writer = BatchWriter {
            hints: Hints::start(&store),
            store,
            board,
            log,
            clock,
            connections,
            revocations,
            revoked_to: 0,
            watch,
            audited_to: Default::default(),
            health: health.clone(),
        };
        let task = tokio::spawn(run(writer, queue));
        (Self { jobs, health }, task)
    }

    /// Whether commands are carried out: the writer runs, its last commit succeeded, the database has what the
    /// board shows, and does not let the writer wait.
    pub fn is_ready(&self) -> bool {
        let (closed, stuck) = (self.jobs.is_closed(), self.health.is_stuck(Instant::now()));
        !closed && !stuck && self.health.is_good()
    }

    /// Gives an order and waits for what comes of it.
    pub async fn give(&self, order: Order) -> Result<Answer, OrderError> {
        let (reply, answer) = oneshot::channel();
        let deadline = Instant::now() + WAITING;
        let job = Job {
            order,
            deadline,
            reply,
        };
        self.jobs
            .send_timeout(job, PATIENCE)
            .await
            .map_err(|error| match error {
                SendTimeoutError::Timeout(_) => OrderError::Overloaded,
                SendTimeoutError::Closed(_) => WriterGone.into(),
            })?;
        let answer = answer.await.map_err(|_| WriterGone)?;
        answer?.map_err(|refusal| OrderError::Refused(Box::new(refusal)))
    }
}

async fn run(mut writer: BatchWriter, mut queue: mpsc::Receiver<Job>) {
    let mut poll = tokio::time::interval(POLL);
    poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut before = 0;
    loop {
        tokio::select! {
            job = queue.recv() => {
                let Some(first) = job else { break };
                let jobs = gather(&mut queue, first, before).await;
                before = jobs.len();
                for batch in batches(jobs) {
                    carry_out(&mut writer, batch).await;
                }
            }
            () = writer.hints.heard() => look(&writer).await,
            _ = poll.tick() => look(&writer).await,
        }
    }
    writer.watch.end().await;
}

/// What waits. A commit costs one order as much as many, so while fewer wait than there were `before`,
/// whoever was just answered gets a turn to come again; whoever is alone waits for nobody.
async fn gather(queue: &mut mpsc::Receiver<Job>, first: Job, before: usize) -> Vec<Job> {
    let mut jobs = vec![first];
    for _ in 0..TURNS {
        while jobs.len() < BATCH
            && let Ok(job) = queue.try_recv()
        {
            jobs.push(job);
        }
        if jobs.len() >= before.min(BATCH) {
            break;
        }
        tokio::task::yield_now().await;
    }
    jobs
}

/// Holds the database against the board. Where commands are not carried out, it is tried whether they would be
/// now: that the log can be read says nothing of writing.
async fn look(writer: &BatchWriter) {
    let _waiting = writer.health.waits(Instant::now());
    let looking = async {
        writer.catch_up().await?;
        if writer.health.is_good() {
            return Ok(());
        }
        writer.try_to_write().await
    };
    let looked = timeout(ANSWER, looking).await;
    let looked = looked.unwrap_or(Err(StoreError::Silent));
    writer.health.note(looked.as_ref().err());
}

/// What waited, in its order. An erasure and a merging are batches of their own: they take away, or move, texts and keys
/// that other orders of the batch would have looked up already, or would still be about to write.
fn batches(jobs: Vec<Job>) -> Vec<Vec<Job>> {
    let alone = |job: &Job| {
        matches!(
            job.order.command,
            Command::Manage(Manage::EraseCustomer(_) | Manage::MergeCustomers(_))
        )
    };
    let mut batches: Vec<Vec<Job>> = Vec::new();
    for job in jobs {
        match batches.last_mut() {
            Some(batch) if !alone(&job) && !alone(&batch[0]) => batch.push(job),
            _ => batches.push(vec![job]),
        }
    }
    batches
}

/// Carries out a batch, but for what waited too long.
async fn carry_out(writer: &mut BatchWriter, jobs: Vec<Job>) {
    let (jobs, late) = in_time(jobs, Instant::now());
    fail(late, StoreError::Silent);
    if jobs.is_empty() {
        return;
    }
    let orders: Vec<&Order> = jobs.iter().map(|job| &job.order).collect();
    match commit(writer, &orders).await {
        Ok(answers) => answer(jobs, answers),
        Err(BatchError::Failed(error)) if jobs.len() > 1 && writer.health.is_good() => {
            tracing::warn!(%error, orders = jobs.len(), "a batch failed; trying its orders one by one");
            one_by_one(writer, jobs).await;
        }
        Err(error) => fail(jobs, error.into_store_error()),
    }
}

/// Those whose batch may still begin now, and those for whom it is too late: whoever gave them is told nothing else
/// than that by then.
fn in_time(jobs: Vec<Job>, now: Instant) -> (Vec<Job>, Vec<Job>) {
    jobs.into_iter().partition(|job| now < job.deadline)
}

/// Carries out each order by itself, so that one that cannot be written does not take the others along. Where the
/// database takes no writes at all, or time is over, the rest fails at once.
async fn one_by_one(writer: &mut BatchWriter, jobs: Vec<Job>) {
    let until = Instant::now() + TAKING_APART;
    let mut jobs = jobs.into_iter();
    while let Some(job) = jobs.next() {
        let committed = commit(writer, &[&job.order]).await;
        let goes_on = writer.health.is_good() && Instant::now() < until;
        match committed {
            Ok(answers) => answer(vec![job], answers),
            Err(error) => fail(vec![job], error.into_store_error()),
        }
        if !goes_on {
            return fail(jobs.collect(), StoreError::Silent);
        }
    }
}

/// Carries out these orders together, unless the database stops answering. After a failure it is found out at once
/// whether commands are carried out at all.
async fn commit(writer: &mut BatchWriter, orders: &[&Order]) -> Result<batch::Answers, BatchError> {
    let health = writer.health.clone();
    let _waiting = health.waits(Instant::now());
    let committed = timeout(ANSWER, writer.commit(orders)).await;
    let committed = committed.unwrap_or(Err(BatchError::Unknown(StoreError::Silent)));
    // One that succeeds proves nothing while others fail: it may have written nothing.
    if let Err(error) = &committed {
        metrics::counter!("regie_commit_failures_total").increment(1);
        writer.health.fails();
        if let BatchError::Failed(_) = error {
            look(writer).await;
        } else {
            writer.health.note(Some(error.store_error()));
        }
    }
    committed
}

fn answer(jobs: Vec<Job>, answers: batch::Answers) {
    for (job, answer) in jobs.into_iter().zip(answers) {
        // Whoever gave the order may have gone; it is carried out all the same.
        let _ = job.reply.send(Ok(answer));
    }
}

fn fail(jobs: Vec<Job>, error: StoreError) {
    let error = Arc::new(error);
    for job in jobs {
        let _ = job.reply.send(Err(error.clone()));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use domain::{AgentId, Asker};

    fn job(deadline: Instant) -> (Job, oneshot::Receiver<Reply>) {
        let (reply, answer) = oneshot::channel();
        let order = Order {
            asker: Asker::System,
            command: Command::AgentDisconnected(AgentId::new(chrono::DateTime::UNIX_EPOCH)),
            expected_version: None,
            reason: None,
            idempotency: None,
        };
        let job = Job {
            order,
            deadline,
            reply,
        };
        (job, answer)
    }

    #[test]
    fn an_order_that_waited_too_long_fails_and_is_not_carried_out() {
        let now = Instant::now();
        let (early, mut waits) = job(now + Duration::from_millis(1));
        let (late, mut fails) = job(now);
        let (jobs, too_late) = in_time(vec![late, early], now);
        assert_eq!((jobs.len(), too_late.len()), (1, 1));
        fail(too_late, StoreError::Silent);
        let error = fails.try_recv().unwrap().unwrap_err();
        assert!(matches!(*error, StoreError::Silent));
        assert!(waits.try_recv().is_err(), "it is still to be carried out");
    }
}
