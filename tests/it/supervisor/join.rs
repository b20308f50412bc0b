//! Joining, writing and leaving.

use serde_json::json;

use crate::harness::Token;
use crate::stage::{Stage, other_supervisor};

#[tokio::test]
async fn a_supervisor_joins_from_a_running_session_and_everybody_is_told() {
    let stage = Stage::new().await;
    let id = stage.active("LIVE_CHAT").await;
    assert_eq!(
        stage
            .code(&stage.sam, "joinConversation", &id, json!({}))
            .await,
        "NOT_MONITORING"
    );
    stage
        .act(&stage.sam, "monitorConversation", &id, json!({}))
        .await;
    let before = stage.see(&stage.anna, &id, "version").await["version"]
        .as_u64()
        .unwrap();
    let joined = stage
        .act(&stage.sam, "joinConversation", &id, json!({}))
        .await;
    assert_eq!(joined["joinedSupervisors"], json!(["sam"]));
    assert_eq!(joined["version"], before + 1);
    for token in [&stage.anna, &stage.gateway] {
        let texts = stage.texts(token, &id).await.unwrap();
        assert_eq!(texts, ["A supervisor joined the conversation."]);
    }
    // The customer's side is not told who.
    let seen = stage
        .see(
            &stage.gateway,
            &id,
            "joinedSupervisors participants { role supervisor }",
        )
        .await;
    assert_eq!(seen["joinedSupervisors"], json!([]));
    let supervisor = json!({ "role": "SUPERVISOR", "supervisor": null });
    assert!(
        seen["participants"]
            .as_array()
            .unwrap()
            .contains(&supervisor),
        "{seen}"
    );
}

#[tokio::test]
async fn joining_twice_changes_nothing() {
    let stage = Stage::new().await;
    let id = stage.joined("LIVE_CHAT").await;
    let before = stage.fingerprint(&id).await;
    stage
        .act(&stage.sam, "joinConversation", &id, json!({}))
        .await;
    assert_eq!(stage.fingerprint(&id).await, before);
}

#[tokio::test]
async fn only_an_active_conversation_can_be_joined() {
    let stage = Stage::new().await;
    let wrap_up = stage.wrap_up("WHATSAPP").await;
    stage
        .act(&stage.sam, "monitorConversation", &wrap_up, json!({}))
        .await;
    let states = [
        wrap_up,
        stage.open("WHATSAPP").await,
        stage.offered("WHATSAPP").await,
        stage.waiting().await,
    ];
    for id in states {
        assert_eq!(
            stage
                .code(&stage.sam, "joinConversation", &id, json!({}))
                .await,
            "INVALID_STATE"
        );
    }
    let record = stage.active("RECORD").await;
    assert_eq!(
        stage
            .code(&stage.sam, "joinConversation", &record, json!({}))
            .await,
        "CHANNEL_NOT_SUPPORTED"
    );
}

#[tokio::test]
async fn ones_own_conversation_cannot_be_joined() {
    let stage = Stage::new().await;
    let id = stage.active("WHATSAPP").await;
    let anna = Token::supervisor("anna")
        .and(api::domain::Role::Agent)
        .sign();
    assert_eq!(
        stage.code(&anna, "joinConversation", &id, json!({})).await,
        "OWN_CONVERSATION"
    );
}

#[tokio::test]
async fn leaving_tells_both_and_monitoring_goes_on() {
    let stage = Stage::new().await;
    let id = stage.joined("LIVE_CHAT").await;
    let left = stage
        .act(&stage.sam, "leaveConversation", &id, json!({}))
        .await;
    assert_eq!(left["joinedSupervisors"], json!([]));
    for token in [&stage.anna, &stage.gateway, &stage.sam] {
        let texts = stage.texts(token, &id).await.unwrap();
        assert_eq!(
            texts,
            [
                "A supervisor joined the conversation.",
                "A supervisor left the conversation."
            ]
        );
    }
    assert_eq!(
        stage
            .code(&stage.sam, "leaveConversation", &id, json!({}))
            .await,
        "NOT_PARTICIPANT"
    );
    stage
        .act(&stage.sam, "joinConversation", &id, json!({}))
        .await;
}

#[tokio::test]
async fn who_has_not_joined_cannot_leave() {
    let stage = Stage::new().await;
    let id = stage.joined("LIVE_CHAT").await;
    for token in [&other_supervisor(), &stage.anna] {
        assert_eq!(
            stage.code(token, "leaveConversation", &id, json!({})).await,
            "NOT_PARTICIPANT"
        );
    }
}

#[tokio::test]
async fn stopping_leaves_as_well() {
    let stage = Stage::new().await;
    let id = stage.joined("LIVE_CHAT").await;
    let stopped = stage
        .act(&stage.sam, "stopMonitoring", &id, json!({}))
        .await;
    assert_eq!(stopped["joinedSupervisors"], json!([]));
    let texts = stage.texts(&stage.gateway, &id).await.unwrap();
    assert_eq!(texts.last().unwrap(), "A supervisor left the conversation.");
}

#[tokio::test]
async fn a_joined_supervisor_writes_internal_by_default_and_public_when_asked() {
    let stage = Stage::new().await;
    let id = stage.joined("LIVE_CHAT").await;
    stage
        .act(
            &stage.sam,
            "sendMessage",
            &id,
            json!({ "text": "offer a refund" }),
        )
        .await;
    let public = json!({ "text": "hello Ada", "visibility": "PUBLIC" });
    stage.act(&stage.sam, "sendMessage", &id, public).await;
    let joined = "A supervisor joined the conversation.";
    assert_eq!(
        stage.texts(&stage.anna, &id).await.unwrap(),
        [joined, "offer a refund", "hello Ada"]
    );
    assert_eq!(
        stage.texts(&stage.gateway, &id).await.unwrap(),
        [joined, "hello Ada"]
    );
}

#[tokio::test]
async fn a_monitoring_supervisor_writes_internal_only() {
    let stage = Stage::new().await;
    let id = stage.monitored("LIVE_CHAT").await;
    let public = json!({ "text": "hello Ada", "visibility": "PUBLIC" });
    assert_eq!(
        stage.code(&stage.sam, "sendMessage", &id, public).await,
        "NOT_PARTICIPANT"
    );
    stage
        .act(&stage.sam, "sendMessage", &id, json!({ "text": "be kind" }))
        .await;
    assert_eq!(stage.texts(&stage.anna, &id).await.unwrap(), ["be kind"]);
    assert_eq!(
        stage.texts(&stage.gateway, &id).await.unwrap(),
        [] as [&str; 0]
    );
    let olga = other_supervisor();
    let internal = json!({ "text": "psst", "visibility": "INTERNAL" });
    assert_eq!(
        stage.code(&olga, "sendMessage", &id, internal).await,
        "NOT_MONITORING"
    );
}

#[tokio::test]
async fn in_wrap_up_a_joined_supervisor_falls_back_to_monitoring() {
    let stage = Stage::new().await;
    let id = stage.joined("WHATSAPP").await;
    let ended = stage
        .act(&stage.anna, "endConversation", &id, json!({}))
        .await;
    assert_eq!(ended["joinedSupervisors"], json!([]));
    let seen = stage
        .see(
            &stage.sam,
            &id,
            "runningMonitorSessions { supervisor joinedAt }",
        )
        .await;
    assert_eq!(
        seen["runningMonitorSessions"],
        json!([{ "supervisor": "sam", "joinedAt": null }])
    );
    let texts = stage.texts(&stage.gateway, &id).await.unwrap();
    assert_eq!(texts.last().unwrap(), "A supervisor left the conversation.");
}
