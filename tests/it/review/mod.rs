//! Review sessions (domain.md section 11): who reads what is not there to be monitored, and until when.

mod earlier;
mod ends;

use domain::Permission;
use serde_json::{Value, json};

use crate::floor::{Floor, on, other_supervisor, text};
use crate::harness::{Database, Token};

const REVIEW: &str = "reviewConversation";
const STOP: &str = "stopReview";
const SESSION: &str = "session { id supervisor startedAt endsAt endedAt endedBy } errors { code }";

/// CLOSED, anna's: the customer wrote, anna answered, and noted something.
async fn said(floor: &Floor, channel: &str) -> String {
    let id = floor.active(channel).await;
    let write = |text: &str| json!({ "text": text });
    let hello = "receiveCustomerMessage";
    floor
        .act(&floor.gateway, hello, &id, write("My lamp is broken."))
        .await;
    floor
        .act(&floor.anna, "sendMessage", &id, write("I am sorry."))
        .await;
    let aside = json!({ "text": "Third lamp this week.", "visibility": "INTERNAL" });
    floor.act(&floor.anna, "sendMessage", &id, aside).await;
    floor
        .act(&floor.anna, "endConversation", &id, json!({}))
        .await;
    let closing = json!({ "note": "A new lamp goes out." });
    floor
        .act(&floor.anna, "closeConversation", &id, closing)
        .await;
    id
}

/// Everything that was said, as a review reads it.
fn everything() -> Option<Vec<String>> {
    let texts = ["My lamp is broken.", "I am sorry.", "Third lamp this week."];
    Some(texts.map(ToOwned::to_owned).to_vec())
}

#[tokio::test]
async fn what_is_closed_is_read_in_a_review_and_by_nobody_else() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let id = said(&floor, "WHATSAPP").await;
        let rated = json!({ "score": 2, "comment": "It took long." });
        floor.act(&floor.gateway, "recordRating", &id, rated).await;
        let header = "version lastActivityAt closingNote rating { comment } runningReviewSessions { supervisor }";
        let before = floor.see(&floor.sam, &id, header).await;
        assert_eq!(before["closingNote"], Value::Null);
        assert_eq!(before["rating"]["comment"], Value::Null);
        assert_eq!(before["runningReviewSessions"], json!([]));
        assert_eq!(floor.texts(&floor.sam, &id).await, None);

        let begun = floor
            .server
            .done(&floor.sam, REVIEW, on(&id, json!({})), SESSION)
            .await;
        assert_eq!(begun["session"]["supervisor"], "sam");
        assert_eq!(begun["session"]["endedAt"], Value::Null);
        assert_eq!(floor.texts(&floor.sam, &id).await, everything());
        let now = floor.see(&floor.sam, &id, header).await;
        assert_eq!(now["closingNote"], "A new lamp goes out.");
        assert_eq!(now["rating"]["comment"], "It took long.");
        assert_eq!(
            now["runningReviewSessions"],
            json!([{ "supervisor": "sam" }])
        );
        assert_eq!(now["version"], before["version"]);
        assert_eq!(now["lastActivityAt"], before["lastActivityAt"]);
        // The list of what is past shows it too.
        let list = "{ conversations(first: 1) { edges { node { runningReviewSessions { supervisor }
            transcript { edges { node { text } } } viewerCan { stopReview { allowed } } } } } }";
        let listed = floor.server.data(&floor.sam, list, json!({})).await;
        let node = &listed["conversations"]["edges"][0]["node"];
        assert_eq!(node["viewerCan"]["stopReview"]["allowed"], true);
        assert_eq!(node["transcript"]["edges"].as_array().unwrap().len(), 3);

        let olga = other_supervisor();
        let narrower = Token::supervisor("sam").permissions(&[Permission::Monitor]);
        for token in [&olga, &floor.admin, &narrower.sign()] {
            assert_eq!(floor.texts(token, &id).await, None);
        }
        let again = floor
            .server
            .done(&floor.sam, REVIEW, on(&id, json!({})), SESSION)
            .await;
        assert_eq!(again["session"], begun["session"]);
        let other = floor
            .server
            .done(&olga, REVIEW, on(&id, json!({})), SESSION)
            .await;
        assert_ne!(other["session"]["id"], begun["session"]["id"]);

        let ended = floor
            .server
            .done(&floor.sam, STOP, on(&id, json!({})), SESSION)
            .await;
        assert_eq!(ended["session"]["endedBy"], "STOPPED");
        assert_eq!(floor.texts(&floor.sam, &id).await, None);
        assert_eq!(floor.texts(&olga, &id).await, everything());
        let code = floor.code(&floor.sam, STOP, &id, json!({})).await;
        assert_eq!(code, "NOT_MONITORING");
        let kept = "reviewSessions { supervisor endedBy } monitorSessions { id }";
        assert_eq!(
            floor.see(&floor.admin, &id, kept).await,
            json!({ "monitorSessions": [], "reviewSessions": [
                { "supervisor": "sam", "endedBy": "STOPPED" },
                { "supervisor": "olga", "endedBy": null },
            ] })
        );
    }
}

#[tokio::test]
async fn a_review_is_audited_like_a_look_with_how_long_it_lasted() {
    let floor = Floor::new().await;
    let id = said(&floor, "SMS").await;
    let why = json!({ "reason": "A complaint." });
    floor.act(&floor.sam, REVIEW, &id, why).await;
    floor.act(&floor.sam, STOP, &id, json!({})).await;
    floor.code(&floor.sam, STOP, &id, json!({})).await;
    let trail = "audit { edges { node { subject action reason refusal monitorSession { id }
        reviewSession { endedBy startedAt endedAt } } } }";
    let seen = floor.see(&floor.admin, &id, trail).await;
    let entries = seen["audit"]["edges"].as_array().unwrap();
    let shown: Vec<_> = entries.iter().map(|edge| &edge["node"]).collect();
    let actions: Vec<_> = shown.iter().map(|entry| text(&entry["action"])).collect();
    assert_eq!(
        actions,
        ["STOP_REVIEW", "STOP_REVIEW", "REVIEW_CONVERSATION"]
    );
    assert_eq!(shown[0]["refusal"], "NOT_MONITORING");
    assert_eq!(shown[2]["reason"], "A complaint.");
    for entry in &shown[1..] {
        assert_eq!(entry["monitorSession"], Value::Null);
        assert_eq!(entry["reviewSession"]["endedBy"], "STOPPED");
        assert_ne!(entry["reviewSession"]["endedAt"], Value::Null);
    }
}

#[tokio::test]
async fn each_state_is_either_monitored_or_reviewed() {
    let floor = Floor::new().await;
    let reviewed = [
        floor.open("WHATSAPP").await,
        floor.offered("WHATSAPP").await,
        floor.waiting().await,
        floor.closed("VOICE").await,
        floor.closed("RECORD").await,
    ];
    let can =
        "viewerCan { monitor { allowed } reviewConversation { allowed code } stopReview { code } }";
    for id in &reviewed {
        let seen = floor.see(&floor.sam, id, can).await;
        let expected = json!({ "monitor": { "allowed": false },
            "reviewConversation": { "allowed": true, "code": null }, "stopReview": { "code": "NOT_MONITORING" } });
        assert_eq!(seen["viewerCan"], expected);
        floor.act(&floor.sam, REVIEW, id, json!({})).await;
    }
    for id in [
        floor.active("WHATSAPP").await,
        floor.wrap_up("WHATSAPP").await,
        floor.open("RECORD").await,
    ] {
        let code = floor.code(&floor.sam, REVIEW, &id, json!({})).await;
        assert_eq!(code, "INVALID_STATE");
        let seen = floor.see(&floor.sam, &id, can).await;
        assert_eq!(
            seen["viewerCan"]["reviewConversation"]["code"],
            "INVALID_STATE"
        );
    }
}

#[tokio::test]
async fn a_version_and_a_key_are_looked_at_as_with_every_command() {
    let floor = Floor::new().await;
    let id = said(&floor, "SMS").await;
    let stale = json!({ "expectedVersion": 77 });
    let code = floor.code(&floor.sam, REVIEW, &id, stale).await;
    assert_eq!(code, "VERSION_CONFLICT");
    let keyed = json!({ "idempotencyKey": "once" });
    let first = floor
        .server
        .done(&floor.sam, REVIEW, on(&id, keyed.clone()), SESSION)
        .await;
    floor.act(&floor.sam, STOP, &id, json!({})).await;
    let repeated = floor
        .server
        .done(&floor.sam, REVIEW, on(&id, keyed), SESSION)
        .await;
    assert_eq!(repeated, first, "the first outcome");
    assert_eq!(
        floor.texts(&floor.sam, &id).await,
        None,
        "and no second effect"
    );
}

#[tokio::test]
async fn only_supervisors_in_scope_hear_of_a_review() {
    let floor = Floor::new().await;
    let id = floor.waiting().await;
    let changes = "subscription { conversationChanges { ... on ConversationChangeEvent {
        change { __typename ... on ReviewStarted { type supervisor } ... on ReviewStopped { supervisor endedBy } } } } }";
    let mut streams = Vec::new();
    let elsewhere = Token::supervisor("olga").queues(&[&floor.second_queue]);
    for token in [&floor.sam, &elsewhere.sign(), &floor.anna, &floor.gateway] {
        let mut socket = floor.server.socket(token).await;
        socket.subscribe(changes, json!({})).await;
        streams.push(socket);
    }
    for mutation in [REVIEW, STOP] {
        floor.act(&floor.sam, mutation, &id, json!({})).await;
    }
    let tags = json!({ "priority": "HIGH" });
    floor
        .act(&floor.anna, "updateConversation", &id, tags)
        .await;
    let elsewhere = json!({ "queueId": floor.second_queue });
    floor.start_with("SMS", elsewhere).await;
    let first = async |stream: &mut crate::harness::Socket| {
        stream.event().await["conversationChanges"]["change"].clone()
    };
    let started =
        json!({ "__typename": "ReviewStarted", "type": "REVIEW_STARTED", "supervisor": "sam" });
    assert_eq!(first(&mut streams[0]).await, started);
    let stopped =
        json!({ "__typename": "ReviewStopped", "supervisor": "sam", "endedBy": "STOPPED" });
    assert_eq!(first(&mut streams[0]).await, stopped);
    let begins = first(&mut streams[1]).await;
    assert_eq!(begins["__typename"], "ConversationStarted");
    for stream in &mut streams[2..] {
        assert_eq!(first(stream).await["__typename"], "LabelsChanged");
    }
}

#[tokio::test]
async fn a_stream_of_messages_ends_with_the_review_and_none_begins_on_what_is_closed() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    let follow = "subscription($id: ID!) { conversationTranscript(conversationId: $id) {
        __typename ... on TranscriptMessage { message { text } } ... on TranscriptEnded { cause } } }";
    floor.act(&floor.sam, REVIEW, &id, json!({})).await;
    let mut socket = floor.server.socket(&floor.sam).await;
    socket.subscribe(follow, json!({ "id": id })).await;
    let hello = json!({ "text": "Hello?" });
    floor
        .act(&floor.gateway, "receiveCustomerMessage", &id, hello)
        .await;
    let event = socket.event().await["conversationTranscript"].clone();
    assert_eq!(event["message"]["text"], "Hello?");
    floor
        .act(&floor.anna, "pickConversation", &id, json!({}))
        .await;
    let event = socket.event().await["conversationTranscript"].clone();
    assert_eq!(event["__typename"], "TranscriptEnded");

    let closed = floor.reviewed("SMS").await;
    let mut socket = floor.server.socket(&floor.sam).await;
    socket.subscribe(follow, json!({ "id": closed })).await;
    let refused = socket.message().await;
    assert_eq!(
        refused["payload"][0]["extensions"]["code"],
        "CONVERSATION_CLOSED"
    );
}
