//! Every reason for attention says what a supervisor may do about it, and which of that this viewer may
//! (domain.md section 13).

use domain::AttentionReason;
use domain::exits::exits;
use serde_json::{Value, json};

use crate::floor::Floor;
use crate::harness::Token;

const REASONS: &str = "attention { attentionReason actions viewerCan }";

/// The one reason of this conversation, as this viewer is shown it.
async fn reason(floor: &Floor, token: &str, id: &str) -> Value {
    let seen = floor.see(token, id, REASONS).await;
    let reasons = seen["attention"].as_array().unwrap();
    assert_eq!(reasons.len(), 1, "{seen}");
    reasons[0].clone()
}

/// What the rules say may be done about it.
fn actions(reason: AttentionReason) -> Value {
    let actions = exits(reason).iter().map(|action| action.as_str());
    json!(actions.collect::<Vec<_>>())
}

#[tokio::test]
async fn a_reason_names_its_exits_and_which_of_them_the_viewer_has() {
    let floor = Floor::new().await;
    let id = floor.asked_for_help().await;
    let asks = AttentionReason::HelpRequested;
    for token in [&floor.sam, &floor.anna, &floor.gateway, &floor.admin] {
        let shown = reason(&floor, token, &id).await;
        assert_eq!(shown["attentionReason"], asks.as_str());
        assert_eq!(shown["actions"], actions(asks));
    }
    let can = async |token: &str| reason(&floor, token, &id).await["viewerCan"].clone();
    for token in [&floor.anna, &floor.gateway, &floor.admin] {
        assert_eq!(can(token).await, json!([]));
    }
    assert_eq!(can(&floor.sam).await, json!(["ANSWER_HELP"]));
    floor
        .act(&floor.sam, "monitorConversation", &id, json!({}))
        .await;
    let all = json!(["COACH", "JOIN", "ANSWER_HELP"]);
    assert_eq!(can(&floor.sam).await, all);
    let watcher = Token::supervisor("sam").permissions(&[domain::Permission::Monitor]);
    let some = json!(["COACH", "ANSWER_HELP"]);
    assert_eq!(can(&watcher.sign()).await, some);
    floor.settings(false).await;
    assert_eq!(can(&floor.sam).await, json!(["ANSWER_HELP"]));
}

#[tokio::test]
async fn what_the_viewer_has_ends_the_reason() {
    let floor = Floor::new().await;
    let id = floor.undelivered().await;
    let shown = reason(&floor, &floor.sam, &id).await;
    assert_eq!(shown["actions"], actions(AttentionReason::DeliveryFailed));
    let can = shown["viewerCan"].as_array().unwrap();
    assert!(can.contains(&json!("ACKNOWLEDGE")), "{shown}");
    let failed = json!({ "attentionReason": "DELIVERY_FAILED" });
    floor
        .act(&floor.sam, "acknowledgeAttention", &id, failed)
        .await;
    let seen = floor.see(&floor.sam, &id, REASONS).await;
    assert_eq!(seen["attention"], json!([]));
}

#[tokio::test]
async fn an_event_that_brings_a_reason_says_the_same_to_each_who_hears_it() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let changes = "subscription { conversationChanges(filter: { types: [ATTENTION_CHANGED] }) {
        ... on ConversationChangeEvent { change { ... on AttentionChanged { added { attentionReason actions viewerCan } } } } } }";
    let lacks = Token::supervisor("sid").permissions(&[]).sign();
    let expected = [
        (floor.sam.clone(), json!(["ANSWER_HELP"])),
        (lacks, json!([])),
        (floor.anna.clone(), json!([])),
    ];
    let mut open = Vec::new();
    for (token, _) in &expected {
        let mut socket = floor.server.socket(token).await;
        socket.subscribe(changes, json!({})).await;
        open.push(socket);
    }
    floor.act(&floor.anna, "requestHelp", &id, json!({})).await;
    for (socket, (_, can)) in open.iter_mut().zip(&expected) {
        let event = socket.event().await;
        let added = &event["conversationChanges"]["change"]["added"][0];
        assert_eq!(added["actions"], actions(AttentionReason::HelpRequested));
        assert_eq!(&added["viewerCan"], can);
    }
}
