//! `correctSentiment`: a supervisor says how a message feels (domain.md section 6).

use serde_json::{Value, json};

use crate::floor::{Floor, text};
use crate::harness::eventually;

const FURIOUS: &str = "This is a disgrace, I have been waiting for three weeks and nobody helps me";
const FEELS: &str = "sentiment { level score scorer messageIds } version lastActivityAt";

/// What the customer wrote in a conversation of anna's: the conversation and the message.
async fn wrote(floor: &Floor, said: &str) -> (String, String) {
    let id = floor.active("WHATSAPP").await;
    let receive = "receiveCustomerMessage";
    floor
        .act(&floor.gateway, receive, &id, json!({ "text": said }))
        .await;
    let message = newest(floor, &id).await;
    (id, message)
}

async fn newest(floor: &Floor, id: &str) -> String {
    let last = "transcript(last: 1) { nodes { id } }";
    let seen = floor.see(&floor.gateway, id, last).await;
    text(&seen["transcript"]["nodes"][0]["id"])
}

async fn correct(floor: &Floor, token: &str, message: &str, level: &str) -> Value {
    let input = json!({ "messageId": message, "level": level });
    let fields = "messageId applied conversation { version }";
    floor
        .server
        .mutate(token, "correctSentiment", input, fields)
        .await
}

async fn code(floor: &Floor, token: &str, message: &str, level: &str) -> Value {
    correct(floor, token, message, level).await["errors"][0]["code"].clone()
}

#[tokio::test]
async fn the_level_follows_the_correction_and_only_supervisors_hear_who_made_it() {
    let floor = Floor::new().await;
    let (id, message) = wrote(&floor, FURIOUS).await;
    let before = floor.see(&floor.anna, &id, FEELS).await;
    assert_ne!(before["sentiment"]["level"], "NEUTRAL");
    let refused = code(&floor, &floor.sam, &message, "NEUTRAL").await;
    assert_eq!(refused, "NOT_MONITORING");
    assert_eq!(floor.see(&floor.anna, &id, FEELS).await, before);
    let monitor = "monitorConversation";
    floor.act(&floor.sam, monitor, &id, json!({})).await;

    let done = correct(&floor, &floor.sam, &message, "NEUTRAL").await;
    assert_eq!(done["applied"], true, "{done}");
    let after = floor.see(&floor.anna, &id, FEELS).await;
    assert_eq!(after["sentiment"]["level"], "NEUTRAL");
    assert_eq!(after["sentiment"]["score"], 0.0);
    for kept in ["version", "lastActivityAt"] {
        assert_eq!(after[kept], before[kept], "{kept}");
    }
    let scorer = |seen: &Value| seen["sentiment"]["scorer"].clone();
    assert_eq!(
        scorer(&after),
        scorer(&before),
        "it does not tell of a look"
    );

    // The same again has no effect; another level has.
    let again = correct(&floor, &floor.sam, &message, "NEUTRAL").await;
    assert_eq!(
        (&again["applied"], &again["errors"]),
        (&json!(false), &json!([]))
    );
    let other = correct(&floor, &floor.sam, &message, "VERY_NEGATIVE").await;
    assert_eq!(other["applied"], true);
    let now = floor.see(&floor.anna, &id, FEELS).await;
    assert_eq!(now["sentiment"]["level"], "VERY_NEGATIVE");

    // An edit takes the correction away with the text.
    let edit =
        json!({ "message": { "messageId": message }, "text": "It is solved, thank you so much!" });
    floor
        .server
        .done(&floor.gateway, "editCustomerMessage", edit, "")
        .await;
    let now = floor.see(&floor.anna, &id, FEELS).await;
    assert_ne!(now["sentiment"]["level"], "VERY_NEGATIVE");
}

#[tokio::test]
async fn a_closed_conversation_takes_it_in_review_as_a_change_of_the_message_alone() {
    let floor = Floor::new().await;
    let (id, message) = wrote(&floor, FURIOUS).await;
    floor
        .act(&floor.sam, "forceCloseConversation", &id, json!({}))
        .await;
    let refused = code(&floor, &floor.sam, &message, "NEUTRAL").await;
    assert_eq!(refused, "NOT_MONITORING");
    let review = "reviewConversation";
    floor.act(&floor.sam, review, &id, json!({})).await;
    let fields = "state version sentiment { level score } attention { attentionReason }";
    let before = floor.see(&floor.sam, &id, fields).await;
    let done = correct(&floor, &floor.sam, &message, "NEUTRAL").await;
    assert_eq!(done["applied"], true, "{done}");
    assert_eq!(floor.see(&floor.sam, &id, fields).await, before);
    let score = "transcript(last: 10) { nodes { id score } }";
    let seen = floor.see(&floor.sam, &id, score).await;
    let nodes = seen["transcript"]["nodes"].as_array().unwrap();
    let corrected = nodes.iter().find(|node| node["id"] == json!(message));
    assert_eq!(corrected.unwrap()["score"], 0.0);
}

#[tokio::test]
async fn what_is_no_message_of_the_customer_or_no_feeling_is_refused() {
    let floor = Floor::new().await;
    let (id, message) = wrote(&floor, FURIOUS).await;
    floor
        .act(&floor.sam, "monitorConversation", &id, json!({}))
        .await;
    let say = json!({ "text": "One moment" });
    floor.act(&floor.anna, "sendMessage", &id, say).await;
    let answer = newest(&floor, &id).await;
    let before = floor.see(&floor.sam, &id, FEELS).await;
    for (token, message, level, expected) in [
        (&floor.sam, &answer, "NEGATIVE", "INVALID_INPUT"),
        (&floor.sam, &message, "NOT_AVAILABLE", "INVALID_INPUT"),
        (&floor.anna, &message, "NEGATIVE", "ROLE_REQUIRED"),
        (&floor.gateway, &message, "NEGATIVE", "ROLE_REQUIRED"),
        (&floor.bert, &message, "NEGATIVE", "MESSAGE_NOT_FOUND"),
    ] {
        let refused = code(&floor, token, message, level).await;
        assert_eq!(refused, expected, "{level}");
    }
    assert_eq!(floor.see(&floor.sam, &id, FEELS).await, before);
}

#[tokio::test]
async fn while_analysis_is_off_it_changes_the_message_only() {
    let floor = Floor::new().await;
    let (id, message) = wrote(&floor, FURIOUS).await;
    floor
        .act(&floor.sam, "monitorConversation", &id, json!({}))
        .await;
    floor.set(json!({ "sentimentAnalysis": false })).await;
    let level = async || {
        let seen = floor.see(&floor.sam, &id, "sentiment { level }").await;
        text(&seen["sentiment"]["level"])
    };
    eventually("nothing is analysed any more", || async {
        level().await == "NOT_AVAILABLE"
    })
    .await;
    let done = correct(&floor, &floor.sam, &message, "POSITIVE").await;
    assert_eq!(done["applied"], true, "{done}");
    assert_eq!(level().await, "NOT_AVAILABLE");
}

#[tokio::test]
async fn the_event_is_for_supervisors_and_the_level_changes_as_regies_own_doing() {
    let floor = Floor::new().await;
    let (id, message) = wrote(&floor, FURIOUS).await;
    floor
        .act(&floor.sam, "monitorConversation", &id, json!({}))
        .await;
    let changes =
        "subscription { conversationChanges { ... on ConversationChangeEvent { actor { kind }
        change { __typename ... on SentimentCorrected { messageId level } } } } }";
    let mut sockets = Vec::new();
    for token in [&floor.sam, &floor.anna, &floor.gateway] {
        let mut socket = floor.server.socket(token).await;
        socket.subscribe(changes, json!({})).await;
        sockets.push(socket);
    }
    correct(&floor, &floor.sam, &message, "NEUTRAL").await;
    for (number, socket) in sockets.iter_mut().enumerate() {
        let mut event = socket.event().await["conversationChanges"].clone();
        if number == 0 {
            assert_eq!(event["change"]["__typename"], "SentimentCorrected");
            assert_eq!(event["change"]["messageId"], json!(message));
            assert_eq!(event["change"]["level"], "NEUTRAL");
            event = socket.event().await["conversationChanges"].clone();
        }
        assert_eq!(event["change"]["__typename"], "MessageScored");
        assert_eq!(event["actor"]["kind"], "SYSTEM");
        event = socket.event().await["conversationChanges"].clone();
        assert_eq!(event["change"]["__typename"], "SentimentChanged");
        assert_eq!(event["actor"]["kind"], "SYSTEM");
    }
}
