//! The crash proof: the real server, under load from many clients, is killed with SIGKILL at random
//! moments and started again; whatever was acknowledged is there once, what was not is there wholly
//! or not at all, and nothing that waits is forgotten.
//!
//! `CRASH_SEED` chooses other moments and commands; a failure names the seed it had.

mod counting;
mod many;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use crate::harness::binary::{Served, output};
use crate::harness::{Database, cursors, eventually, figures};
use crate::proof;
use crate::proof::board::{self, Life};
use crate::proof::cast::{Cast, OFFER_SECONDS, text};
use crate::proof::client::{Came, Command, Desk};
use crate::proof::ledger::{self, Settled};
use crate::proof::load::{self, Floor};
use crate::proof::tables::{Event, Tables};
use crate::proof::watcher::{Received, Watcher};
use crate::stage::position;

/// How often the server is killed; up to twice as often on a machine that is so slow that not every
/// deed was done by then.
const KILLS: u64 = 20;
/// How long after its due time, and after the server's start, an offer may time out: a second, and
/// some more on a machine that is busy with other tests.
const LATE: TimeDelta = TimeDelta::seconds(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_twenty_times_under_load_loses_and_doubles_nothing() {
    Trial::run(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn a_server_that_is_killed_twenty_times_under_load_loses_and_doubles_nothing_on_postgresql() {
    let database = Database::postgres().await;
    Trial::run(database).await;
}

/// Says with which seed a test failed.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("CRASH_SEED={} (set it to try the same again)", self.0);
        }
    }
}

fn seed() -> Seed {
    let chosen = std::env::var("CRASH_SEED").ok();
    Seed(chosen.map_or(20_261_122, |seed| seed.parse().unwrap()))
}

/// One database's twenty kills.
struct Trial {
    database: Database,
    folder: tempfile::TempDir,
    served: Served,
    lives: Vec<Life>,
    floor: Arc<Floor>,
    watcher: Watcher,
    /// Where in the log the watcher began.
    begun: i64,
    answered: Vec<(Command, Value)>,
    /// Conversations with an offer that nobody answers.
    waiting: Vec<String>,
    in_doubt: usize,
    settled: Settled,
}

impl Trial {
    async fn run(database: Database) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let seed = seed();
        let mut rng = StdRng::seed_from_u64(seed.0);
        let mut trial = Self::set(database).await;
        let mut kills = 0;
        while kills < KILLS || kills < 2 * KILLS && !trial.never_done().is_empty() {
            trial.round(seed.0.wrapping_add(kills), &mut rng).await;
            kills += 1;
        }
        trial.end(seed.0, kills).await;
    }

    async fn set(database: Database) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (served, life) = start(&database, &folder);
        cursors::keep_of(&database).await;
        let desk = Desk::new(&served.url);
        let cast = Cast::assemble(&desk).await;
        let token = &cast.supervisors[0].token;
        let now = desk
            .query(token, "{ ongoingSummary { asOf } }", json!({}))
            .await;
        let now = &now["ongoingSummary"]["asOf"];
        Self {
            watcher: Watcher::start(&served.url, token, &text(now)),
            begun: position(now),
            floor: Arc::new(Floor::new(cast)),
            database,
            folder,
            served,
            lives: vec![life],
            answered: Vec::new(),
            waiting: Vec::new(),
            in_doubt: 0,
            settled: Settled::default(),
        }
    }

    /// Load, a kill, and everything that must hold then.
    async fn round(&mut self, seed: u64, rng: &mut StdRng) {
        let desk = Desk::new(&self.served.url);
        let loading = {
            let (floor, desk) = (self.floor.clone(), desk.clone());
            tokio::spawn(async move { load::load(&floor, &desk, seed).await })
        };
        tokio::time::sleep(Duration::from_millis(rng.random_range(200..900))).await;
        self.offer_to_the_mute(&desk, rng).await;
        tokio::time::sleep(Duration::from_millis(rng.random_range(0..500))).await;
        self.kill().await;
        // Looked at while nobody runs, or recovered by the next server alone.
        let at_rest = rng.random_bool(0.5);
        if at_rest {
            proof::agrees(&self.database.url).await;
        }
        let (served, life) = start(&self.database, &self.folder);
        if !at_rest {
            proof::agrees(&self.database.url).await;
        }
        self.served = served;
        self.lives.push(life);
        self.watcher.server_is_at(&self.served.url);
        let round = loading.await.unwrap();

        let desk = Desk::new(&self.served.url);
        let tables = Tables::open(&self.database).await;
        ledger::is_there(
            &round.answered,
            &tables.events(0).await,
            &tables.messages().await,
        );
        let settled = ledger::settle(&desk, &tables, &round.in_doubt).await;
        let token = &self.floor.cast.supervisors[0].token;
        board::is_the_database(&desk, token, &tables).await;
        tables.close().await;
        self.in_doubt += round.in_doubt.len();
        self.settled.had_happened += settled.had_happened;
        self.settled.done_now += settled.done_now;
        self.settled.refused_now += settled.refused_now;
        self.answered.extend(round.answered);
    }

    async fn kill(&mut self) {
        self.served.kill();
        if self.database.kind() == "postgres" {
            let tables = Tables::open(&self.database).await;
            tables.quiet().await;
            tables.close().await;
        }
    }

    /// An offer that only its timer ends.
    async fn offer_to_the_mute(&mut self, desk: &Desk, rng: &mut StdRng) {
        let cast = &self.floor.cast;
        let start = self.floor.start(rng, 1);
        let Came::Answered(started) = desk.send(&start).await else {
            panic!("the server is there");
        };
        let id = text(&started["conversation"]["id"]);
        let offer = json!({
            "conversationId": id, "target": { "agentId": cast.mute.id }, "overridePresence": true,
        });
        let offer = self
            .floor
            .command(&cast.supervisors[0], "assignConversation", offer);
        let Came::Answered(offered) = desk.send(&offer).await else {
            panic!("the server is there");
        };
        assert_eq!(offered["errors"], json!([]), "{offered}");
        self.waiting.push(id);
        self.answered.extend([(start, started), (offer, offered)]);
    }

    /// What nobody has done yet of what must have been done.
    fn never_done(&self) -> Vec<&'static str> {
        let deeds = load::DEEDS.into_iter();
        deeds
            .filter(|deed| {
                let mut answered = self.answered.iter();
                !answered
                    .any(|(command, payload)| command.mutation == *deed && ledger::is_done(payload))
            })
            .collect()
    }

    /// How often each offer that nobody answers has timed out.
    fn timed_out(&self, events: &BTreeMap<i64, Event>) -> Vec<usize> {
        let times = |conversation: &String| {
            let ended = events.values().filter(|event| {
                let of_it = event
                    .conversation
                    .is_some_and(|id| id.to_string() == *conversation);
                of_it && event.kind == "OfferTimedOut"
            });
            ended.count()
        };
        self.waiting.iter().map(times).collect()
    }

    async fn end(mut self, seed: u64, kills: u64) {
        // The last offers that nobody answers come due; how late they are is looked at below.
        let tables = Tables::open(&self.database).await;
        tokio::time::sleep(Duration::from_secs(u64::from(OFFER_SECONDS) + 1)).await;
        eventually("every offer that nobody answers ends", || async {
            !self.timed_out(&tables.events(0).await).contains(&0)
        })
        .await;
        let desk = Desk::new(&self.served.url);
        let token = self.floor.cast.supervisors[0].token.clone();
        board::is_the_database(&desk, &token, &tables).await;
        let events = tables.events(0).await;
        ledger::is_there(&self.answered, &events, &tables.messages().await);
        for position in tables.outcomes().await {
            assert!(
                position == 0 || events.contains_key(&position),
                "half a command: {position}"
            );
        }
        tables.close().await;
        assert_eq!(self.timed_out(&events), vec![1; self.waiting.len()]);
        let fired = board::timers(&events, &self.lives);
        assert!(fired.latest < LATE, "a timer was {} late", fired.latest);
        assert!(
            fired.across_a_kill >= self.waiting.len() / 2,
            "{}",
            fired.across_a_kill
        );

        self.binary_agrees();
        let (last, _) = events.last_key_value().unwrap();
        let told: Vec<Received> = Received::all_of(&events, self.begun);
        let never = self.never_done();
        let last_told = told.last().unwrap().position;
        let mut received = self.watcher.received_up_to(last_told).await;
        // A clock of attention may be due since the log was read.
        received.retain(|one| one.position <= last_told);
        // None missing, none twice, in order.
        assert_eq!(received, told);
        self.served.kill();

        assert!(
            never.is_empty(),
            "never done, so nothing is proved of {never:?}"
        );
        let done = self.answered.iter();
        let done = done.filter(|(_, payload)| ledger::is_done(payload)).count();
        let refused = self.answered.len() - done;
        let Settled {
            had_happened,
            done_now,
            refused_now,
        } = self.settled;
        let text = format!(
            "{kills} kills survived, {} commands sent, {done} acknowledged, {refused} refused, {} in doubt \
             ({had_happened} had happened, {done_now} done by the repeat, {refused_now} refused then), {last} events, \
             {} timers fired ({} of them across a kill, at most {} ms late), {} events received by a subscriber \
             resumed after every kill; seed {seed}",
            self.answered.len() + self.in_doubt,
            self.in_doubt,
            fired.all,
            fired.across_a_kill,
            fired.latest.num_milliseconds(),
            received.len(),
        );
        figures::record(&format!("crash-{}", self.database.kind()), &text);
    }

    /// So say the commands that operators have, beside the running server.
    fn binary_agrees(&mut self) {
        for command in ["board", "audit"] {
            let verified = output(&self.database.url, self.folder.path(), &[command, "verify"]);
            let said = String::from_utf8_lossy(&verified.stderr).into_owned();
            assert!(verified.status.success(), "{command}: {said}");
        }
    }
}

/// Starts a server, and notes when.
fn start(database: &Database, folder: &tempfile::TempDir) -> (Served, Life) {
    let began = Utc::now();
    let served = Served::start(&database.url, folder.path());
    let listened = Utc::now();
    (served, Life { began, listened })
}
