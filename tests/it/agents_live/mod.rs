//! `agentsLive`: a client that applies its messages has the agents as they are, and what they have to do.

mod days;
pub mod mirror;
mod resume;
mod sight;
mod storm;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use engine::clock::Clock;
use serde_json::{Value, json};

use crate::floor::{Floor, merged};
use crate::harness::{Database, Server, Token};

use mirror::{Mirror, by, kinds, live};

/// A floor whose clock stands still.
async fn standing() -> Floor {
    let clock = Clock::standing_at(Utc::now());
    Floor::at(Server::at(Database::sqlite(), clock).await).await
}

/// A time zone in which it is about noon.
fn noon(floor: &Floor) -> String {
    let hour = i64::from(floor.server.clock.now().hour());
    match 12 - hour {
        ahead @ 0.. => format!("Etc/GMT-{ahead}"),
        behind => format!("Etc/GMT+{}", -behind),
    }
}

/// By name, where it is about noon.
fn plain(floor: &Floor) -> Value {
    json!({ "zone": noon(floor), "first": 10 })
}

async fn list(floor: &Floor, token: &str) -> Mirror {
    Mirror::begin(&floor.server, token, &plain(floor)).await.0
}

async fn update(floor: &Floor, mutation: &str, input: Value) {
    floor.server.done(&floor.admin, mutation, input, "").await;
}

fn instant(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

/// The next message's kinds.
async fn next(list: &mut Mirror) -> Vec<String> {
    kinds(&list.next().await)
}

/// Whoever subscribes now is shown the same.
async fn agrees(floor: &Floor, token: &str, list: &Mirror, of: &Value) {
    let (now, _) = Mirror::begin(&floor.server, token, of).await;
    assert_eq!(list.shown, now.shown);
}

#[tokio::test]
async fn a_row_follows_what_its_agent_does() {
    let floor = standing().await;
    let (mut sam, first) = Mirror::begin(&floor.server, &floor.sam, &plain(&floor)).await;
    assert_eq!(first["__typename"], "AgentsLiveSnapshot");
    assert_eq!(first["snapshotReason"], "STARTED");
    assert_eq!(
        sam.shown.names(),
        ["anna", "bert"],
        "carl is in no queue, and robo no person"
    );
    assert_eq!(sam.shown.total, 2);
    let row = sam.shown.of("anna").clone();
    assert_eq!(row["presence"], "AVAILABLE");
    assert_eq!(
        instant(&row["presenceSince"]),
        floor.server.clock.now(),
        "since it was set"
    );
    assert_eq!(row["capacity"]["consumedUnits"], 0);
    for none in ["activeConversations", "openHelpRequests", "handledToday"] {
        assert_eq!(row[none], 0, "{none}");
    }
    for null in ["longestHandleSince", "meanHandleSecondsToday"] {
        assert_eq!(row[null], Value::Null, "{null}");
    }

    floor.server.clock.advance(TimeDelta::seconds(10));
    floor.presence(&floor.anna, "BUSY").await;
    let message = sam.next().await;
    assert_eq!(kinds(&message), ["Updated 0"]);
    let row = sam.shown.of("anna");
    assert_eq!(row["presence"], "BUSY");
    assert_eq!(row["presenceSince"], message["committedAt"]);

    let id = floor.open("WHATSAPP").await;
    floor
        .act(&floor.anna, "pickConversation", &id, json!({}))
        .await;
    let picked = sam.next().await;
    assert_eq!(kinds(&picked), ["Updated 0"], "an open one concerns nobody");
    let row = sam.shown.of("anna");
    assert_eq!(row["activeConversations"], 1);
    assert_eq!(row["longestHandleSince"], picked["committedAt"]);
    assert_eq!(
        row["capacity"]["consumedUnits"],
        floor.consumed("anna").await
    );
    assert!(floor.consumed("anna").await > 0);

    floor.server.clock.advance(TimeDelta::seconds(30));
    let note = json!({ "note": "May I refund this?" });
    floor.act(&floor.anna, "requestHelp", &id, note).await;
    assert_eq!(next(&mut sam).await, ["Updated 0"]);
    assert_eq!(sam.shown.of("anna")["openHelpRequests"], 1);
    floor.act(&floor.anna, "cancelHelp", &id, json!({})).await;
    assert_eq!(next(&mut sam).await, ["Updated 0"]);
    assert_eq!(sam.shown.of("anna")["openHelpRequests"], 0);

    floor
        .act(&floor.anna, "endConversation", &id, json!({}))
        .await;
    assert_eq!(next(&mut sam).await, ["Updated 0"]);
    let row = sam.shown.of("anna");
    assert_eq!(row["handledToday"], 1);
    assert_eq!(row["meanHandleSecondsToday"], 30.0);
    assert_eq!(row["longestHandleSince"], Value::Null);
    assert_eq!(row["activeConversations"], 1, "she has after-work to do");
    floor
        .act(&floor.anna, "closeConversation", &id, json!({}))
        .await;
    assert_eq!(next(&mut sam).await, ["Updated 0"]);
    assert_eq!(sam.shown.of("anna")["activeConversations"], 0);
    assert_eq!(sam.shown.of("anna")["capacity"]["consumedUnits"], 0);
    agrees(&floor, &floor.sam, &sam, &plain(&floor)).await;
}

#[tokio::test]
async fn the_longest_handle_is_the_oldest_and_a_transfer_concerns_two() {
    let floor = standing().await;
    let mut sam = list(&floor, &floor.sam).await;
    let mut since = Vec::new();
    let mut ids = Vec::new();
    for _ in 0..2 {
        floor.server.clock.advance(TimeDelta::seconds(5));
        ids.push(floor.active("WHATSAPP").await);
        since.push(sam.next().await["committedAt"].clone());
    }
    assert_eq!(sam.shown.of("anna")["longestHandleSince"], since[0]);
    // Two have something else to do by one event.
    let bert = json!({ "agentId": floor.agent("bert"), "overrideCapacity": true });
    floor
        .act(&floor.sam, "transferConversation", &ids[0], bert)
        .await;
    assert_eq!(
        next(&mut sam).await,
        ["Updated 1"],
        "his capacity is reserved"
    );
    floor.server.clock.advance(TimeDelta::seconds(5));
    floor
        .act(&floor.bert, "acceptOffer", &ids[0], json!({}))
        .await;
    let mut accepted = next(&mut sam).await;
    accepted.sort();
    assert_eq!(accepted, ["Updated 0", "Updated 1"]);
    assert_eq!(sam.shown.of("anna")["longestHandleSince"], since[1]);
    assert_eq!(sam.shown.of("anna")["handledToday"], 1);
    assert_eq!(sam.shown.of("bert")["activeConversations"], 1);
    // What is set aside is not handled.
    floor
        .act(&floor.anna, "setAsideConversation", &ids[1], json!({}))
        .await;
    next(&mut sam).await;
    let row = sam.shown.of("anna");
    assert_eq!(row["longestHandleSince"], Value::Null);
    assert_eq!(
        (&row["activeConversations"], &row["handledToday"]),
        (&json!(1), &json!(2))
    );
    agrees(&floor, &floor.sam, &sam, &plain(&floor)).await;
}

#[tokio::test]
async fn an_order_moves_rows_and_only_the_first_are_shown() {
    let mut floor = standing().await;
    let queues = vec![floor.queue.clone()];
    floor.add_agent("dora", "HUMAN", queues).await;
    let busiest = merged(plain(&floor), by("LOAD", "DESC", 2));
    let (mut sam, _) = Mirror::begin(&floor.server, &floor.sam, &busiest).await;
    assert_eq!(sam.shown.names(), ["anna", "bert"], "the oldest first");
    assert_eq!(sam.shown.total, 3);
    let id = floor.open("WHATSAPP").await;
    let dora = Token::agent("dora").sign();
    floor.act(&dora, "pickConversation", &id, json!({})).await;
    assert_eq!(next(&mut sam).await, ["Left PUSHED_OUT", "Entered 0"]);
    assert_eq!(sam.shown.names(), ["dora", "anna"]);
    for _ in 0..2 {
        floor.active("SMS").await;
        sam.next().await;
    }
    assert_eq!(sam.shown.names(), ["anna", "dora"]);
    agrees(&floor, &floor.sam, &sam, &busiest).await;
    floor.act(&dora, "endConversation", &id, json!({})).await;
    floor.act(&dora, "closeConversation", &id, json!({})).await;
    sam.next().await;
    sam.next().await;
    assert_eq!(sam.shown.names(), ["anna", "bert"]);

    for (field, direction, names) in [
        ("NAME", "ASC", ["anna", "bert", "dora"]),
        ("NAME", "DESC", ["dora", "bert", "anna"]),
        ("HANDLED_TODAY", "DESC", ["dora", "anna", "bert"]),
        ("LONGEST_HANDLE", "DESC", ["anna", "bert", "dora"]),
        ("LONGEST_HANDLE", "ASC", ["anna", "bert", "dora"]),
        ("LOAD", "ASC", ["bert", "dora", "anna"]),
    ] {
        let of = merged(plain(&floor), by(field, direction, 5));
        let (list, _) = Mirror::begin(&floor.server, &floor.sam, &of).await;
        assert_eq!(list.shown.names(), names, "{field} {direction}");
    }
    floor.server.clock.advance(TimeDelta::seconds(1));
    floor.presence(&floor.anna, "BUSY").await;
    let of = merged(plain(&floor), by("PRESENCE", "ASC", 5));
    let (list, _) = Mirror::begin(&floor.server, &floor.sam, &of).await;
    assert_eq!(list.shown.names(), ["bert", "dora", "anna"]);
}

#[tokio::test]
async fn a_filter_lets_agents_go_and_come() {
    let floor = standing().await;
    let of = |filter: Value| merged(plain(&floor), json!({ "filter": filter }));
    let free = of(json!({ "presences": ["AVAILABLE"] }));
    let asking = of(json!({ "asksForHelp": true }));
    let named = of(json!({ "text": "AN" }));
    let elsewhere = of(json!({ "queueIds": [floor.second_queue] }));
    let mut lists = Vec::new();
    for of in [&free, &asking, &named, &elsewhere] {
        lists.push(Mirror::begin(&floor.server, &floor.sam, of).await.0);
    }
    let names: Vec<_> = lists.iter().map(|list| list.shown.names()).collect();
    assert_eq!(names, [vec!["anna", "bert"], vec![], vec!["anna"], vec![]]);
    let [mut free, mut asking, mut named, mut elsewhere] =
        <[Mirror; 4]>::try_from(lists).ok().unwrap();

    floor.presence(&floor.anna, "AWAY").await;
    let left = free.next().await;
    assert_eq!(kinds(&left), ["Left NO_LONGER_MATCHES"]);
    assert_eq!(left["totalCount"], 1);
    floor.presence(&floor.anna, "AVAILABLE").await;
    assert_eq!(next(&mut free).await, ["Entered 0"]);
    floor.asked_for_help().await;
    assert_eq!(next(&mut asking).await, ["Entered 0"]);
    for _ in 0..4 {
        named.next().await;
    }
    let anna = json!({ "agentId": floor.agent("anna"), "name": "Hanna" });
    update(&floor, "updateAgent", anna).await;
    assert_eq!(next(&mut named).await, ["Left NO_LONGER_MATCHES"]);
    let there = json!({ "agentId": floor.agent("bert"), "queueId": floor.second_queue });
    update(&floor, "addQueueMember", there.clone()).await;
    assert_eq!(next(&mut elsewhere).await, ["Entered 0"]);
    update(&floor, "removeQueueMember", there).await;
    assert_eq!(next(&mut elsewhere).await, ["Left NO_LONGER_MATCHES"]);
}

#[tokio::test]
async fn agents_are_made_renamed_given_units_and_deleted() {
    let mut floor = standing().await;
    let mut sam = list(&floor, &floor.sam).await;
    let queues = vec![floor.queue.clone()];
    floor.add_agent("aaron", "HUMAN", queues.clone()).await;
    assert_eq!(next(&mut sam).await, ["Entered 0"]);
    assert_eq!(next(&mut sam).await, ["Updated 0"], "they are AVAILABLE");
    floor.add_agent("bot", "BOT", queues).await;
    let aaron = floor.agent("aaron");
    update(
        &floor,
        "updateAgent",
        json!({ "agentId": aaron, "name": "Zoe" }),
    )
    .await;
    assert_eq!(next(&mut sam).await, ["Moved 2"], "a bot is none");
    update(
        &floor,
        "updateAgent",
        json!({ "agentId": aaron, "capacity": 7 }),
    )
    .await;
    assert_eq!(next(&mut sam).await, ["Updated 2"]);
    assert_eq!(sam.shown.of("Zoe")["capacity"]["totalUnits"], 7);
    update(
        &floor,
        "updateQueue",
        json!({ "queueId": floor.queue, "name": "Chats" }),
    )
    .await;
    assert_eq!(
        next(&mut sam).await,
        ["Updated 0", "Updated 1", "Updated 2"],
        "their queues are shown by their names"
    );
    // Whoever is deleted is first in no queue any more.
    let mut admin = list(&floor, &floor.admin).await;
    update(&floor, "deleteAgent", json!({ "agentId": aaron })).await;
    let left = sam.next().await;
    assert_eq!(kinds(&left), ["Left NO_LONGER_VISIBLE"]);
    assert_eq!(
        (&left["totalCount"], &left["changes"][0]["agentId"]),
        (&json!(2), &json!(aaron))
    );
    assert_eq!(
        admin.shown.names(),
        ["anna", "bert", "carl", "Zoe"],
        "in whatever queue they are, or in none"
    );
    assert_eq!(next(&mut admin).await, ["Updated 3"]);
    assert_eq!(next(&mut admin).await, ["Left DELETED"]);
    agrees(&floor, &floor.sam, &sam, &plain(&floor)).await;
}

#[tokio::test]
async fn an_agent_is_drained_and_signs_out() {
    let floor = standing().await;
    floor.active("WHATSAPP").await;
    floor.active("SMS").await;
    floor.server.clock.advance(TimeDelta::seconds(20));
    let mut sam = list(&floor, &floor.sam).await;
    let drain = json!({ "agentId": floor.agent("anna"), "goOffline": true });
    floor.server.done(&floor.sam, "drainAgent", drain, "").await;
    // One event after another: the presence, and each conversation.
    for _ in 0..3 {
        assert_eq!(next(&mut sam).await, ["Updated 0"]);
    }
    let row = sam.shown.of("anna");
    assert_eq!(row["presence"], "OFFLINE");
    assert_eq!(instant(&row["presenceSince"]), floor.server.clock.now());
    assert_eq!(
        (
            &row["activeConversations"],
            &row["handledToday"],
            &row["meanHandleSecondsToday"]
        ),
        (&json!(0), &json!(2), &json!(20.0))
    );
    agrees(&floor, &floor.sam, &sam, &plain(&floor)).await;

    // Bert's connection is cut, and his grace time passes.
    let id = floor.open("WHATSAPP").await;
    floor
        .act(&floor.bert, "pickConversation", &id, json!({}))
        .await;
    assert_eq!(next(&mut sam).await, ["Updated 1"]);
    signs_out(&floor, "bert").await;
    for _ in 0..2 {
        assert_eq!(next(&mut sam).await, ["Updated 1"]);
    }
    let row = sam.shown.of("bert");
    assert_eq!(
        (&row["presence"], &row["activeConversations"]),
        (&json!("OFFLINE"), &json!(0))
    );
}

/// The agent's connection ends, and nobody comes back.
async fn signs_out(floor: &Floor, agent: &str) {
    let presence = async || {
        let query = "query($id: ID!) { node(id: $id) { ... on Agent { presence } } }";
        let asked = json!({ "id": floor.agent(agent) });
        let data = floor.server.data(&floor.sam, query, asked).await;
        data["node"]["presence"].clone()
    };
    // A connection that was too short to be noticed is none.
    for _ in 0..20 {
        let mut socket = floor.server.socket(&Token::agent(agent).sign()).await;
        let notifications = "subscription { notifications { __typename } }";
        socket.subscribe(notifications, json!({})).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        socket.close().await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        floor.server.clock.advance(TimeDelta::seconds(200));
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        if presence().await == "OFFLINE" {
            return;
        }
    }
    panic!("{agent} is not signed out");
}

/// Why it is refused.
async fn refusal(floor: &Floor, token: &str, of: &Value) -> Value {
    let mut socket = floor.server.socket(token).await;
    socket.subscribe(&live("presence"), of.clone()).await;
    let message = socket.message().await;
    assert_eq!(message["type"], "error", "{of}: {message}");
    message["payload"][0]["extensions"]["code"].clone()
}

#[tokio::test]
async fn what_does_not_fit_or_is_not_allowed_is_refused() {
    let floor = Floor::new().await;
    for (of, code) in [
        (json!({ "after": "nonsense" }), "CURSOR_INVALID"),
        (json!({ "first": -1 }), "INVALID_INPUT"),
        (json!({ "first": 101 }), "LIMIT_EXCEEDED"),
        (json!({ "zone": "Atlantis" }), "INVALID_INPUT"),
        (json!({ "filter": { "text": " " } }), "INVALID_INPUT"),
        (
            json!({ "filter": { "queueIds": ["queue_x"] } }),
            "INVALID_INPUT",
        ),
    ] {
        assert_eq!(refusal(&floor, &floor.sam, &of).await, code, "{of}");
    }
    for token in [&floor.anna, &floor.gateway] {
        let code = refusal(&floor, token, &json!({})).await;
        assert_eq!(code, "ROLE_REQUIRED");
    }
}

#[tokio::test]
async fn without_figures_by_agent_there_is_no_list() {
    let floor = Floor::new().await;
    let mut running = Vec::new();
    for token in [&floor.sam, &floor.admin] {
        running.push(list(&floor, token).await);
    }
    floor.set(json!({ "supervisorAssign": false })).await;
    floor.set(json!({ "agentInsights": false })).await;
    for list in &mut running {
        let message = list.socket.message().await;
        assert_eq!(message["type"], "error", "{message}");
        let code = &message["payload"][0]["extensions"]["code"];
        assert_eq!(code, "SETTING_DISABLED");
    }
    for token in [&floor.sam, &floor.admin] {
        assert_eq!(
            refusal(&floor, token, &json!({})).await,
            json!("SETTING_DISABLED")
        );
    }
    floor.set(json!({ "agentInsights": true })).await;
    assert_eq!(
        list(&floor, &floor.sam).await.shown.names(),
        ["anna", "bert"]
    );
}
