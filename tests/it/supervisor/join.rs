//! Joining, writing and leaving.

use serde_json::json;

use crate::floor::{Floor, other_supervisor};
use crate::harness::Token;

#[tokio::test]
async fn a_supervisor_joins_from_a_running_session_and_everybody_is_told() {
    let floor = Floor::new().await;
    let id = floor.active("LIVE_CHAT").await;
    assert_eq!(
        floor
            .code(&floor.sam, "joinConversation", &id, json!({}))
            .await,
        "NOT_MONITORING"
    );
    floor
        .act(&floor.sam, "monitorConversation", &id, json!({}))
        .await;
    let before = floor.see(&floor.anna, &id, "version").await["version"]
        .as_u64()
        .unwrap();
    let joined = floor
        .act(&floor.sam, "joinConversation", &id, json!({}))
        .await;
    assert_eq!(joined["joinedSupervisors"], json!(["sam"]));
    assert_eq!(joined["version"], before + 1);
    for token in [&floor.anna, &floor.gateway] {
        let texts = floor.texts(token, &id).await.unwrap();
        assert_eq!(texts, ["A supervisor has joined the conversation."]);
    }
    // The customer's side is not told who.
    let seen = floor
        .see(
            &floor.gateway,
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
    let floor = Floor::new().await;
    let id = floor.joined("LIVE_CHAT").await;
    let before = floor.fingerprint(&id).await;
    floor
        .act(&floor.sam, "joinConversation", &id, json!({}))
        .await;
    assert_eq!(floor.fingerprint(&id).await, before);
}

#[tokio::test]
async fn only_an_active_conversation_can_be_joined() {
    let floor = Floor::new().await;
    let wrap_up = floor.wrap_up("WHATSAPP").await;
    floor
        .act(&floor.sam, "monitorConversation", &wrap_up, json!({}))
        .await;
    let states = [
        wrap_up,
        floor.open("WHATSAPP").await,
        floor.offered("WHATSAPP").await,
        floor.waiting().await,
    ];
    for id in states {
        assert_eq!(
            floor
                .code(&floor.sam, "joinConversation", &id, json!({}))
                .await,
            "INVALID_STATE"
        );
    }
    let record = floor.active("RECORD").await;
    assert_eq!(
        floor
            .code(&floor.sam, "joinConversation", &record, json!({}))
            .await,
        "CHANNEL_NOT_SUPPORTED"
    );
}

#[tokio::test]
async fn ones_own_conversation_cannot_be_joined() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let anna = Token::supervisor("anna").and(domain::Role::Agent).sign();
    assert_eq!(
        floor.code(&anna, "joinConversation", &id, json!({})).await,
        "OWN_CONVERSATION"
    );
}

#[tokio::test]
async fn leaving_tells_both_and_monitoring_goes_on() {
    let floor = Floor::new().await;
    let id = floor.joined("LIVE_CHAT").await;
    let left = floor
        .act(&floor.sam, "leaveConversation", &id, json!({}))
        .await;
    assert_eq!(left["joinedSupervisors"], json!([]));
    for token in [&floor.anna, &floor.gateway, &floor.sam] {
        let texts = floor.texts(token, &id).await.unwrap();
        assert_eq!(
            texts,
            [
                "A supervisor has joined the conversation.",
                "A supervisor has left the conversation."
            ]
        );
    }
    assert_eq!(
        floor
            .code(&floor.sam, "leaveConversation", &id, json!({}))
            .await,
        "NOT_PARTICIPANT"
    );
    floor
        .act(&floor.sam, "joinConversation", &id, json!({}))
        .await;
}

#[tokio::test]
async fn who_has_not_joined_cannot_leave() {
    let floor = Floor::new().await;
    let id = floor.joined("LIVE_CHAT").await;
    for token in [&other_supervisor(), &floor.anna] {
        assert_eq!(
            floor.code(token, "leaveConversation", &id, json!({})).await,
            "NOT_PARTICIPANT"
        );
    }
}

#[tokio::test]
async fn stopping_leaves_as_well() {
    let floor = Floor::new().await;
    let id = floor.joined("LIVE_CHAT").await;
    let stopped = floor
        .act(&floor.sam, "stopMonitoring", &id, json!({}))
        .await;
    assert_eq!(stopped["joinedSupervisors"], json!([]));
    let texts = floor.texts(&floor.gateway, &id).await.unwrap();
    assert_eq!(
        texts.last().unwrap(),
        "A supervisor has left the conversation."
    );
}

#[tokio::test]
async fn a_joined_supervisor_writes_internal_by_default_and_public_when_asked() {
    let floor = Floor::new().await;
    let id = floor.joined("LIVE_CHAT").await;
    floor
        .act(
            &floor.sam,
            "sendMessage",
            &id,
            json!({ "text": "offer a refund" }),
        )
        .await;
    let public = json!({ "text": "hello Ada", "visibility": "PUBLIC" });
    floor.act(&floor.sam, "sendMessage", &id, public).await;
    let joined = "A supervisor has joined the conversation.";
    assert_eq!(
        floor.texts(&floor.anna, &id).await.unwrap(),
        [joined, "offer a refund", "hello Ada"]
    );
    assert_eq!(
        floor.texts(&floor.gateway, &id).await.unwrap(),
        [joined, "hello Ada"]
    );
}

#[tokio::test]
async fn a_monitoring_supervisor_writes_internal_only() {
    let floor = Floor::new().await;
    let id = floor.monitored("LIVE_CHAT").await;
    let public = json!({ "text": "hello Ada", "visibility": "PUBLIC" });
    assert_eq!(
        floor.code(&floor.sam, "sendMessage", &id, public).await,
        "NOT_PARTICIPANT"
    );
    floor
        .act(&floor.sam, "sendMessage", &id, json!({ "text": "be kind" }))
        .await;
    assert_eq!(floor.texts(&floor.anna, &id).await.unwrap(), ["be kind"]);
    assert_eq!(
        floor.texts(&floor.gateway, &id).await.unwrap(),
        [] as [&str; 0]
    );
    let olga = other_supervisor();
    let internal = json!({ "text": "psst", "visibility": "INTERNAL" });
    assert_eq!(
        floor.code(&olga, "sendMessage", &id, internal).await,
        "NOT_MONITORING"
    );
}

#[tokio::test]
async fn in_wrap_up_a_joined_supervisor_falls_back_to_monitoring() {
    let floor = Floor::new().await;
    let id = floor.joined("WHATSAPP").await;
    let ended = floor
        .act(&floor.anna, "endConversation", &id, json!({}))
        .await;
    assert_eq!(ended["joinedSupervisors"], json!([]));
    let seen = floor
        .see(
            &floor.sam,
            &id,
            "runningMonitorSessions { supervisor joinedAt }",
        )
        .await;
    assert_eq!(
        seen["runningMonitorSessions"],
        json!([{ "supervisor": "sam", "joinedAt": null }])
    );
    let texts = floor.texts(&floor.gateway, &id).await.unwrap();
    assert_eq!(
        texts.last().unwrap(),
        "A supervisor has left the conversation."
    );
}
