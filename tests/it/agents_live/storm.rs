//! Many people at work at once, by chance: every list is right after every message, whatever it filters and orders by,
//! and says in the end what a slow look at everything else says.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use chrono::{DurationRound, TimeDelta, Utc};
use engine::clock::Clock;
use futures_util::future::{join, join_all};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::mirror::{Mirror, ROW, Shown, live};
use crate::floor::{Floor, merged, on};
use crate::harness::{Database, Server, Token};
use crate::insights::all_counted;
use crate::stage::position;

const FIELDS: [&str; 5] = [
    "NAME",
    "PRESENCE",
    "LOAD",
    "LONGEST_HANDLE",
    "HANDLED_TODAY",
];
const PRESENCES: [&str; 4] = ["AVAILABLE", "BUSY", "AWAY", "OFFLINE"];
const PEOPLE: [&str; 5] = ["anna", "bert", "dora", "eva", "finn"];

fn one<'t, T>(dice: &mut StdRng, these: &'t [T]) -> &'t T {
    these.choose(dice).unwrap()
}

fn token_of(agent: &str) -> String {
    Token::agent(agent).sign()
}

fn queue<'f>(dice: &mut StdRng, floor: &'f Floor) -> &'f str {
    let queues = [&*floor.queue, &*floor.second_queue];
    queues.choose(dice).copied().unwrap()
}

/// A list, by chance.
fn part(dice: &mut StdRng, floor: &Floor) -> Value {
    let filter = match dice.random_range(0..7) {
        0 => json!({ "presences": [one(dice, &PRESENCES), one(dice, &PRESENCES)] }),
        1 => json!({ "queueIds": [queue(dice, floor)] }),
        2 => json!({ "asksForHelp": dice.random_bool(0.5) }),
        3 => json!({ "text": "a" }),
        _ => json!({}),
    };
    let direction = one(dice, &["ASC", "DESC"]);
    let order = json!({ "field": one(dice, &FIELDS), "direction": direction });
    json!({ "filter": filter, "order": order, "first": dice.random_range(1..6) })
}

/// Something that somebody tries; whether it is refused does not matter.
async fn act(dice: &mut StdRng, floor: &Floor, server: &Server, ids: &mut Vec<String>) {
    // All of two storms are to be seen on one page in the end.
    if ids.len() < 6 || (ids.len() < 12 && dice.random_bool(0.15)) {
        let channel = one(dice, &["WHATSAPP", "LIVE_CHAT", "SMS"]);
        let queue = json!({ "queueId": queue(dice, floor) });
        let input = merged(floor.start_input(channel), queue);
        let made = server.mutate(
            &floor.gateway,
            "startConversation",
            input,
            "conversation { id }",
        );
        ids.extend(made.await["conversation"]["id"].as_str().map(str::to_owned));
        return;
    }
    let number = dice.random_range(0..ids.len());
    let id = ids[number].clone();
    let who = *one(dice, &PEOPLE);
    let (agent, nothing) = (token_of(who), json!({}));
    let to = merged(
        floor.to(who),
        json!({ "overrideCapacity": true, "overridePresence": true }),
    );
    let to_queue = json!({ "target": { "queueId": queue(dice, floor) } });
    let request = json!({ "agentId": floor.agent(who), "overrideCapacity": true });
    let sam = floor.sam.as_str();
    let (token, mutation, extra) = match dice.random_range(0..20) {
        0..5 => (agent.as_str(), "pickConversation", nothing),
        5 => (agent.as_str(), "setAsideConversation", nothing),
        6 => (agent.as_str(), "releaseConversation", nothing),
        7..9 => (agent.as_str(), "endConversation", nothing),
        9 => (agent.as_str(), "closeConversation", nothing),
        10 => (agent.as_str(), "requestHelp", json!({ "note": "?" })),
        11 => (agent.as_str(), "acceptOffer", nothing),
        12 => (agent.as_str(), "reopenConversation", nothing),
        13 => (sam, "assignConversation", to),
        14 => (sam, "assignConversation", to_queue),
        15 => (sam, "transferConversation", request),
        16 => (sam, "requeueConversation", nothing),
        17 => (sam, "cancelOffer", nothing),
        18 => (
            floor.gateway.as_str(),
            "receiveCustomerMessage",
            json!({ "text": "Hello?" }),
        ),
        _ => (sam, "forceCloseConversation", nothing),
    };
    if mutation == "forceCloseConversation" {
        ids.remove(number);
    }
    server.mutate(token, mutation, on(&id, extra), "").await;
}

/// Something happens to an agent.
async fn organise(dice: &mut StdRng, floor: &Floor, server: &Server) {
    let who = *one(dice, &PEOPLE);
    let agent = json!({ "agentId": floor.agent(who) });
    let membership = merged(agent.clone(), json!({ "queueId": queue(dice, floor) }));
    let (token, mutation, input) = match dice.random_range(0..8) {
        0..3 => (
            token_of(who),
            "setPresence",
            json!({ "presence": one(dice, &PRESENCES) }),
        ),
        3 => (floor.admin.clone(), "addQueueMember", membership),
        4 => (floor.admin.clone(), "removeQueueMember", membership),
        5 => {
            let units = json!({ "capacity": dice.random_range(1..400) });
            (floor.admin.clone(), "updateAgent", merged(agent, units))
        }
        6 => {
            let name = json!({ "name": format!("{}{who}", one(dice, &["A", "Z", ""])) });
            (floor.admin.clone(), "updateAgent", merged(agent, name))
        }
        _ => (floor.sam.clone(), "drainAgent", agent),
    };
    server.mutate(&token, mutation, input, "").await;
}

/// What a list showed after each message: where, whether it was whole, what.
type History = Vec<(i64, bool, Shown)>;

/// Reads on until nothing has come for a while after the work was done.
async fn listen(mut list: Mirror, done: &watch::Receiver<bool>) -> (Mirror, History) {
    let mut history = vec![(list.position(), true, list.shown.clone())];
    loop {
        let is_done = *done.borrow();
        match list.next_unless_silent().await {
            Some(message) => {
                let whole = message["__typename"] == "AgentsLiveSnapshot";
                history.push((list.position(), whole, list.shown.clone()));
            }
            None if is_done => return (list, history),
            None => {}
        }
    }
}

/// The list as it is taken from the board and the figures, which no other subscriber keeps.
async fn taken(server: &Server, token: &Token, number: usize, of: &Value) -> (i64, Shown) {
    let mut socket = server.socket(&token.sign()).await;
    let mark = format!("n{number}");
    let document = live(&format!("{ROW} {mark}: presence"));
    socket.subscribe(&document, of.clone()).await;
    let message = socket.event().await["agentsLive"].clone();
    socket.close().await;
    let mut rows = message["liveAgents"].as_array().unwrap().clone();
    for row in &mut rows {
        row.as_object_mut().unwrap().remove(&mark);
    }
    let shown = Shown {
        rows,
        total: message["totalCount"].clone(),
    };
    (position(&message["cursor"]), shown)
}

/// How many samples the lists of one storm are compared with, at least, however fast the work is done.
const SAMPLES: usize = 150;

/// Takes the same list again and again while others work.
async fn sample(
    server: &Server,
    queues: Option<&[&str]>,
    first: usize,
    of: &Value,
    done: &watch::Receiver<bool>,
    taken_of_all: &AtomicUsize,
) -> Vec<(i64, Shown)> {
    let mut samples = Vec::new();
    while !*done.borrow() && samples.len() < 100 {
        let number = first + samples.len();
        let token = leads(&format!("s{number}"), queues);
        samples.push(taken(server, &token, number, of).await);
        taken_of_all.fetch_add(1, Relaxed);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    samples
}

fn leads(subject: &str, queues: Option<&[&str]>) -> Token {
    let token = Token::supervisor(subject);
    match queues {
        Some(queues) => token.queues(queues),
        None => token,
    }
}

/// A list had at each place what was taken there.
fn compare(history: &History, samples: &[(i64, Shown)], what: &str) -> usize {
    let mut compared = 0;
    for (position, taken) in samples {
        let next = history.partition_point(|(at, ..)| at <= position);
        // Before it began, or within what a whole list skipped.
        let skipped = history.get(next).is_some_and(|(_, whole, _)| *whole);
        if next == 0 || skipped {
            continue;
        }
        assert_eq!(&history[next - 1].2, taken, "{what} at {position}");
        compared += 1;
    }
    compared
}

/// Every row that there should be, by name, made of everything else that the API shows; all queues are in scope where
/// none are given.
async fn expected(floor: &Floor, queues: Option<&[&str]>) -> BTreeMap<String, Value> {
    all_counted(floor).await;
    let has = |queue: &Value| queues.is_none_or(|these| these.iter().any(|one| queue == one));
    let everything = "query($range: InsightRange!) {
        agents(first: 50) { nodes { id name kind presence queues { id }
            capacity { totalUnits consumedUnits availableUnits } } }
        ongoingConversations(first: 100) { totalCount nodes {
            state queue { id } agent { id kind } pendingOffer { kind agent { id } } help { requestedAt } } }
    }";
    let figures = "query($range: InsightRange!) {
        insights(range: $range, groupBy: AGENT) { rows { agent { id } figures { handleTime { count meanSeconds } } } }
    }";
    let day = floor
        .server
        .clock
        .now()
        .duration_trunc(TimeDelta::days(1))
        .unwrap();
    let range = json!({ "range": { "from": day, "to": day + TimeDelta::days(1) } });
    let everything = everything.replace("query($range: InsightRange!) ", "");
    let data = floor
        .server
        .data(&floor.admin, &everything, json!({}))
        .await;
    let reader = leads("reader", queues).sign();
    let figures = floor.server.data(&reader, figures, range).await;
    let conversations = data["ongoingConversations"]["nodes"].as_array().unwrap();
    assert_eq!(
        data["ongoingConversations"]["totalCount"],
        conversations.len()
    );

    let mut rows = BTreeMap::new();
    for agent in data["agents"]["nodes"].as_array().unwrap() {
        let member_of = agent["queues"].as_array().unwrap();
        if agent["kind"] != "HUMAN" || !member_of.iter().any(|queue| has(&queue["id"])) {
            continue;
        }
        let theirs: Vec<_> = conversations
            .iter()
            .filter(|c| {
                let offered = c["pendingOffer"]["kind"] == "ASSIGNMENT"
                    && c["pendingOffer"]["agent"]["id"] == agent["id"];
                has(&c["queue"]["id"]) && (c["agent"]["id"] == agent["id"] || offered)
            })
            .collect();
        let help = theirs.iter().filter(|c| !c["help"].is_null());
        let handled = figures["insights"]["rows"].as_array().unwrap();
        let handled = handled.iter().find(|row| row["agent"]["id"] == agent["id"]);
        let handled = handled.map(|row| &row["figures"]["handleTime"]);
        let whole = member_of.iter().all(|queue| has(&queue["id"]));
        let row = json!({
            "presence": agent["presence"],
            "capacity": if whole { agent["capacity"].clone() } else { Value::Null },
            "activeConversations": theirs.len(),
            "handles": theirs.iter().any(|c| c["state"] == "ACTIVE" && c["agent"]["id"] == agent["id"]),
            "openHelpRequests": help.count(),
            "handledToday": handled.map_or(json!(0), |handled| handled["count"].clone()),
            "meanMillis": millis(handled.map_or(&Value::Null, |handled| &handled["meanSeconds"])),
        });
        rows.insert(agent["id"].as_str().unwrap().to_owned(), row);
    }
    rows
}

fn millis(seconds: &Value) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation)]
    seconds
        .as_f64()
        .map(|seconds| (seconds * 1e3).round() as i64)
}

/// The rows of a list, as [`expected`] makes them.
fn rows(shown: &Shown) -> BTreeMap<String, Value> {
    let row = |row: &Value| {
        let mut made = row.clone();
        let fields = made.as_object_mut().unwrap();
        for field in [
            "agent",
            "presenceSince",
            "longestHandleSince",
            "meanHandleSecondsToday",
        ] {
            fields.remove(field);
        }
        made["handles"] = json!(!row["longestHandleSince"].is_null());
        made["meanMillis"] = json!(millis(&row["meanHandleSecondsToday"]));
        (row["agent"]["id"].as_str().unwrap().to_owned(), made)
    };
    shown.rows.iter().map(row).collect()
}

async fn storm(seed: u64, floor: &Floor, servers: &[&Server]) {
    let mut dice = StdRng::seed_from_u64(seed);
    let (tell, done) = watch::channel(false);
    let sampled = &AtomicUsize::new(0);
    let own = [
        floor.queue.as_str(),
        &floor.voice_queue,
        &floor.record_queue,
    ];
    let few = [floor.second_queue.as_str()];
    let scopes: [Option<&[&str]>; 3] = [None, Some(&own), Some(&few)];
    let lists: Vec<_> = (0..6)
        .map(|number| (number, part(&mut dice, floor)))
        .collect();
    let watching = lists.iter().map(|(number, of)| {
        let server = servers[number % servers.len()];
        let (queues, done) = (scopes[number % scopes.len()], done.clone());
        async move {
            let token = leads("sam", queues).sign();
            let (list, _) = Mirror::begin(server, &token, of).await;
            let first = 1_000 * (number + 1);
            let told = join(
                listen(list, &done),
                sample(server, queues, first, of, &done, sampled),
            );
            let ((list, history), samples) = told.await;
            let what = format!("seed {seed}, list {number} {of}");
            let last = taken(server, &leads("last", queues), *number, of).await;
            assert_eq!(list.shown, last.1, "{what} at the end");
            compare(&history, &samples, &what)
        }
    });
    let everybody = json!({ "first": 50 });
    let mut all = Vec::new();
    for queues in scopes {
        let token = leads("all", queues).sign();
        all.push(Mirror::begin(servers[0], &token, &everybody).await.0);
    }
    let whole = join_all(all.into_iter().map(|list| listen(list, &done)));
    let work = async {
        join_all((0..4_u64).map(|worker| {
            let mut dice = StdRng::seed_from_u64(seed ^ (worker + 1));
            let server = servers[usize::try_from(worker).unwrap() % servers.len()];
            async move {
                let mut ids = Vec::new();
                let mut done = 0;
                while done < 60 || (sampled.load(Relaxed) < SAMPLES && done < 1_000) {
                    done += 1;
                    floor
                        .server
                        .clock
                        .advance(TimeDelta::milliseconds(dice.random_range(1..900)));
                    if dice.random_bool(0.15) {
                        organise(&mut dice, floor, server).await;
                    } else {
                        act(&mut dice, floor, server, &mut ids).await;
                    }
                }
            }
        }))
        .await;
        tell.send_replace(true);
    };
    let (compared, (whole, ())) = join(join_all(watching), join(whole, work)).await;
    let compared: usize = compared.iter().sum();
    assert!(compared > 30, "only {compared} lists could be compared");
    for (queues, (list, _)) in scopes.into_iter().zip(&whole) {
        assert_eq!(
            rows(&list.shown),
            expected(floor, queues).await,
            "seed {seed}, {queues:?}"
        );
    }
}

/// A floor with more people, an hour after midnight.
async fn floor_on(database: Database) -> Floor {
    let day = Utc::now().duration_trunc(TimeDelta::days(1)).unwrap() + TimeDelta::days(1);
    let clock = Clock::standing_at(day + TimeDelta::hours(1));
    let mut floor = Floor::at(Server::at(database, clock).await).await;
    let (one, two) = (floor.queue.clone(), floor.second_queue.clone());
    for (name, queues) in [
        ("dora", vec![one.clone()]),
        ("eva", vec![one, two.clone()]),
        ("finn", vec![two]),
    ] {
        floor.add_agent(name, "HUMAN", queues).await;
    }
    floor
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_list_has_at_every_place_what_is_taken_there_and_what_the_queries_say() {
    for database in Database::all().await {
        let floor = floor_on(database).await;
        for _ in 0..2 {
            storm(rand::random(), &floor, &[&floor.server]).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn lists_at_two_servers_are_right_while_both_write() {
    let database = Database::postgres().await;
    let floor = floor_on(database.clone()).await;
    let other = Server::at(database, floor.server.clock.clone()).await;
    storm(rand::random(), &floor, &[&floor.server, &other]).await;
}
