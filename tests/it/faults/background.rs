//! Faults while the server writes by itself on SQLite: timers, agents' connections, housekeeping.

use std::process::Command;
use std::time::{Duration, Instant};

use chrono::Utc;
use serde_json::json;

use super::case::Case;
use super::injector::{EIO, Fault, Injector, JOURNAL, WRITE, occurs};
use crate::harness::{Database, Socket};
use crate::proof::cast::{OFFER_SECONDS, text};
use crate::proof::client::Came;
use crate::proof::tables::Tables;

/// Every commit fails.
const COMMITS: Fault = Fault::every(WRITE, JOURNAL, EIO);
/// More than the pause between two looks of housekeeping.
const HOUSEKEEPING: Duration = Duration::from_secs(610);

/// Waits until this holds, for some seconds.
async fn comes<F: Future<Output = bool>>(look: impl Fn() -> F) -> bool {
    let since = Instant::now();
    while !look().await {
        if since.elapsed() > Duration::from_secs(15) {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    true
}

/// What every case here ends with: recovery, load, and the verdict.
async fn end(mut case: Case, fired: i64, of: &str) {
    case.recovers().await;
    case.load_for(Duration::from_secs(1)).await;
    case.end(fired, of).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: needs a C compiler"]
async fn timers_act() {
    let injector = Injector::new();
    let database = Database::sqlite();
    let mut case = Case::begin("timers_act", database, |it| injector.reaches(it)).await;
    let start = json!({
        "channel": "WHATSAPP", "queueId": case.floor.cast.queues[0],
        "workstreamId": case.floor.cast.workstreams[1], "noticeGivenAt": "2026-01-01T00:00:00Z",
        "customer": { "key": "waits", "name": "Ada" },
    });
    let gateway = case.floor.cast.gateway.clone();
    let start = case.floor.command(&gateway, "startConversation", start);
    let Came::Answered(started) = case.desk.send(&start).await else {
        panic!("nothing fails yet");
    };
    let id = text(&started["conversation"]["id"]);
    let offer = json!({
        "conversationId": id, "target": { "agentId": case.floor.cast.mute.id },
        "overridePresence": true,
    });
    let sam = case.floor.cast.supervisors[0].clone();
    let offer = case.floor.command(&sam, "assignConversation", offer);
    let offered = case.desk.send(&offer).await;
    case.note(start, Came::Answered(started));
    case.note(offer, offered);
    injector.arm(COMMITS);
    let due = Duration::from_secs(u64::from(OFFER_SECONDS));
    let fired = occurs(&injector, 3, due + Duration::from_secs(10)).await;
    injector.disarm();
    let tables = Tables::open(&case.database).await;
    let ended = async || {
        let events = tables.events(0).await;
        let of_it = events.values().filter(|event| {
            let conversation = event.conversation;
            event.kind == "OfferTimedOut" && conversation.is_some_and(|it| it.to_string() == id)
        });
        of_it.count()
    };
    comes(async || ended().await > 0).await;
    let times = ended().await;
    tables.close().await;
    case.expect(times == 1, format!("the offer timed out {times} times"));
    end(case, fired, "writes of timers failed").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: needs a C compiler"]
async fn an_agent_connects() {
    let injector = Injector::new();
    let database = Database::sqlite();
    let mut case = Case::begin("an_agent_connects", database, |it| injector.reaches(it)).await;
    let anna = case.floor.cast.agents[0].clone();
    injector.arm(COMMITS);
    let socket = Socket::open(&case.served.url, &anna.token).await;
    let fired = occurs(&injector, 2, Duration::from_secs(10)).await;
    injector.disarm();
    let tables = Tables::open(&case.database).await;
    let written = comes(async || tables.connected_until(&anna.id).await.is_some()).await;
    tables.close().await;
    case.expect(written, "the agent's connection is not in the database");
    end(case, fired, "writes of agents' connections failed").await;
    drop(socket);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: needs a C compiler"]
async fn a_lease_is_moved_on() {
    let injector = Injector::new();
    let database = Database::sqlite();
    let mut case = Case::begin("a_lease_is_moved_on", database, |it| injector.reaches(it)).await;
    let anna = case.floor.cast.agents[0].clone();
    let socket = Socket::open(&case.served.url, &anna.token).await;
    let tables = Tables::open(&case.database).await;
    let until = async || tables.connected_until(&anna.id).await;
    let written = comes(async || until().await.is_some()).await;
    case.expect(written, "the agent's connection is not in the database");
    let before = until().await;
    injector.arm(COMMITS);
    let fired = occurs(&injector, 3, Duration::from_secs(25)).await;
    injector.disarm();
    let moved = comes(async || until().await > before).await;
    tables.close().await;
    case.expect(moved, "the lease was not moved on");
    end(case, fired, "writes of the lease failed").await;
    drop(socket);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: needs a C compiler"]
async fn an_agent_is_gone() {
    let injector = Injector::new();
    let short = |mut serve: Command| {
        serve.env("REGIE_AGENT_GRACE_SECONDS", "3");
        injector.reaches(serve)
    };
    let mut case = Case::begin("an_agent_is_gone", Database::sqlite(), short).await;
    let anna = case.floor.cast.agents[0].clone();
    let tables = Tables::open(&case.database).await;
    let until = async || tables.connected_until(&anna.id).await;
    let mut socket = Socket::open(&case.served.url, &anna.token).await;
    let connected = comes(async || until().await.is_some()).await;
    socket.close().await;
    let closed = comes(async || until().await.is_some_and(|until| until < Utc::now())).await;
    case.expect(
        connected && closed,
        "the agent's connection is not in the database",
    );
    let before = tables.head().await;
    injector.arm(COMMITS);
    let fired = occurs(&injector, 2, Duration::from_secs(15)).await;
    injector.disarm();
    let offline = async || {
        let events = tables.events(before).await;
        let of_it = events
            .values()
            .filter(|event| event.by_itself && event.kind == "AgentPresenceChanged");
        of_it.count()
    };
    comes(async || offline().await > 0).await;
    let times = offline().await;
    tables.close().await;
    case.expect(
        times == 1,
        format!("the agent became offline {times} times"),
    );
    end(case, fired, "writes about a disconnected agent failed").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: needs a C compiler"]
async fn housekeeping_deletes() {
    let injector = Injector::new();
    let database = Database::sqlite();
    let mut case = Case::begin("housekeeping_deletes", database, |it| injector.reaches(it)).await;
    case.load_for(Duration::from_millis(500)).await;
    case.rest().await;
    let tables = Tables::open(&case.database).await;
    let old = tables.age_outcomes().await;
    case.expect(old > 0, "there is nothing to delete");
    injector.arm(COMMITS);
    injector.pass(HOUSEKEEPING);
    let fired = occurs(&injector, 1, Duration::from_secs(10)).await;
    injector.disarm();
    let kept = tables.outcomes().await.len();
    case.expect(kept >= old, "deleted by a commit that failed");
    case.recovers().await;
    // What housekeeping still does of the first time, it does before it waits again.
    let mut deleted = false;
    for times in 2..8 {
        injector.pass(times * HOUSEKEEPING);
        tokio::time::sleep(Duration::from_secs(2)).await;
        deleted = deleted || tables.aged_outcomes().await == 0;
        if deleted {
            break;
        }
    }
    case.expect(deleted, "housekeeping does not delete any more");
    tables.close().await;
    case.load_for(Duration::from_secs(1)).await;
    case.end(fired, "writes of housekeeping failed").await;
}
