//! Force closing, from every ongoing state.

use serde_json::{Value, json};

use crate::stage::Stage;

const FORCE_CLOSE: &str = "forceCloseConversation";

#[tokio::test]
async fn every_ongoing_state_is_closed_from_outside() {
    let stage = Stage::new().await;
    let states = [
        stage.open("LIVE_CHAT").await,
        stage.offered("WHATSAPP").await,
        stage.requested("WHATSAPP").await,
        stage.waiting().await,
        stage.wrap_up("WHATSAPP").await,
        stage.active("VOICE").await,
    ];
    for id in states {
        let closed = stage.act(&stage.sam, FORCE_CLOSE, &id, json!({})).await;
        assert_eq!(closed["state"], "CLOSED");
        assert_eq!(closed["statusReason"], "FORCE_CLOSED_BY_SUPERVISOR");
        assert_eq!(closed["pendingOffer"], Value::Null);
        let texts = stage.texts(&stage.gateway, &id).await.unwrap();
        assert_eq!(texts, ["A supervisor ended the conversation."]);
    }
    assert_eq!(
        (stage.consumed("anna").await, stage.consumed("bert").await),
        (0, 0)
    );
    let view = "{ ongoingConversations { totalCount } }";
    let data = stage.server.data(&stage.sam, view, json!({})).await;
    assert_eq!(data["ongoingConversations"]["totalCount"], 0);
}

#[tokio::test]
async fn a_record_is_not_force_closed() {
    let stage = Stage::new().await;
    for id in [stage.open("RECORD").await, stage.active("RECORD").await] {
        assert_eq!(
            stage.code(&stage.sam, FORCE_CLOSE, &id, json!({})).await,
            "CHANNEL_NOT_SUPPORTED"
        );
    }
}

#[tokio::test]
async fn a_bots_conversation_is_force_closed() {
    let stage = Stage::new().await;
    let id = stage.open("WHATSAPP").await;
    stage
        .act(&stage.robo, "pickConversation", &id, json!({}))
        .await;
    stage.act(&stage.sam, FORCE_CLOSE, &id, json!({})).await;
}

#[tokio::test]
async fn monitor_sessions_end_and_consultants_go() {
    let stage = Stage::new().await;
    let id = stage.joined("WHATSAPP").await;
    let target = json!({ "agentId": stage.agent("bert") });
    stage
        .act(&stage.sam, "transferConversation", &id, target)
        .await;
    stage.act(&stage.bert, "acceptOffer", &id, json!({})).await;
    let closed = stage.act(&stage.sam, FORCE_CLOSE, &id, json!({})).await;
    assert_eq!(
        (&closed["consultants"], &closed["joinedSupervisors"]),
        (&json!([]), &json!([]))
    );
    let seen = stage
        .see(
            &stage.sam,
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
    let texts = stage.texts(&stage.bert, &id).await.unwrap();
    assert_eq!(
        texts.last().unwrap(),
        "A supervisor ended the conversation."
    );
}

#[tokio::test]
async fn force_closing_works_once() {
    let stage = Stage::new().await;
    let id = stage.active("WHATSAPP").await;
    stage
        .act(&stage.sam, FORCE_CLOSE, &id, json!({ "reason": "abuse" }))
        .await;
    assert_eq!(
        stage.code(&stage.sam, FORCE_CLOSE, &id, json!({})).await,
        "CONVERSATION_CLOSED"
    );
}
