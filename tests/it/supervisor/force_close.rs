//! Force closing, from every ongoing state.

use serde_json::{Value, json};

use crate::floor::Floor;

const FORCE_CLOSE: &str = "forceCloseConversation";

#[tokio::test]
async fn every_ongoing_state_is_closed_from_outside() {
    let floor = Floor::new().await;
    let states = [
        floor.open("LIVE_CHAT").await,
        floor.offered("WHATSAPP").await,
        floor.requested("WHATSAPP").await,
        floor.waiting().await,
        floor.wrap_up("WHATSAPP").await,
        floor.active("VOICE").await,
    ];
    for id in states {
        let closed = floor.act(&floor.sam, FORCE_CLOSE, &id, json!({})).await;
        assert_eq!(closed["state"], "CLOSED");
        assert_eq!(closed["statusReason"], "FORCE_CLOSED_BY_SUPERVISOR");
        assert_eq!(closed["pendingOffer"], Value::Null);
        let texts = floor.texts(&floor.gateway, &id).await.unwrap();
        assert_eq!(texts, ["A supervisor has ended the conversation."]);
    }
    assert_eq!(
        (floor.consumed("anna").await, floor.consumed("bert").await),
        (0, 0)
    );
    let view = "{ ongoingConversations { totalCount } }";
    let data = floor.server.data(&floor.sam, view, json!({})).await;
    assert_eq!(data["ongoingConversations"]["totalCount"], 0);
}

#[tokio::test]
async fn a_record_is_not_force_closed() {
    let floor = Floor::new().await;
    for id in [floor.open("RECORD").await, floor.active("RECORD").await] {
        assert_eq!(
            floor.code(&floor.sam, FORCE_CLOSE, &id, json!({})).await,
            "CHANNEL_NOT_SUPPORTED"
        );
    }
}

#[tokio::test]
async fn a_bots_conversation_is_force_closed() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    floor
        .act(&floor.robo, "pickConversation", &id, json!({}))
        .await;
    floor.act(&floor.sam, FORCE_CLOSE, &id, json!({})).await;
}

#[tokio::test]
async fn monitor_sessions_end_and_consultants_go() {
    let floor = Floor::new().await;
    let id = floor.joined("WHATSAPP").await;
    let target = json!({ "agentId": floor.agent("bert") });
    floor
        .act(&floor.sam, "transferConversation", &id, target)
        .await;
    floor.act(&floor.bert, "acceptOffer", &id, json!({})).await;
    let closed = floor.act(&floor.sam, FORCE_CLOSE, &id, json!({})).await;
    assert_eq!(
        (&closed["consultants"], &closed["joinedSupervisors"]),
        (&json!([]), &json!([]))
    );
    let seen = floor
        .see(
            &floor.sam,
            &id,
            "runningMonitorSessions { id } monitorSessions { endedBy }",
        )
        .await;
    assert_eq!(seen["runningMonitorSessions"], json!([]));
    assert_eq!(
        seen["monitorSessions"],
        json!([{ "endedBy": "STATE_CHANGED" }])
    );
    // Whoever took part reads what happened to it.
    let texts = floor.texts(&floor.bert, &id).await.unwrap();
    assert_eq!(
        texts.last().unwrap(),
        "A supervisor has ended the conversation."
    );
}

#[tokio::test]
async fn force_closing_works_once() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    floor
        .act(&floor.sam, FORCE_CLOSE, &id, json!({ "reason": "abuse" }))
        .await;
    assert_eq!(
        floor.code(&floor.sam, FORCE_CLOSE, &id, json!({})).await,
        "CONVERSATION_CLOSED"
    );
}
