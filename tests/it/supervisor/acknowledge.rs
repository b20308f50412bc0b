//! Acknowledging reasons for attention (domain.md section 13).

use domain::AttentionReason;
use serde_json::{Value, json};

use crate::floor::{Floor, on};

const SHOWN: &str = "attention { attentionReason } version lastActivityAt unansweredSince";

async fn reasons(floor: &Floor, token: &str, id: &str) -> Value {
    floor.see(token, id, SHOWN).await["attention"].clone()
}

fn failed() -> Value {
    json!({ "attentionReason": "DELIVERY_FAILED" })
}

#[tokio::test]
async fn a_failed_delivery_is_acknowledged_and_a_later_one_brings_it_back() {
    let floor = Floor::new().await;
    let id = floor.undelivered().await;
    let before = floor.see(&floor.anna, &id, SHOWN).await;
    assert_eq!(before["attention"], json!([failed()]));
    floor
        .act(&floor.sam, "acknowledgeAttention", &id, failed())
        .await;
    for token in [&floor.anna, &floor.sam, &floor.gateway] {
        let mut seen = floor.see(token, &id, SHOWN).await;
        assert_eq!(seen["attention"], json!([]));
        seen["attention"] = before["attention"].clone();
        assert_eq!(seen, before);
    }
    floor.fails_to_deliver(&id).await;
    assert_eq!(reasons(&floor, &floor.sam, &id).await, json!([failed()]));
}

#[tokio::test]
async fn other_reasons_and_reasons_that_do_not_hold_are_refused() {
    let floor = Floor::new().await;
    let id = floor.asked_for_help().await;
    let code = floor
        .code(&floor.sam, "acknowledgeAttention", &id, failed())
        .await;
    assert_eq!(code, "INVALID_STATE");
    for reason in AttentionReason::ALL {
        if domain::attention::is_acknowledged(*reason) {
            continue;
        }
        let refusal = floor
            .refusal(
                &floor.sam,
                "acknowledgeAttention",
                &id,
                json!({ "attentionReason": reason.as_str() }),
            )
            .await;
        assert_eq!(refusal["code"], "INVALID_INPUT", "{reason}");
    }
}

#[tokio::test]
async fn only_leaders_see_that_it_was_acknowledged() {
    let floor = Floor::new().await;
    let id = floor.undelivered().await;
    let changes = "subscription { conversationChanges { ... on ConversationChangeEvent { actor { kind }
        change { __typename ... on AttentionAcknowledged { attentionReason } ... on AttentionChanged { removed } } } } }";
    let mut sockets = Vec::new();
    for token in [&floor.sam, &floor.admin, &floor.anna, &floor.gateway] {
        let mut socket = floor.server.socket(token).await;
        socket.subscribe(changes, json!({})).await;
        sockets.push(socket);
    }
    let input = on(&id, failed());
    floor
        .server
        .done(&floor.sam, "acknowledgeAttention", input, "")
        .await;
    for (number, socket) in sockets.iter_mut().enumerate() {
        let mut event = socket.event().await["conversationChanges"]["change"].clone();
        if number < 2 {
            assert_eq!(event["__typename"], "AttentionAcknowledged");
            assert_eq!(event["attentionReason"], "DELIVERY_FAILED");
            event = socket.event().await["conversationChanges"]["change"].clone();
        }
        assert_eq!(event["removed"], json!(["DELIVERY_FAILED"]));
    }
}
