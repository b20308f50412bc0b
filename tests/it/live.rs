//! Live data: what a subscriber gets is the log, in order, nothing missing and nothing twice, and
//! never what they may not know of (domain.md sections 3, 4 and 7; design.md section 4).

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Database, Socket, Token};
use crate::stage::{CHANGES, Stage, TRANSCRIPT, agent, as_of, on, position, read_until, with};

const SENTIMENT: &str = "subscription($after: LogCursor) { sentimentChanges(after: $after) { cursor from to conversation { id } } }";

/// The positions in the table after this one of events that are about conversations and of this
/// kind, if one is named.
async fn logged(stage: &Stage, after: i64, kind: Option<&str>) -> Vec<i64> {
    let events = stage.events().await.into_iter();
    events
        .filter(|event| event.position > after && event.conversation_id.is_some())
        .filter(|event| kind.is_none_or(|kind| event.kind == kind))
        .map(|event| event.position)
        .collect()
}

fn positions(seen: &[(i64, Value)]) -> Vec<i64> {
    seen.iter().map(|(position, _)| *position).collect()
}

/// Customers write, well and badly in turn, in each of these conversations at once.
async fn chatter(stage: &Stage, conversations: &[String], rounds: usize) {
    join_all(conversations.iter().map(|conversation| async move {
        for round in 0..rounds {
            let text = match round % 2 {
                0 => "This is the worst service ever, I am furious!",
                _ => "Thank you so much, that is wonderful, I am very happy!",
            };
            for _ in 0..4 {
                stage.customer_writes(conversation, text).await;
            }
        }
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn query_then_subscribe_misses_nothing_and_repeats_nothing_while_writers_race() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let mut conversations = Vec::new();
        for _ in 0..3 {
            conversations.push(stage.start("WHATSAPP").await);
        }
        let first = &conversations[0];
        stage.act(&agent("anna"), "pickConversation", first).await;
        stage
            .act(&stage.supervisor, "monitorConversation", first)
            .await;

        let readers = async {
            let mut sockets = Vec::new();
            for _ in 0..6 {
                let mut socket = stage.server.socket(&stage.supervisor).await;
                let cursor = as_of(&stage.server, &stage.supervisor).await;
                // What is written between the answer and the subscription must not be lost.
                tokio::time::sleep(Duration::from_millis(7)).await;
                let after = position(&json!(cursor));
                let subscriptions = [CHANGES, SENTIMENT, TRANSCRIPT];
                let query = subscriptions[sockets.len() % 3];
                let mut variables = json!({ "after": cursor });
                if query == TRANSCRIPT {
                    variables["id"] = json!(first);
                }
                socket.subscribe(query, variables).await;
                sockets.push((socket, after));
            }
            sockets
        };
        let (sockets, ()) = tokio::join!(readers, chatter(&stage, &conversations, 8));
        for (i, (mut socket, after)) in sockets.into_iter().enumerate() {
            let (field, kind) = [
                ("conversationChanges", None),
                ("sentimentChanges", Some("SentimentChanged")),
                ("conversationTranscript", Some("MessagePosted")),
            ][i % 3];
            let mut expected = logged(&stage, after, kind).await;
            if field == "conversationTranscript" {
                let events = stage.events().await;
                expected.retain(|position| {
                    let event = &events[usize::try_from(position - 1).unwrap()];
                    event.conversation_id.unwrap().to_string() == *first
                });
            }
            let seen = read_until(&mut socket, field, *expected.last().unwrap()).await;
            assert_eq!(positions(&seen), expected, "{field}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_that_is_killed_ten_times_and_resumes_has_the_whole_log_once_and_in_order() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let begin = as_of(&stage.server, &stage.supervisor).await;
        let mut conversations = Vec::new();
        for _ in 0..3 {
            conversations.push(stage.start("WHATSAPP").await);
        }
        let subscriber = async {
            let (mut cursor, mut seen) = (json!(begin), Vec::new());
            for life in 0..10 {
                let mut socket = stage.server.socket(&stage.supervisor).await;
                socket.subscribe(CHANGES, json!({ "after": cursor })).await;
                for _ in 0..=(life % 4) * 5 {
                    let event = socket.event().await["conversationChanges"].clone();
                    cursor = event["cursor"].clone();
                    seen.push((position(&cursor), event));
                }
                // Dropped without a close, with events on their way.
                drop(socket);
            }
            (cursor, seen)
        };
        let ((cursor, mut seen), ()) =
            tokio::join!(subscriber, chatter(&stage, &conversations, 10));
        let expected = logged(&stage, position(&json!(begin)), None).await;
        let mut socket = stage.server.socket(&stage.supervisor).await;
        socket.subscribe(CHANGES, json!({ "after": cursor })).await;
        let last = *expected.last().unwrap();
        seen.extend(read_until(&mut socket, "conversationChanges", last).await);
        assert_eq!(positions(&seen), expected);
    }
}

#[tokio::test]
async fn two_sockets_see_the_same_and_each_event_has_the_conversation_as_it_was() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let begin = as_of(&stage.server, &stage.supervisor).await;
        let mut early = stage.server.socket(&stage.supervisor).await;
        early.subscribe(CHANGES, json!({ "after": begin })).await;
        let conversation = stage.start("LIVE_CHAT").await;
        for step in ["pickConversation", "endConversation", "closeConversation"] {
            stage.act(&agent("anna"), step, &conversation).await;
        }
        let last = stage.events().await.last().unwrap().position;
        let live = read_until(&mut early, "conversationChanges", last).await;
        let mut late = stage.server.socket(&stage.supervisor).await;
        late.subscribe(CHANGES, json!({ "after": begin })).await;
        let replayed = read_until(&mut late, "conversationChanges", last).await;
        assert_eq!(live, replayed);
        let states: Vec<_> = replayed
            .iter()
            .map(|(_, event)| {
                let then = &event["conversation"];
                (
                    event["change"]["__typename"].as_str().unwrap(),
                    then["state"].as_str().unwrap(),
                    then["version"].as_i64().unwrap(),
                )
            })
            .collect();
        assert_eq!(
            states,
            [
                ("ConversationStarted", "OPEN", 1),
                ("Picked", "ACTIVE", 2),
                ("MovedToWrapUp", "WRAP_UP", 3),
                ("Closed", "CLOSED", 4),
            ]
        );
    }
}

#[tokio::test]
async fn a_conversation_that_moves_out_of_scope_is_taken_off_one_list_and_put_on_the_other() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let elsewhere = stage.queue("Elsewhere").await;
    let here = stage.organisation.queue.clone();
    let token = |name: &str, queue: &str| Token::supervisor(name).queues(&[queue]).sign();
    let (sue, sid) = (token("sue", &here), token("sid", &elsewhere));
    let begin = as_of(&stage.server, &sue).await;
    let conversation = stage.start("LIVE_CHAT").await;
    let here = json!({ "after": as_of(&stage.server, &sue).await });
    let mut sockets = Vec::new();
    for token in [&sue, &sid] {
        let mut socket = stage.server.socket(token).await;
        socket.subscribe(CHANGES, here.clone()).await;
        sockets.push(socket);
    }
    let input = with(
        on(&conversation),
        json!({ "target": { "queueId": elsewhere } }),
    );
    let moved = stage
        .server
        .done(&sue, "assignConversation", input, "conversation { id }")
        .await;
    assert_eq!(moved["conversation"], Value::Null);

    let left = sockets[0].event().await["conversationChanges"].clone();
    assert_eq!(left["__typename"], "ConversationLeftScope");
    assert_eq!(left["conversationId"], json!(conversation));
    let came = sockets[1].event().await["conversationChanges"].clone();
    assert_eq!(came["change"]["__typename"], "AssignedToQueue");
    assert_eq!(came["conversation"]["queue"]["id"], json!(elsewhere));
    assert_eq!(came["cursor"], left["cursor"]);
    // What happens there is no longer told here.
    stage.customer_writes(&conversation, "Hello?").await;
    let written = sockets[1].event().await["conversationChanges"].clone();
    assert_eq!(written["change"]["__typename"], "MessagePosted");
    let more = sockets[0].next_unless_silent().await;
    assert_eq!(more, None);
    // And a reader who saw it only before gets the leaving from the log as well.
    let mut again = stage.server.socket(&sue).await;
    again.subscribe(CHANGES, json!({ "after": begin })).await;
    let started = again.event().await["conversationChanges"].clone();
    assert_eq!(started["change"]["__typename"], "ConversationStarted");
    let left_again = again.event().await["conversationChanges"].clone();
    assert_eq!(left_again, left);
}

#[tokio::test]
async fn agents_and_gateways_never_hear_of_monitoring_nor_customers_of_internal_words() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let conversation = stage.start("LIVE_CHAT").await;
    let anna = agent("anna");
    stage.act(&anna, "pickConversation", &conversation).await;
    let here = json!({ "after": as_of(&stage.server, &stage.gateway).await });
    let mut sockets: Vec<Socket> = Vec::new();
    for token in [&stage.supervisor, &anna, &stage.gateway] {
        let mut socket = stage.server.socket(token).await;
        socket.subscribe(CHANGES, here.clone()).await;
        sockets.push(socket);
    }
    let said = |text: &str, visibility: &str| {
        with(
            on(&conversation),
            json!({ "text": text, "visibility": visibility }),
        )
    };
    let sam = &stage.supervisor;
    stage.act(sam, "monitorConversation", &conversation).await;
    stage
        .server
        .done(sam, "sendMessage", said("psst", "INTERNAL"), "")
        .await;
    stage.act(sam, "joinConversation", &conversation).await;
    stage
        .server
        .done(sam, "sendMessage", said("hello", "PUBLIC"), "")
        .await;
    stage
        .server
        .done(&anna, "sendMessage", said("between us", "INTERNAL"), "")
        .await;
    stage.act(sam, "leaveConversation", &conversation).await;
    stage.act(sam, "stopMonitoring", &conversation).await;
    stage.act(&anna, "endConversation", &conversation).await;

    let last = stage.events().await.last().unwrap().position;
    let mut heard = Vec::new();
    for socket in &mut sockets {
        let seen = read_until(socket, "conversationChanges", last).await;
        let names: Vec<String> = seen
            .iter()
            .map(|(_, event)| {
                let change = &event["change"];
                let name = change["__typename"].as_str().unwrap();
                match change["visibility"].as_str() {
                    Some(visibility) => format!("{name} {visibility}"),
                    None => name.to_owned(),
                }
            })
            .collect();
        heard.push(names);
    }
    let gateway = [
        "SupervisorJoined",
        "MessagePosted PUBLIC",
        "MessagePosted PUBLIC",
        "SupervisorLeft",
        "MessagePosted PUBLIC",
        "MovedToWrapUp",
    ];
    assert_eq!(heard[2], gateway);
    let agent = [
        "MessagePosted INTERNAL",
        "SupervisorJoined",
        "MessagePosted PUBLIC",
        "MessagePosted PUBLIC",
        "MessagePosted INTERNAL",
        "SupervisorLeft",
        "MessagePosted PUBLIC",
        "MovedToWrapUp",
    ];
    assert_eq!(heard[1], agent);
    assert_eq!(heard[0].first().unwrap(), "MonitoringStarted");
    assert!(heard[0].contains(&"MonitoringStopped".to_owned()));
    assert_eq!(heard[0].len(), agent.len() + 2);
}

#[tokio::test]
async fn a_socket_closes_with_4403_as_soon_as_its_token_ends() {
    let stage = Stage::on(Database::sqlite(), &[]).await;
    let hour = Duration::from_hours(1);
    let short = Token::supervisor("sue").lasting(hour).sign();
    let mut socket = stage.server.socket(&short).await;
    let mut other = stage.server.socket(&stage.supervisor).await;
    let here = json!({ "after": as_of(&stage.server, &stage.supervisor).await });
    socket.subscribe(CHANGES, here.clone()).await;
    other.subscribe(CHANGES, here).await;
    stage.server.clock.advance(TimeDelta::minutes(59));
    assert_eq!(
        socket.message_within(Duration::from_millis(700)).await,
        None
    );
    stage.server.clock.advance(TimeDelta::minutes(1));
    // Within a second; on a machine that is busy with other tests, some more.
    let closed = socket.message_within(Duration::from_secs(5)).await.unwrap();
    assert_eq!(
        (&closed["type"], &closed["code"]),
        (&json!("close"), &json!(4403))
    );
    stage.start("LIVE_CHAT").await;
    assert!(other.event().await["conversationChanges"]["cursor"].is_string());
}

#[tokio::test]
async fn the_field_of_a_subscription_may_stand_in_fragments() {
    const EVENT: &str = "conversationChanges(after: $after) { ...Event }";
    const PARTS: &str = "fragment Event on ConversationEvent { ... on ConversationChangeEvent {
        cursor conversation { id } } }";
    let stage = Stage::on(Database::sqlite(), &[]).await;
    let begin = as_of(&stage.server, &stage.supervisor).await;
    let ids = [stage.start("WHATSAPP").await, stage.start("WHATSAPP").await];
    for around in [
        "subscription S($after: LogCursor) { ...F } fragment F on Subscription { FIELD }",
        "subscription S($after: LogCursor) { ... on Subscription { FIELD } }",
        "subscription S($after: LogCursor) { ... { ...F } } fragment F on Subscription { ... { ...G } }
         fragment G on Subscription { FIELD }",
        "subscription S($after: LogCursor) { ...F } fragment F on Subscription { ...G }
         subscription T($after: LogCursor) { ...G } fragment G on Subscription { FIELD }",
        "query Q { viewer { subject } } fragment F on Subscription { FIELD }
         subscription S($after: LogCursor) { ...F } subscription T($after: LogCursor) { ...F }",
    ] {
        let query = format!("{} {PARTS}", around.replace("FIELD", EVENT));
        let mut socket = stage.server.socket(&stage.supervisor).await;
        let mut after = begin.clone();
        for id in &ids {
            let variables = json!({ "after": after });
            let payload = json!({ "query": query, "variables": variables, "operationName": "S" });
            let subscribe = json!({ "type": "subscribe", "id": id, "payload": payload });
            socket.send(subscribe).await;
            let event = socket.event().await["conversationChanges"].clone();
            assert_eq!(event["conversation"]["id"], json!(id), "{query}");
            after = event["cursor"].as_str().unwrap().to_owned();
            socket.send(json!({ "type": "complete", "id": id })).await;
        }
    }
    // What is wrong is told as where the field stands at the root.
    for (wrong, word) in [
        (
            "subscription { ...F } fragment F on Subscription { nothing }",
            "nothing",
        ),
        (
            "subscription { ...F } fragment F on Subscription { ...F notifications { cursor } }",
            "itself",
        ),
        (
            "subscription { ...F ...F } fragment F on Subscription { notifications { cursor } }",
            "one field",
        ),
        (
            "subscription { ... on Query { viewer { subject } } }",
            "Query",
        ),
        (
            "subscription { notifications { cursor } } fragment F on Subscription { notifications { cursor } }",
            "F",
        ),
    ] {
        let mut socket = stage.server.socket(&stage.supervisor).await;
        socket.subscribe(wrong, json!({})).await;
        let message = socket.message().await;
        let error = &message["payload"][0];
        assert_eq!(
            error["extensions"]["code"], "INVALID_INPUT",
            "{wrong}: {message}"
        );
        assert!(
            error["message"].as_str().unwrap().contains(word),
            "{wrong}: {message}"
        );
    }
}
