//! Monitoring: a silent look, and what ends it.

use serde_json::{Value, json};

use crate::harness::Token;
use crate::stage::{Stage, on, other_supervisor};

async fn session(stage: &Stage, token: &str, id: &str) -> Value {
    let fields = "session { id supervisor joinedAt endedAt endedBy }";
    let payload = stage
        .server
        .done(token, "monitorConversation", on(id, json!({})), fields)
        .await;
    payload["session"].clone()
}

async fn running(stage: &Stage, id: &str) -> usize {
    let seen = stage
        .see(&stage.admin, id, "runningMonitorSessions { id }")
        .await;
    seen["runningMonitorSessions"].as_array().unwrap().len()
}

#[tokio::test]
async fn active_and_wrap_up_on_every_channel_but_record_can_be_monitored() {
    let stage = Stage::new().await;
    for channel in ["LIVE_CHAT", "WHATSAPP", "VOICE", "TEAMS"] {
        session(&stage, &stage.sam, &stage.active(channel).await).await;
        session(&stage, &stage.sam, &stage.wrap_up(channel).await).await;
    }
    let record = stage.active("RECORD").await;
    assert_eq!(
        stage
            .code(&stage.sam, "monitorConversation", &record, json!({}))
            .await,
        "CHANNEL_NOT_SUPPORTED"
    );
}

#[tokio::test]
async fn what_nobody_handles_cannot_be_monitored() {
    let stage = Stage::new().await;
    let (open, offered) = (
        stage.open("WHATSAPP").await,
        stage.offered("WHATSAPP").await,
    );
    for id in [open, offered, stage.waiting().await] {
        assert_eq!(
            stage
                .code(&stage.sam, "monitorConversation", &id, json!({}))
                .await,
            "INVALID_STATE"
        );
    }
}

#[tokio::test]
async fn monitoring_again_returns_the_running_session_and_two_supervisors_have_two() {
    let stage = Stage::new().await;
    let id = stage.active("WHATSAPP").await;
    let first = session(&stage, &stage.sam, &id).await;
    let before = stage.fingerprint(&id).await;
    assert_eq!(session(&stage, &stage.sam, &id).await, first);
    assert_eq!(stage.fingerprint(&id).await, before);
    let other = session(&stage, &other_supervisor(), &id).await;
    assert_ne!(other["id"], first["id"]);
    assert_eq!(running(&stage, &id).await, 2);
}

#[tokio::test]
async fn monitoring_is_silent() {
    let stage = Stage::new().await;
    let id = stage.active("WHATSAPP").await;
    // What a participant sees, the version included, is the same before and after.
    let facts = "version lastActivityAt stateSince joinedSupervisors participants { role }
        transcript { edges { node { id } } } autoCloseAt runningMonitorSessions { id } monitorSessions { id }";
    for token in [&stage.anna, &stage.gateway] {
        let before = stage.see(token, &id, facts).await;
        session(&stage, &stage.sam, &id).await;
        assert_eq!(stage.see(token, &id, facts).await, before);
        stage
            .act(&stage.sam, "stopMonitoring", &id, json!({}))
            .await;
        assert_eq!(stage.see(token, &id, facts).await, before);
    }
    let before = stage.consumed("anna").await;
    session(&stage, &stage.sam, &id).await;
    assert_eq!(stage.consumed("anna").await, before);
}

#[tokio::test]
async fn ones_own_conversation_cannot_be_monitored() {
    let stage = Stage::new().await;
    let id = stage.active("WHATSAPP").await;
    let anna = Token::supervisor("anna")
        .and(api::domain::Role::Agent)
        .sign();
    assert_eq!(
        stage
            .code(&anna, "monitorConversation", &id, json!({}))
            .await,
        "OWN_CONVERSATION"
    );
}

#[tokio::test]
async fn a_bots_conversation_can_be_monitored_and_joined() {
    let stage = Stage::new().await;
    let id = stage.open("WHATSAPP").await;
    stage
        .act(&stage.robo, "pickConversation", &id, json!({}))
        .await;
    session(&stage, &stage.sam, &id).await;
    stage
        .act(&stage.sam, "joinConversation", &id, json!({}))
        .await;
}

#[tokio::test]
async fn without_the_notice_nobody_watches() {
    let stage = Stage::new().await;
    let id = stage
        .start_with("WHATSAPP", json!({ "noticeGivenAt": null }))
        .await;
    stage
        .act(&stage.anna, "pickConversation", &id, json!({}))
        .await;
    assert_eq!(
        stage
            .code(&stage.sam, "monitorConversation", &id, json!({}))
            .await,
        "NOTICE_NOT_GIVEN"
    );
    let told = json!({ "noticeGivenAt": "2026-01-01T00:00:00Z" });
    stage.act(&stage.gateway, "recordConsent", &id, told).await;
    session(&stage, &stage.sam, &id).await;
}

#[tokio::test]
async fn consent_that_is_required_must_be_granted_and_stay_so() {
    let stage = Stage::new().await;
    let strict = stage
        .create_workstream(json!({ "monitoringNotice": "CONSENT_REQUIRED" }))
        .await;
    let start = json!({ "workstreamId": strict, "noticeGivenAt": null, "consent": "GRANTED" });
    let id = stage.start_with("WHATSAPP", start).await;
    stage
        .act(&stage.anna, "pickConversation", &id, json!({}))
        .await;
    let code = async || {
        stage
            .code(&stage.sam, "monitorConversation", &id, json!({}))
            .await
    };
    // Consent without notice is no consent.
    assert_eq!(code().await, "NOTICE_NOT_GIVEN");
    let record = async |input: Value| stage.act(&stage.gateway, "recordConsent", &id, input).await;
    record(json!({ "noticeGivenAt": "2026-01-01T00:00:00Z", "consent": "DENIED" })).await;
    assert_eq!(code().await, "CONSENT_NOT_GRANTED");
    record(json!({ "consent": "UNKNOWN" })).await;
    assert_eq!(code().await, "CONSENT_NOT_GRANTED");
    record(json!({ "consent": "GRANTED" })).await;
    session(&stage, &stage.sam, &id).await;
    record(json!({ "consent": "DENIED" })).await;
    assert_eq!(running(&stage, &id).await, 0);
    let ended = stage
        .see(&stage.sam, &id, "monitorSessions { endedBy }")
        .await;
    assert_eq!(
        ended["monitorSessions"],
        json!([{ "endedBy": "CONSENT_WITHDRAWN" }])
    );
}

#[tokio::test]
async fn where_no_notice_is_asked_for_anything_can_be_monitored() {
    let stage = Stage::new().await;
    let free = stage
        .create_workstream(json!({ "monitoringNotice": "NONE" }))
        .await;
    let start = json!({ "workstreamId": free, "noticeGivenAt": null, "consent": "DENIED" });
    let id = stage.start_with("WHATSAPP", start).await;
    stage
        .act(&stage.anna, "pickConversation", &id, json!({}))
        .await;
    session(&stage, &stage.sam, &id).await;
}

#[tokio::test]
async fn stopping_ends_only_ones_own_session() {
    let stage = Stage::new().await;
    let id = stage.monitored("WHATSAPP").await;
    let olga = other_supervisor();
    assert_eq!(
        stage.code(&olga, "stopMonitoring", &id, json!({})).await,
        "NOT_MONITORING"
    );
    session(&stage, &olga, &id).await;
    stage
        .act(&stage.sam, "stopMonitoring", &id, json!({}))
        .await;
    assert_eq!(running(&stage, &id).await, 1);
    assert_eq!(
        stage
            .code(&stage.sam, "stopMonitoring", &id, json!({}))
            .await,
        "NOT_MONITORING"
    );
    assert_eq!(stage.texts(&stage.sam, &id).await, None);
}

#[tokio::test]
async fn a_session_ends_when_the_conversation_is_open_waiting_or_closed_but_not_in_wrap_up() {
    let stage = Stage::new().await;
    let id = stage.monitored("WHATSAPP").await;
    stage
        .act(&stage.anna, "endConversation", &id, json!({}))
        .await;
    assert_eq!(running(&stage, &id).await, 1, "wrap-up is still watched");
    stage
        .act(&stage.anna, "closeConversation", &id, json!({}))
        .await;
    assert_eq!(running(&stage, &id).await, 0);
    for mutation in ["releaseConversation", "setAsideConversation"] {
        let id = stage.monitored("WHATSAPP").await;
        stage.act(&stage.anna, mutation, &id, json!({})).await;
        assert_eq!(running(&stage, &id).await, 0, "{mutation}");
    }
}

#[tokio::test]
async fn a_session_ends_when_its_supervisor_becomes_the_primary_agent() {
    let stage = Stage::new().await;
    let id = stage.active("WHATSAPP").await;
    let bert = Token::supervisor("bert")
        .and(api::domain::Role::Agent)
        .sign();
    session(&stage, &bert, &id).await;
    let target = json!({ "agentId": stage.agent("bert") });
    stage
        .act(&stage.sam, "transferConversation", &id, target)
        .await;
    assert_eq!(running(&stage, &id).await, 1);
    stage.act(&bert, "acceptOffer", &id, json!({})).await;
    assert_eq!(running(&stage, &id).await, 0);
}

#[tokio::test]
async fn switching_monitoring_off_ends_every_session_at_once() {
    let stage = Stage::new().await;
    let (monitored, joined) = (stage.monitored("SMS").await, stage.joined("SMS").await);
    stage.set(json!({ "supervisorMonitor": false })).await;
    for id in [&monitored, &joined] {
        assert_eq!(running(&stage, id).await, 0);
        assert_eq!(stage.texts(&stage.sam, id).await, None);
    }
    let texts = stage.texts(&stage.anna, &joined).await.unwrap();
    assert_eq!(
        texts,
        [
            "A supervisor joined the conversation.",
            "A supervisor left the conversation."
        ]
    );
}

#[tokio::test]
async fn every_look_is_kept_with_its_end() {
    let stage = Stage::new().await;
    let id = stage.monitored("WHATSAPP").await;
    stage
        .act(&stage.sam, "stopMonitoring", &id, json!({}))
        .await;
    session(&stage, &stage.sam, &id).await;
    stage
        .act(&stage.anna, "releaseConversation", &id, json!({}))
        .await;
    let seen = stage
        .see(&stage.sam, &id, "monitorSessions { supervisor endedBy }")
        .await;
    assert_eq!(
        seen["monitorSessions"],
        json!([
            { "supervisor": "sam", "endedBy": "STOPPED" },
            { "supervisor": "sam", "endedBy": "STATE_CHANGED" },
        ])
    );
}
