//! Many people at work at once, by chance: every live list is right after every message, whatever it
//! filters and orders by.

use std::time::Duration;

use futures_util::future::{join, join_all};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use super::mirror::{Mirror, Shown, asked};
use crate::floor::{Floor, merged, on};
use crate::harness::{Database, Server, Token};

/// What a row shows of itself. Names beside it are as they are when a message is made.
const ROW: &str = "state version waitingSince lastActivityAt startedAt queue { id } agent { id }
    sentiment { level } attention { attentionReason since } unansweredSince";

const CHANNELS: [&str; 3] = ["WHATSAPP", "LIVE_CHAT", "SMS"];
const STATES: [&str; 4] = ["OPEN", "ACTIVE", "WAITING", "WRAP_UP"];
const TEXTS: [&str; 3] = [
    "This is the worst service ever, I am furious!",
    "Where is my order?",
    "Wonderful, thank you so much, this is great!",
];
const FIELDS: [&str; 5] = [
    "WAITING_TIME",
    "STARTED_AT",
    "SENTIMENT",
    "LAST_ACTIVITY_AT",
    "ATTENTION",
];

/// One of these.
fn one<'t, T>(dice: &mut StdRng, these: &'t [T]) -> &'t T {
    these.choose(dice).unwrap()
}

/// A part of the view, by chance.
fn part(dice: &mut StdRng, floor: &Floor) -> Value {
    let filter = match dice.random_range(0..8) {
        0 => json!({ "states": [one(dice, &STATES), one(dice, &STATES)] }),
        1 => json!({ "channels": [one(dice, &CHANNELS)] }),
        2 => json!({ "queueIds": [one(dice, &[&floor.queue, &floor.second_queue])] }),
        3 => json!({ "agentIds": [floor.agent(["anna", "bert"][dice.random_range(0..2)])] }),
        4 => json!({ "unassigned": dice.random_bool(0.5) }),
        5 => json!({ "needsAttention": dice.random_bool(0.5) }),
        6 => json!({ "text": "ad" }),
        _ => json!({}),
    };
    let direction = one(dice, &["ASC", "DESC"]);
    let order = json!({ "field": one(dice, &FIELDS), "direction": direction });
    json!({ "filter": filter, "order": order, "first": dice.random_range(0..8) })
}

/// Something that somebody tries; whether it is refused does not matter.
async fn act(dice: &mut StdRng, floor: &Floor, server: &Server, ids: &mut Vec<String>) {
    if ids.is_empty() || dice.random_bool(0.15) {
        let name = one(dice, &["Ada", "Adam", "Bob"]);
        let key = dice.random_range(0..6).to_string();
        let channel = one(dice, &CHANNELS);
        let customer = json!({ "customer": { "key": key, "name": name } });
        let input = merged(floor.start_input(channel), customer);
        let fields = "conversation { id }";
        let made = server.mutate(&floor.gateway, "startConversation", input, fields);
        ids.extend(made.await["conversation"]["id"].as_str().map(str::to_owned));
        return;
    }
    let id = one(dice, ids).clone();
    let agent = one(dice, &[&floor.anna, &floor.bert]).as_str();
    let said = json!({ "text": one(dice, &TEXTS) });
    let queue = [&floor.queue, &floor.second_queue][dice.random_range(0..2)];
    let to_queue = json!({ "target": { "queueId": queue } });
    let nothing = json!({});
    let (token, mutation, extra) = match dice.random_range(0..16) {
        0..4 => (floor.gateway.as_str(), "receiveCustomerMessage", said),
        4..6 => (agent, "pickConversation", nothing),
        6 => (
            agent,
            "sendMessage",
            merged(said, json!({ "visibility": "INTERNAL" })),
        ),
        7 => (
            agent,
            "sendMessage",
            merged(said, json!({ "visibility": "PUBLIC" })),
        ),
        8 => (agent, "setAsideConversation", nothing),
        9 => (agent, "releaseConversation", nothing),
        10 => (agent, "endConversation", nothing),
        11 => (agent, "closeConversation", nothing),
        12 => (floor.sam.as_str(), "assignConversation", floor.to("bert")),
        13 => (floor.sam.as_str(), "assignConversation", to_queue),
        14 => (floor.sam.as_str(), "monitorConversation", nothing),
        _ if ids.len() > 12 => (floor.sam.as_str(), "forceCloseConversation", nothing),
        _ => (agent, "acceptOffer", nothing),
    };
    server.mutate(token, mutation, on(&id, extra), "").await;
}

/// The agent anna ceases to be a member, or is one again.
async fn membership(dice: &mut StdRng, floor: &Floor, server: &Server) {
    let mutation = one(dice, &["addQueueMember", "removeQueueMember"]);
    let input = json!({ "agentId": floor.agent("anna"), "queueId": floor.queue });
    server.mutate(&floor.admin, mutation, input, "").await;
}

/// What a list showed after each message: where, whether it was whole, what.
type History = Vec<(i64, bool, Shown)>;

/// Reads on until nothing has come for a while after the work was done.
async fn listen(
    mut list: Mirror,
    first: Value,
    done: &tokio::sync::watch::Receiver<bool>,
) -> (Mirror, History) {
    let whole = |message: &Value| message["__typename"] == "OngoingSnapshot";
    let mut history = vec![(list.position(), whole(&first), list.shown.clone())];
    loop {
        let is_done = *done.borrow();
        match list.next_unless_silent().await {
            Some(message) => history.push((list.position(), whole(&message), list.shown.clone())),
            None if is_done => return (list, history),
            None => {}
        }
    }
}

/// Asks for the same while others work.
async fn sample(
    server: &Server,
    token: &str,
    of: &Value,
    done: &tokio::sync::watch::Receiver<bool>,
) -> Vec<(i64, Shown)> {
    let mut samples = Vec::new();
    while !*done.borrow() {
        samples.push(asked(server, token, ROW, of).await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    samples
}

/// A list had at each place what was answered there.
fn compare(history: &History, samples: &[(i64, Shown)], what: &str) -> usize {
    let mut compared = 0;
    for (position, answered) in samples {
        let next = history.partition_point(|(at, ..)| at <= position);
        // Before it began, or within what a whole list skipped.
        let skipped = history.get(next).is_some_and(|(_, whole, _)| *whole);
        if next == 0 || skipped {
            continue;
        }
        assert_eq!(&history[next - 1].2, answered, "{what} at {position}");
        compared += 1;
    }
    compared
}

async fn storm(seed: u64, floor: &Floor, servers: &[&Server]) {
    let mut dice = StdRng::seed_from_u64(seed);
    let (tell, done) = tokio::sync::watch::channel(false);
    let mut ids = Vec::new();
    for _ in 0..40 {
        act(&mut dice, floor, servers[0], &mut ids).await;
    }
    let few = Token::supervisor("few")
        .queues(&[&floor.second_queue])
        .sign();
    let tokens = [
        &floor.sam,
        &floor.sam,
        &few,
        &floor.anna,
        &floor.gateway,
        &floor.admin,
    ];
    let lists = (0..12).map(|number| {
        (
            number,
            tokens[number % tokens.len()],
            part(&mut dice, floor),
        )
    });
    let lists: Vec<_> = lists.collect();
    let watch = lists.iter().map(|(number, token, of)| {
        let (server, done) = (servers[number % servers.len()], done.clone());
        async move {
            let (list, first) = Mirror::begin(server, token, ROW, of).await;
            let (told, samples) =
                join(listen(list, first, &done), sample(server, token, of, &done)).await;
            let (list, history) = told;
            let what = format!("seed {seed}, list {number} {of}");
            let (_, shown) = asked(server, token, ROW, of).await;
            assert_eq!(list.shown, shown, "{what} at the end");
            compare(&history, &samples, &what)
        }
    });
    let work = async {
        join_all((0..4).map(|worker| {
            let mut dice = StdRng::seed_from_u64(seed ^ (worker + 1));
            let (server, mut ids) = (
                servers[usize::try_from(worker).unwrap() % servers.len()],
                ids.clone(),
            );
            async move {
                for _ in 0..60 {
                    act(&mut dice, floor, server, &mut ids).await;
                    if dice.random_bool(0.02) {
                        membership(&mut dice, floor, server).await;
                    }
                }
            }
        }))
        .await;
        tell.send_replace(true);
    };
    let (compared, ()) = join(join_all(watch), work).await;
    let compared: usize = compared.iter().sum();
    assert!(compared > 50, "only {compared} answers could be compared");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_list_has_at_every_place_what_the_view_answers_there() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        for _ in 0..2 {
            storm(rand::random(), &floor, &[&floor.server]).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn lists_at_two_servers_are_right_while_both_write() {
    let database = Database::postgres().await;
    let floor = Floor::on(database.clone()).await;
    let other = Server::at(database, floor.server.clock.clone()).await;
    storm(rand::random(), &floor, &[&floor.server, &other]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn a_list_goes_on_at_another_server() {
    let database = Database::postgres().await;
    let floor = Floor::on(database.clone()).await;
    let other = Server::at(database, floor.server.clock.clone()).await;
    let of = json!({ "first": 5 });
    let (mut there, _) = Mirror::begin(&other, &floor.sam, ROW, &of).await;
    let (mut list, _) = Mirror::begin(&floor.server, &floor.sam, ROW, &of).await;
    for round in 0..10 {
        floor.open("WHATSAPP").await;
        list.next().await;
        // At once, whether or not the other server has it already.
        let (at, token) = if round % 2 == 0 {
            (&other, &floor.sam)
        } else {
            (&floor.server, &floor.sam)
        };
        list = list.resumed(at, token, ROW, &of).await;
        let here = list.position();
        floor.open("WHATSAPP").await;
        let before = list.shown.clone();
        let message = list.next().await;
        if at.url == other.url {
            assert_eq!(
                message["__typename"], "OngoingChanges",
                "somebody there keeps it"
            );
            assert_eq!(list.position(), here + 1);
            assert_ne!(list.shown, before);
        } else if message["__typename"] == "OngoingSnapshot" {
            assert_eq!(
                message["snapshotReason"], "NOT_RESUMABLE",
                "nobody here does"
            );
        }
    }
    let (last, shown) = asked(&floor.server, &floor.sam, ROW, &of).await;
    there.until(last).await;
    assert_eq!(there.shown, shown);
}

impl Mirror {
    /// The next message, taken in, or none when the server is silent.
    async fn next_unless_silent(&mut self) -> Option<Value> {
        let message = self.socket.next_unless_silent().await?;
        assert_eq!(message["type"], "next", "{message}");
        let message = message["payload"]["data"]["ongoingConversationsLive"].clone();
        self.take(&message);
        Some(message)
    }
}
