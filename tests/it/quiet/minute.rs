//! The quiet minute: all that a client does in it, and what happens meanwhile.

use std::time::Duration;

use api::graphql::gate::{GateOptions, ListLimits};
use api::http::HttpOptions;
use domain::Channel;
use engine::clock::Clock;
use serde_json::{Value, json};

use super::record::Recording;
use super::streams::Stream;
use crate::floor::{Floor, on};
use crate::harness::{Database, Server, Socket, Token};

/// What is asked again and again.
const POLL: &str = "query($id: ID!, $min: LogCursor) {
    ongoingConversations(minCursor: $min) { asOf totalCount pageInfo { hasNextPage }
        edges { cursor node { id version state lastActivityAt attention { attentionReason } } } }
    ongoingSummary(minCursor: $min) { asOf totalCount attentionCount }
    conversation(id: $id, minCursor: $min) { version lastActivityAt autoCloseAt consent
        participants { role joinedAt leftAt } transcript { asOf edges { cursor node { id text } } } }
}";

/// The subscriptions, each with the name of its field.
pub const SUBSCRIPTIONS: [(&str, &str); 5] = [
    (
        "conversationChanges",
        "subscription($after: LogCursor) { conversationChanges(after: $after) { __typename
            ... on ConversationChangeEvent { cursor committedAt emittedAt change { __typename }
                actor { kind } conversation { id version lastActivityAt } }
            ... on ConversationLeftScope { cursor conversationId } } }",
    ),
    (
        "sentimentChanges",
        "subscription($after: LogCursor) { sentimentChanges(after: $after) { cursor from to conversation { id } } }",
    ),
    (
        "notifications",
        "subscription($after: LogCursor) { notifications(after: $after) { __typename cursor conversationId } }",
    ),
    (
        "conversationTranscript",
        "subscription($after: LogCursor, $id: ID!) { conversationTranscript(conversationId: $id, after: $after) {
            __typename ... on TranscriptMessage { cursor message { id text } } ... on TranscriptEnded { cursor cause } } }",
    ),
    ("ongoingConversationsLive", LIST),
];

/// The live list.
pub const LIST: &str =
    "subscription($after: LogCursor) { ongoingConversationsLive(after: $after) { __typename
    ... on OngoingSnapshot { snapshotReason cursor totalCount conversations { id version lastActivityAt } }
    ... on OngoingChanges { cursor totalCount changes { __typename } } } }";

/// A list that nobody has is kept for so long here.
const LINGER: Duration = Duration::from_millis(300);

async fn server(database: &Database) -> Server {
    let gate = GateOptions {
        lists: ListLimits {
            linger: LINGER,
            ..ListLimits::default()
        },
        ..GateOptions::default()
    };
    let options = HttpOptions {
        keep_alive: Duration::from_millis(400),
        ..HttpOptions::default()
    };
    Server::with(database.clone(), Clock::system(), gate, options).await
}

/// An organisation in which anna handles one conversation, on a server that has just started: nothing of
/// the log is in its memory.
pub async fn quiet_floor(database: &Database) -> (Floor, String) {
    let mut floor = Floor::at(server(database).await).await;
    let sam = json!({ "presence": "AVAILABLE" });
    floor.server.done(&floor.sam, "setPresence", sam, "").await;
    let id = floor.active("WHATSAPP").await;
    drop(floor.server);
    floor.server = server(database).await;
    (floor, id)
}

/// What customers write when they have had enough.
const ANGRY: &str = "This is the worst service ever, I am furious and want my money back!";

/// What happens without anna's knowing, or that of WhatsApp's gateway: a look that begins and ends, another
/// that goes on, and for a gateway coaches anna; a refusal, which only the audit trail has; an alert about what neither of them sees.
async fn watch(floor: &Floor, id: &str, agent: bool) {
    let sam = &floor.sam;
    floor.act(sam, "monitorConversation", id, json!({})).await;
    floor.act(sam, "stopMonitoring", id, json!({})).await;
    floor.act(sam, "monitorConversation", id, json!({})).await;
    // Whoever is coached learns of it, and nobody else.
    if !agent {
        let advice = json!({ "text": "Offer a refund." });
        floor.act(sam, "coachAgent", id, advice).await;
    }
    let other = json!({ "expectedVersion": 77 });
    let input = crate::floor::merged(on(id, json!({})), other);
    let refused = floor.server.code(sam, "forceCloseConversation", input);
    assert_eq!(refused.await, "VERSION_CONFLICT");
    let elsewhere = json!({ "queueId": floor.second_queue });
    let elsewhere = floor.start_with("SMS", elsewhere).await;
    // It is a review that nobody of them knows of, and that of one that they see is tested by itself.
    floor
        .act(sam, "reviewConversation", &elsewhere, json!({}))
        .await;
    floor.act(sam, "stopReview", &elsewhere, json!({})).await;
    let said = json!({ "text": ANGRY });
    floor
        .act(&floor.gateway, "receiveCustomerMessage", &elsewhere, said)
        .await;
}

/// The quiet minute of this viewer, with or without a supervisor who watches in it.
pub async fn minute(database: &Database, agent: bool, watched: bool) -> Recording {
    let (floor, id) = quiet_floor(database).await;
    let whatsapp = Token::gateway().channels(&[Channel::WhatsApp]).sign();
    let token = if agent { &floor.anna } else { &whatsapp };
    let mut recording = Recording::default();
    let poll = async |recording: &mut Recording, min: Value| {
        let variables = json!({ "id": id, "min": min });
        let answer = floor.server.post(token, POLL, variables).await;
        recording.note("poll", &answer);
        answer["data"]["ongoingSummary"]["asOf"].clone()
    };
    let here = poll(&mut recording, Value::Null).await;
    poll(&mut recording, Value::Null).await;

    // Everything that can be listened to; the list twice at once, and once more with what it has.
    let mut socket = Socket::open(&floor.server.url, token).await;
    for (_, query) in SUBSCRIPTIONS {
        let variables = json!({ "id": id, "after": here });
        let variables = if query == LIST { json!({}) } else { variables };
        socket.subscribe(query, variables).await;
    }
    socket.subscribe(LIST, json!({})).await;
    let mut list = Value::Null;
    for _ in 0..2 {
        let message = socket.message().await;
        list = message["payload"]["data"]["ongoingConversationsLive"]["cursor"].clone();
        recording.note("list", &message["payload"]);
    }
    let changes = SUBSCRIPTIONS[0].1;
    let mut stream = Stream::open(
        &floor.server,
        token,
        changes,
        json!({ "after": here }),
        None,
    )
    .await;

    if watched {
        watch(&floor, &id, agent).await;
    }
    match socket.next_unless_silent().await {
        Some(message) => recording.note("socket", &message),
        None => recording.silence("socket"),
    }
    poll(&mut recording, Value::Null).await;
    poll(&mut recording, here.clone()).await;

    // Others come with the list's cursor, now, and after it has been let go.
    socket = come_back(&floor, token, &mut recording, socket, (&list, &here)).await;

    // Something happens that everybody may know: a customer gets angry, which alerts supervisors alone.
    let said = json!({ "text": ANGRY });
    floor
        .act(&floor.gateway, "receiveCustomerMessage", &id, said)
        .await;
    let mut happened = Vec::new();
    while let Some(message) = socket.next_unless_silent().await {
        happened.push(message);
    }
    // In order within each subscription.
    happened.sort_by_key(|message| message["id"].as_str().map(str::to_owned));
    for message in &happened {
        recording.note_event("happens", message);
    }
    let mut last = None;
    while let Some(event) = stream.next_within(Duration::from_millis(600)).await {
        recording.event_id("stream's id", event.id.as_deref().unwrap());
        recording.note_event("stream", &event.data);
        last = event.id;
    }
    // And again after the first of them, as a browser would.
    let after = json!({ "after": here });
    let mut again = Stream::open(&floor.server, token, changes, after, last).await;
    match again.next_within(Duration::from_millis(600)).await {
        Some(event) => recording.note("stream again", &event.data),
        None => recording.silence("stream again"),
    }

    // What they do themselves.
    let (mutation, input) = if agent {
        ("setPresence", json!({ "presence": "BUSY" }))
    } else {
        let said = json!({ "text": "Hello?", "idempotencyKey": "once" });
        ("receiveCustomerMessage", on(&id, said))
    };
    let mut done = Value::Null;
    for _ in 0..2 {
        done = floor
            .server
            .mutate(token, mutation, input.clone(), "asOf")
            .await;
        recording.note(mutation, &done);
    }
    poll(&mut recording, done["asOf"].clone()).await;
    recording
}

/// Comes back with cursors: of the list, and of an answer.
async fn come_back(
    floor: &Floor,
    token: &str,
    recording: &mut Recording,
    mut socket: Socket,
    (list, here): (&Value, &Value),
) -> Socket {
    let changes = SUBSCRIPTIONS[0].1;
    for pause in [Duration::ZERO, LINGER * 4] {
        if !pause.is_zero() {
            socket.close().await;
            tokio::time::sleep(pause).await;
        }
        let mut back = Socket::open(&floor.server.url, token).await;
        for (after, goes_on) in [(list, true), (here, false)] {
            let operation = back.subscribe(LIST, json!({ "after": after })).await;
            match back.next_unless_silent().await {
                Some(message) => recording.note("list again", &message["payload"]),
                None => recording.silence("list again"),
            }
            // Two with one list get the same text for the same event, which is no news.
            if !goes_on {
                back.send(json!({ "id": operation, "type": "complete" }))
                    .await;
            }
        }
        back.subscribe(changes, json!({ "after": here })).await;
        match back.next_unless_silent().await {
            Some(message) => recording.note("changes again", &message["payload"]),
            None => recording.silence("changes again"),
        }
        socket = back;
    }
    socket
}
