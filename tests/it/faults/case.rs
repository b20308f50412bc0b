//! One case: a server under load, a fault, its end, recovery without a restart, and a stop.
//!
//! What is wrong is collected (`Case::expect`) and fails the case at its end, so that one run shows all of it.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::{JoinHandle, JoinSet};

use super::health::Health;
use super::verdict;
use crate::harness::binary::{Served, regie};
use crate::harness::{Database, cursors};
use crate::proof::cast::{Cast, text};
use crate::proof::client::{Came, Desk};
use crate::proof::ledger::is_done;
use crate::proof::load::{Floor, Round, Until, load_until};
use crate::proof::watcher::Watcher;
use crate::stage::position;

/// How many clients load the server.
const CLIENTS: u64 = 4;
/// How long a server may take until commands succeed again.
const RECOVERY: Duration = Duration::from_mins(1);
/// How often that is tried, each time with another command.
const PROBE: Duration = Duration::from_millis(250);
/// How long after the first failure the server must have noticed that it is not ready.
const NOTICED: Duration = Duration::from_secs(2);
/// How long a server may take to stop.
const STOP: Duration = Duration::from_secs(40);
/// How long a database that does not answer may let a command wait until the server must have noticed.
pub const STUCK: Duration = Duration::from_secs(5);

/// A running case.
pub struct Case {
    name: &'static str,
    pub database: Database,
    pub folder: TempDir,
    pub served: Served,
    pub floor: Arc<Floor>,
    pub desk: Desk,
    health: Health,
    watcher: Watcher,
    /// Where in the log the subscriber began.
    begun: i64,
    load: Option<(Arc<AtomicBool>, JoinHandle<Round>)>,
    rounds: u64,
    done: Round,
    recovered: Option<Duration>,
    stopped: bool,
    problems: Vec<String>,
}

impl Case {
    /// A server on this database, started by what `dress` makes of its command.
    pub async fn begin(
        name: &'static str,
        database: Database,
        dress: impl FnOnce(Command) -> Command,
    ) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let served = Served::of(dress(regie(&database.url, folder.path(), &["serve"])));
        cursors::keep_of(&database).await;
        let desk = Desk::new(&served.url);
        let cast = Cast::assemble(&desk).await;
        let token = &cast.supervisors[0].token;
        let now = desk
            .query(token, "{ ongoingSummary { asOf } }", json!({}))
            .await;
        let now = &now["ongoingSummary"]["asOf"];
        Self {
            name,
            health: Health::watch(&served.url),
            watcher: Watcher::start(&served.url, token, &text(now)),
            begun: position(now),
            floor: Arc::new(Floor::new(cast)),
            database,
            folder,
            served,
            desk,
            load: None,
            rounds: 0,
            done: Round::default(),
            recovered: None,
            stopped: false,
            problems: Vec::new(),
        }
    }

    /// Keeps what is wrong, if this does not hold.
    pub fn expect(&mut self, holds: bool, otherwise: impl Into<String>) {
        if !holds {
            self.problems.push(otherwise.into());
        }
    }

    /// Clients begin to work.
    pub fn load(&mut self) {
        let stop = Arc::new(AtomicBool::new(false));
        self.rounds += 1;
        let (floor, desk, until) = (
            self.floor.clone(),
            self.desk.clone(),
            Until::Told(stop.clone()),
        );
        let seed = self.rounds;
        let work = async move { load_until(&floor, &desk, seed, CLIENTS, &until).await };
        self.load = Some((stop, tokio::spawn(work)));
    }

    /// Clients work for this long, and go on.
    pub async fn load_for(&mut self, time: Duration) {
        self.load();
        tokio::time::sleep(time).await;
    }

    /// Clients finish what they began.
    pub async fn rest(&mut self) {
        if let Some((stop, task)) = self.load.take() {
            stop.store(true, Ordering::Relaxed);
            let round = task.await.unwrap();
            self.done.answered.extend(round.answered);
            self.done.in_doubt.extend(round.in_doubt);
            self.done.failed += round.failed;
        }
    }

    /// Sends so many commands, one after the other; how many were acknowledged.
    pub async fn send(&mut self, many: usize) -> usize {
        let before = self.acknowledged();
        for _ in 0..many {
            let mut rng = StdRng::seed_from_u64(self.done.answered.len() as u64);
            let start = self.floor.start(&mut rng, 0);
            let came = self.desk.send(&start).await;
            self.note(start, came);
        }
        self.acknowledged() - before
    }

    /// Sends a command that is refused and leaves nothing, not even in the audit trail; its code, unless it fails.
    pub async fn is_refused(&mut self) -> Option<String> {
        let nowhere = format!("conv_{}", uuid::Uuid::now_v7().simple());
        let says = json!({ "conversationId": nowhere, "text": "Hello" });
        let gateway = self.floor.cast.gateway.clone();
        let command = self.floor.command(&gateway, "receiveCustomerMessage", says);
        let came = self.desk.send(&command).await;
        let payload = self.note(command, came)?;
        Some(text(&payload["errors"][0]["code"]))
    }

    /// Sends a command that is done and changes nothing.
    pub async fn sets_the_same_presence(&mut self) {
        let anna = self.floor.cast.agents[0].clone();
        let same = json!({ "presence": "AVAILABLE" });
        let command = self.floor.command(&anna, "setPresence", same);
        let came = self.desk.send(&command).await;
        self.note(command, came);
    }

    /// Enters what came of a command that must be held against the database.
    pub fn note(&mut self, command: crate::proof::client::Command, came: Came) -> Option<Value> {
        match came {
            Came::Answered(payload) => {
                self.floor.learn(&command, &payload);
                self.done.answered.push((command, payload.clone()));
                return Some(payload);
            }
            Came::Failed(code) => {
                self.expect(code == "INTERNAL", format!("answered {code}: {command:?}"));
                self.done.failed += 1;
                self.done.in_doubt.push(command);
            }
            Came::InDoubt => self.done.in_doubt.push(command),
            Came::NotSent => self.expect(false, "the server listens no more"),
        }
        None
    }

    /// How many commands were done, of those that are entered.
    fn acknowledged(&self) -> usize {
        let answers = self.done.answered.iter();
        answers.filter(|(_, payload)| is_done(payload)).count()
    }

    /// How many commands were not acknowledged, of those that are entered: answered INTERNAL, or not at all.
    pub fn failures(&self) -> i64 {
        i64::try_from(self.done.in_doubt.len()).unwrap()
    }

    /// Every command failed in this time: then the server was not ready, but for the moment that it needs to notice.
    pub fn was_not_ready(&mut self, from: Instant, to: Instant) {
        let (ready, not) = self.health.between(from + NOTICED, to);
        self.expect(
            ready == 0 && not > 0,
            format!(
                "while every command failed /health/ready was 200 {ready} times and 503 {not} times"
            ),
        );
    }

    /// The server was not ready but for moments: a small commit may find the last room that there is.
    pub fn was_hardly_ready(&mut self, from: Instant, to: Instant) {
        let (ready, not) = self.health.between(from + NOTICED, to);
        self.expect(
            ready * 5 < not,
            format!("with hardly any room /health/ready was 200 {ready} times and 503 {not} times"),
        );
    }

    /// The server was not ready at some time in this one.
    pub fn was_once_not_ready(&mut self, from: Instant, to: Instant) {
        let (ready, not) = self.health.between(from, to);
        self.expect(
            not > 0,
            format!("/health/ready was 200 {ready} times and never 503"),
        );
    }

    /// The fault has ended: waits until a command is acknowledged, and the server is ready.
    pub async fn recovers(&mut self) {
        let since = Instant::now();
        let patient = Desk::waiting(&self.served.url, Duration::from_secs(5));
        let mut rng = StdRng::seed_from_u64(self.rounds);
        let mut probes = JoinSet::new();
        let mut tick = tokio::time::interval(PROBE);
        while self.recovered.is_none() && since.elapsed() < RECOVERY {
            let came = tokio::select! {
                _ = tick.tick() => {
                    let (start, desk) = (self.floor.start(&mut rng, 0), patient.clone());
                    probes.spawn(async move {
                        let came = desk.send(&start).await;
                        (start, came)
                    });
                    continue;
                }
                Some(came) = probes.join_next() => came.unwrap(),
            };
            if self
                .note(came.0, came.1)
                .is_some_and(|payload| is_done(&payload))
            {
                self.recovered = Some(since.elapsed());
            }
        }
        for (start, came) in probes.join_all().await {
            self.note(start, came);
        }
        while !self.health.is_ready() && since.elapsed() < RECOVERY {
            tokio::time::sleep(PROBE).await;
        }
        let ready = self.health.is_ready();
        self.expect(ready, "commands succeed and the server is not ready");
        let runs = self.served.runs();
        self.expect(runs, "the server has ended");
        let recovered = self.recovered.is_some();
        self.expect(recovered, format!("no command succeeded in {RECOVERY:?}"));
    }

    /// Stops the server, if it has not been; it must end well.
    pub async fn stop(&mut self) {
        if std::mem::replace(&mut self.stopped, true) {
            return;
        }
        let ended = if self.served.runs() {
            self.served.stop_within(STOP).await
        } else {
            None
        };
        let well = ended.is_some_and(|status| status.success());
        self.expect(well, format!("told to stop, it ended with {ended:?}"));
    }

    /// Stops the server, holds everything against the database, and says what came of it. `fired` says of the
    /// fault how often it occurred, in words.
    pub async fn end(mut self, fired: i64, of: &str) {
        self.rest().await;
        self.expect(fired > 0, format!("the fault did not occur: {of}: 0"));
        let last = verdict::last_shown(&self.database, self.begun).await;
        let reached = self.watcher.reaches(last).await;
        self.expect(reached, format!("the subscriber did not get event {last}"));
        self.stop().await;
        let acknowledged = self.acknowledged();
        let received = self.watcher.ended().await;
        let held = verdict::hold(&self.database, &self.done, &received, self.begun).await;
        self.problems.extend(held.problems);
        self.problems
            .extend(verdict::verify(&self.database, self.folder.path()));
        let log = self.served.log();
        let figures = verdict::Figures {
            fired: format!("{of}: {fired}"),
            acknowledged,
            unanswered: self.done.in_doubt.len(),
            failed: self.done.failed,
            lost: held.lost,
            recovered: self.recovered,
        };
        verdict::report(self.name, &self.database, &figures, &self.problems, &log);
        verdict::goes_on(&self.database, &self.floor, &self.done).await;
    }
}
