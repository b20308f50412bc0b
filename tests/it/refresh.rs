//! A supervisor's token is replaced by another: over a running WebSocket, or by a request that brings
//! one that was not seen before (domain.md section 4; design.md section 4).

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Permission, Role};
use serde_json::{Value, json};

use crate::floor::Floor;
use crate::harness::{Socket, Token, soon};
use crate::servers::pair;
use crate::stage::{CHANGES, TRANSCRIPT, agent, as_of, conversation};

const LOOKS: &str = "runningMonitorSessions { id supervisor tokenExpiresAt joinedAt }";
const ENDED: &str = "monitorSessions { endedBy }";

/// Sam's token for so many days, with every right.
fn token(days: u64) -> Token {
    Token::supervisor("sam").lasting(Duration::from_hours(24 * days))
}

/// What the server says to this token.
async fn offer(socket: &mut Socket, token: &str) -> Value {
    socket
        .send(json!({ "type": "ping", "payload": { "token": token } }))
        .await;
    socket.pong().await["payload"].clone()
}

async fn accepted(socket: &mut Socket, token: &str) {
    assert_eq!(offer(socket, token).await, json!({ "accepted": true }));
}

/// Sam watches what Anna handles, by a token of one day.
async fn watched(floor: &Floor) -> String {
    let id = floor.active("WHATSAPP").await;
    let sam = token(1).sign();
    floor.act(&sam, "monitorConversation", &id, json!({})).await;
    id
}

async fn joined(floor: &Floor) -> String {
    let id = watched(floor).await;
    let sam = token(1).sign();
    floor.act(&sam, "joinConversation", &id, json!({})).await;
    id
}

async fn look(floor: &Floor, id: &str) -> Value {
    let seen = floor.see(&floor.admin, id, LOOKS).await;
    seen["runningMonitorSessions"][0].clone()
}

fn days_left(floor: &Floor, look: &Value) -> i64 {
    let until: DateTime<Utc> = look["tokenExpiresAt"].as_str().unwrap().parse().unwrap();
    let left = until - floor.server.clock.now() + TimeDelta::hours(1);
    left.num_days()
}

async fn has_days(floor: &Floor, id: &str, days: i64) {
    soon("the look has the new token's time", || async {
        let look = look(floor, id).await;
        look.is_object() && days_left(floor, &look) == days
    })
    .await;
}

async fn why_ended(floor: &Floor, id: &str) -> Value {
    let seen = floor.see(&floor.admin, id, ENDED).await;
    seen["monitorSessions"][0]["endedBy"].clone()
}

async fn ends(floor: &Floor, id: &str, reason: &str) {
    soon("the look ends", || async {
        why_ended(floor, id).await == reason
    })
    .await;
    assert_eq!(look(floor, id).await, Value::Null);
}

#[tokio::test]
async fn a_token_that_is_seen_first_takes_over_the_look_however_it_comes() {
    let floor = Floor::new().await;
    let id = watched(&floor).await;
    let before = look(&floor, &id).await;
    assert_eq!(days_left(&floor, &before), 1);
    let audited = "{ auditLog { totalCount } }";
    let entries = floor.server.data(&floor.admin, audited, json!({})).await;
    let version = floor.see(&floor.admin, &id, "version").await;

    // A request.
    floor
        .server
        .data(&token(2).sign(), "{ viewer { subject } }", json!({}))
        .await;
    has_days(&floor, &id, 2).await;
    // A connection.
    let mut socket = floor.server.socket(&token(3).sign()).await;
    has_days(&floor, &id, 3).await;
    // A running connection.
    accepted(&mut socket, &token(4).sign()).await;
    has_days(&floor, &id, 4).await;

    let after = look(&floor, &id).await;
    assert_eq!(after["id"], before["id"]);
    assert_eq!(floor.see(&floor.admin, &id, "version").await, version);
    let now = floor.server.data(&floor.admin, audited, json!({})).await;
    assert_eq!(now, entries, "what is nobody's action is not audited");

    // The earlier ones have ended.
    floor
        .server
        .clock
        .advance(TimeDelta::days(3) + TimeDelta::hours(12));
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(look(&floor, &id).await["id"], before["id"]);
}

#[tokio::test]
async fn a_token_that_a_connection_goes_over_to_takes_over_though_it_was_seen_before() {
    let floor = Floor::new().await;
    let next = token(2).sign();
    let viewer = "{ viewer { subject } }";
    floor.server.data(&next, viewer, json!({})).await;
    let mut socket = floor.server.socket(&token(1).sign()).await;
    let id = watched(&floor).await;
    floor.server.data(&next, viewer, json!({})).await;
    assert_eq!(days_left(&floor, &look(&floor, &id).await), 1);
    accepted(&mut socket, &next).await;
    has_days(&floor, &id, 2).await;
}

#[tokio::test]
async fn tokens_of_others_older_ones_and_ones_that_were_seen_change_nothing() {
    let floor = Floor::new().await;
    let id = joined(&floor).await;
    let before = floor.fingerprint(&id).await;
    let bare = |token: Token| token.permissions(&[]).sign();
    let olga = Token::supervisor("olga").lasting(Duration::from_hours(9 * 24));
    let earlier = Token::supervisor("sam").lasting(Duration::from_hours(12));
    for token in [bare(olga), bare(earlier), token(1).sign()] {
        let asks = "{ viewer { subject } }";
        floor.server.post(&token, asks, json!({})).await;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(floor.fingerprint(&id).await, before);
}

#[tokio::test]
async fn a_look_that_the_new_token_does_not_allow_ends_at_once() {
    let narrower: [fn(&Floor) -> Token; 4] = [
        |_| token(2).permissions(&[Permission::Join, Permission::Assign]),
        |floor| token(2).queues(&[&floor.second_queue]),
        |_| token(2).roles(&[Role::Agent]),
        |_| token(2).roles(&[]),
    ];
    let floor = Floor::new().await;
    for narrow in narrower {
        let id = joined(&floor).await;
        let narrow = narrow(&floor).sign();
        floor
            .server
            .post(&narrow, "{ viewer { subject } }", json!({}))
            .await;
        ends(&floor, &id, "ACCESS_LOST").await;
        let texts = floor.texts(&floor.anna, &id).await.unwrap();
        let told = [
            "A supervisor has joined the conversation.",
            "A supervisor has left the conversation.",
        ];
        assert_eq!(texts, told);
        let seen = floor
            .see(&floor.admin, &id, "state joinedSupervisors")
            .await;
        assert_eq!(seen, json!({ "state": "ACTIVE", "joinedSupervisors": [] }));
    }
}

#[tokio::test]
async fn who_may_only_watch_from_now_on_leaves_and_watches_on() {
    let floor = Floor::new().await;
    let id = joined(&floor).await;
    let mut socket = floor.server.socket(&token(1).sign()).await;
    let watching = token(2).permissions(&[Permission::Monitor]).sign();
    accepted(&mut socket, &watching).await;
    soon("sam has left", || async {
        look(&floor, &id).await["joinedAt"] == Value::Null
    })
    .await;
    assert_eq!(days_left(&floor, &look(&floor, &id).await), 2);
    assert_eq!(why_ended(&floor, &id).await, Value::Null);
    let reads = floor.texts(&watching, &id).await.unwrap();
    assert_eq!(reads.len(), 2);
}

#[tokio::test]
async fn running_subscriptions_go_on_by_the_new_tokens_scope() {
    let floor = Floor::new().await;
    let mut socket = floor.server.socket(&token(1).sign()).await;
    let here = as_of(&floor.server, &floor.sam).await;
    socket.subscribe(CHANGES, json!({ "after": here })).await;
    let first = floor.open("WHATSAPP").await;
    let started = socket.event().await["conversationChanges"].clone();
    assert_eq!(started["conversation"]["id"], json!(first));

    let elsewhere = token(2).queues(&[&floor.second_queue]).sign();
    accepted(&mut socket, &elsewhere).await;
    floor.open("WHATSAPP").await;
    let seen = floor
        .start_with("WHATSAPP", json!({ "queueId": floor.second_queue }))
        .await;
    let next = socket.event().await["conversationChanges"].clone();
    assert_eq!(next["conversation"]["id"], json!(seen));

    // And back, with nothing of what passed meanwhile.
    accepted(&mut socket, &token(3).sign()).await;
    let third = floor.open("WHATSAPP").await;
    let next = socket.event().await["conversationChanges"].clone();
    assert_eq!(next["conversation"]["id"], json!(third));
}

#[tokio::test]
async fn what_the_new_token_does_not_allow_ends_with_its_code_and_the_rest_goes_on() {
    let floor = Floor::new().await;
    let id = watched(&floor).await;
    let mut socket = floor.server.socket(&token(1).sign()).await;
    // Asked by another: a new token of sam's would take the look over.
    let here = as_of(&floor.server, &floor.admin).await;
    let transcript = json!({ "id": id, "after": here });
    let transcript = socket.subscribe(TRANSCRIPT, transcript).await;
    let changes = socket.subscribe(CHANGES, json!({ "after": here })).await;

    let narrower = token(2).permissions(&[Permission::Assign]).sign();
    let ping = json!({ "type": "ping", "payload": { "token": narrower } });
    socket.send(ping).await;
    let (mut ended, mut accepted) = (Vec::new(), false);
    while ended.len() < 2 || !accepted {
        let message = socket.any_message().await;
        let payload = &message["payload"];
        // What the new token does not allow may end before it is said to be accepted.
        if message["type"] == "pong" {
            assert_eq!(payload["accepted"], true);
            accepted = true;
            continue;
        }
        let told = if message["type"] == "error" {
            &payload[0]["extensions"]["code"]
        } else {
            &payload["data"]["conversationChanges"]["change"]["__typename"]
        };
        ended.push((message["id"].clone(), told.clone()));
    }
    assert!(
        ended.contains(&(json!(transcript), json!("NOT_MONITORING"))),
        "{ended:?}"
    );
    assert!(
        ended.contains(&(json!(changes), json!("MonitoringStopped"))),
        "{ended:?}"
    );

    // Its id is free again, and what it asks is refused for the same reason.
    floor
        .act(&floor.anna, "sendMessage", &id, json!({ "text": "Hello." }))
        .await;
    let next = socket.message().await;
    assert_eq!(next["id"], json!(changes));
    let again = json!({ "query": TRANSCRIPT, "variables": { "id": id } });
    socket
        .send(json!({ "id": transcript, "type": "subscribe", "payload": again }))
        .await;
    let refused = socket.message().await;
    assert_eq!(refused["type"], "error");
    assert_eq!(
        refused["payload"][0]["extensions"]["code"],
        "NOT_MONITORING"
    );
}

#[tokio::test]
async fn a_subscription_that_began_at_a_cursor_goes_on_from_where_it_is() {
    let floor = Floor::new().await;
    let id = watched(&floor).await;
    let begin = as_of(&floor.server, &floor.sam).await;
    let mut socket = floor.server.socket(&token(1).sign()).await;
    let after = json!({ "id": id, "after": begin });
    socket.subscribe(TRANSCRIPT, after).await;
    let says = async |text: &str| {
        floor
            .act(&floor.anna, "sendMessage", &id, json!({ "text": text }))
            .await;
    };
    for number in 0..20 {
        says(&number.to_string()).await;
        if number % 4 == 0 {
            accepted_while_events_come(&mut socket, &token(2 + number).sign(), number).await;
        }
    }
    // The rest of what is said, once each and in order, whenever the token was replaced.
    let seen = floor.texts(&floor.sam, &id).await.unwrap();
    assert_eq!(seen.len(), 20);
}

/// Replaces the token, and reads on until the message with this number.
async fn accepted_while_events_come(socket: &mut Socket, token: &str, last: u64) {
    let ping = json!({ "type": "ping", "payload": { "token": token } });
    socket.send(ping).await;
    let mut next = last.saturating_sub(3);
    while next <= last {
        let event = socket.event().await["conversationTranscript"].clone();
        assert_eq!(event["message"]["text"], json!(next.to_string()));
        next += 1;
    }
}

#[tokio::test]
async fn an_agents_connection_counts_on_while_its_token_is_replaced() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let mut socket = floor.server.socket(&floor.anna).await;
    let longer = Token::agent("anna").lasting(Duration::from_hours(400));
    accepted(&mut socket, &longer.sign()).await;
    for _ in 0..3 {
        floor.server.clock.advance(TimeDelta::seconds(100));
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let state = floor
        .see(&floor.admin, &id, "state agent { presence }")
        .await;
    let there = json!({ "state": "ACTIVE", "agent": { "presence": "AVAILABLE" } });
    assert_eq!(state, there);
}

#[tokio::test]
async fn writing_takes_the_right_to_be_there_as_one_is() {
    let floor = Floor::new().await;
    let watching = watched(&floor).await;
    let joined = joined(&floor).await;
    let lacking = |lacks: Permission| {
        let has = Permission::ALL.iter().copied();
        let has: Vec<Permission> = has.filter(|has| *has != lacks).collect();
        // As old as the one that holds the looks, which so go on by that.
        token(1).permissions(&has).sign()
    };
    let text = || json!({ "text": "Look at the order." });
    let can = "viewerCan { send { allowed code } }";
    for (id, needed, other) in [
        (&watching, Permission::Monitor, Permission::Join),
        (&joined, Permission::Join, Permission::Monitor),
    ] {
        let (without, with) = (lacking(needed), lacking(other));
        let code = floor.code(&without, "sendMessage", id, text()).await;
        assert_eq!(code, "PERMISSION_MISSING", "{needed:?}");
        let told = floor.see(&without, id, can).await["viewerCan"]["send"].clone();
        let refused = json!({ "allowed": false, "code": "PERMISSION_MISSING" });
        assert_eq!(told, refused);
        let told = floor.see(&with, id, can).await["viewerCan"]["send"].clone();
        assert_eq!(told, json!({ "allowed": true, "code": null }));
        floor.act(&with, "sendMessage", id, text()).await;
    }
    floor.set(json!({ "supervisorMonitor": false })).await;
    let code = floor
        .code(
            &lacking(Permission::Monitor),
            "sendMessage",
            &watching,
            text(),
        )
        .await;
    assert_eq!(code, "SETTING_DISABLED", "the setting comes first");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn a_token_that_another_server_sees_is_judged_there() {
    let (stage, other) = pair(&["anna"]).await;
    let id = stage.start("WHATSAPP").await;
    stage.act(&agent("anna"), "pickConversation", &id).await;
    stage
        .act(&token(1).sign(), "monitorConversation", &id)
        .await;
    soon("the other server shows it", || async {
        let seen = conversation(&other, &stage.admin, &id, LOOKS).await;
        seen["runningMonitorSessions"][0].is_object()
    })
    .await;
    let narrower = token(2).permissions(&[]).sign();
    other
        .post(&narrower, "{ viewer { subject } }", json!({}))
        .await;
    // By the administrator: a longer token of Sam's would take the look over from the narrower one.
    soon("the look ends", || async {
        let seen = conversation(&stage.server, &stage.admin, &id, ENDED).await;
        seen["monitorSessions"][0]["endedBy"] == "ACCESS_LOST"
    })
    .await;
}
