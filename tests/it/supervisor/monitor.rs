//! Monitoring: a silent look, and what ends it.

use serde_json::{Value, json};

use crate::floor::{Floor, on, other_supervisor};
use crate::harness::Token;

async fn session(floor: &Floor, token: &str, id: &str) -> Value {
    let fields = "session { id supervisor joinedAt endedAt endedBy }";
    let payload = floor
        .server
        .done(token, "monitorConversation", on(id, json!({})), fields)
        .await;
    payload["session"].clone()
}

async fn running(floor: &Floor, id: &str) -> usize {
    let seen = floor
        .see(&floor.admin, id, "runningMonitorSessions { id }")
        .await;
    seen["runningMonitorSessions"].as_array().unwrap().len()
}

#[tokio::test]
async fn active_and_wrap_up_on_every_channel_but_record_can_be_monitored() {
    let floor = Floor::new().await;
    for channel in ["LIVE_CHAT", "WHATSAPP", "VOICE", "TEAMS"] {
        session(&floor, &floor.sam, &floor.active(channel).await).await;
        session(&floor, &floor.sam, &floor.wrap_up(channel).await).await;
    }
    let record = floor.active("RECORD").await;
    assert_eq!(
        floor
            .code(&floor.sam, "monitorConversation", &record, json!({}))
            .await,
        "CHANNEL_NOT_SUPPORTED"
    );
}

#[tokio::test]
async fn what_nobody_handles_cannot_be_monitored() {
    let floor = Floor::new().await;
    let (open, offered) = (
        floor.open("WHATSAPP").await,
        floor.offered("WHATSAPP").await,
    );
    for id in [open, offered, floor.waiting().await] {
        assert_eq!(
            floor
                .code(&floor.sam, "monitorConversation", &id, json!({}))
                .await,
            "INVALID_STATE"
        );
    }
}

#[tokio::test]
async fn monitoring_again_returns_the_running_session_and_two_supervisors_have_two() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let first = session(&floor, &floor.sam, &id).await;
    let before = floor.fingerprint(&id).await;
    assert_eq!(session(&floor, &floor.sam, &id).await, first);
    assert_eq!(floor.fingerprint(&id).await, before);
    let other = session(&floor, &other_supervisor(), &id).await;
    assert_ne!(other["id"], first["id"]);
    assert_eq!(running(&floor, &id).await, 2);
}

#[tokio::test]
async fn monitoring_is_silent() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    // What a participant sees, the version included, is the same before and after.
    let facts = "version lastActivityAt stateSince joinedSupervisors participants { role }
        transcript { edges { node { id } } } autoCloseAt runningMonitorSessions { id } monitorSessions { id }";
    for token in [&floor.anna, &floor.gateway] {
        let before = floor.see(token, &id, facts).await;
        session(&floor, &floor.sam, &id).await;
        assert_eq!(floor.see(token, &id, facts).await, before);
        floor
            .act(&floor.sam, "stopMonitoring", &id, json!({}))
            .await;
        assert_eq!(floor.see(token, &id, facts).await, before);
    }
    let before = floor.consumed("anna").await;
    session(&floor, &floor.sam, &id).await;
    assert_eq!(floor.consumed("anna").await, before);
}

#[tokio::test]
async fn ones_own_conversation_cannot_be_monitored() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let anna = Token::supervisor("anna").and(domain::Role::Agent).sign();
    assert_eq!(
        floor
            .code(&anna, "monitorConversation", &id, json!({}))
            .await,
        "OWN_CONVERSATION"
    );
}

#[tokio::test]
async fn a_bots_conversation_can_be_monitored_and_joined() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    floor
        .act(&floor.robo, "pickConversation", &id, json!({}))
        .await;
    session(&floor, &floor.sam, &id).await;
    floor
        .act(&floor.sam, "joinConversation", &id, json!({}))
        .await;
}

#[tokio::test]
async fn without_the_notice_nobody_watches() {
    let floor = Floor::new().await;
    let id = floor
        .start_with("WHATSAPP", json!({ "noticeGivenAt": null }))
        .await;
    floor
        .act(&floor.anna, "pickConversation", &id, json!({}))
        .await;
    assert_eq!(
        floor
            .code(&floor.sam, "monitorConversation", &id, json!({}))
            .await,
        "NOTICE_NOT_GIVEN"
    );
    let told = json!({ "noticeGivenAt": "2026-01-01T00:00:00Z" });
    floor.act(&floor.gateway, "recordConsent", &id, told).await;
    session(&floor, &floor.sam, &id).await;
}

#[tokio::test]
async fn consent_that_is_required_must_be_granted_and_stay_so() {
    let floor = Floor::new().await;
    let strict = floor
        .create_workstream(json!({ "monitoringNotice": "CONSENT_REQUIRED" }))
        .await;
    let start = json!({ "workstreamId": strict, "noticeGivenAt": null, "consent": "GRANTED" });
    let id = floor.start_with("WHATSAPP", start).await;
    floor
        .act(&floor.anna, "pickConversation", &id, json!({}))
        .await;
    let code = async || {
        floor
            .code(&floor.sam, "monitorConversation", &id, json!({}))
            .await
    };
    // Consent without notice is no consent.
    assert_eq!(code().await, "NOTICE_NOT_GIVEN");
    let record = async |input: Value| floor.act(&floor.gateway, "recordConsent", &id, input).await;
    record(json!({ "noticeGivenAt": "2026-01-01T00:00:00Z", "consent": "DENIED" })).await;
    assert_eq!(code().await, "CONSENT_NOT_GRANTED");
    record(json!({ "consent": "UNKNOWN" })).await;
    assert_eq!(code().await, "CONSENT_NOT_GRANTED");
    record(json!({ "consent": "GRANTED" })).await;
    session(&floor, &floor.sam, &id).await;
    record(json!({ "consent": "DENIED" })).await;
    assert_eq!(running(&floor, &id).await, 0);
    let ended = floor
        .see(&floor.sam, &id, "monitorSessions { endedBy }")
        .await;
    assert_eq!(
        ended["monitorSessions"],
        json!([{ "endedBy": "CONSENT_WITHDRAWN" }])
    );
}

#[tokio::test]
async fn where_no_notice_is_asked_for_anything_can_be_monitored() {
    let floor = Floor::new().await;
    let free = floor
        .create_workstream(json!({ "monitoringNotice": "NONE" }))
        .await;
    let start = json!({ "workstreamId": free, "noticeGivenAt": null, "consent": "DENIED" });
    let id = floor.start_with("WHATSAPP", start).await;
    floor
        .act(&floor.anna, "pickConversation", &id, json!({}))
        .await;
    session(&floor, &floor.sam, &id).await;
}

#[tokio::test]
async fn stopping_ends_only_ones_own_session() {
    let floor = Floor::new().await;
    let id = floor.monitored("WHATSAPP").await;
    let olga = other_supervisor();
    assert_eq!(
        floor.code(&olga, "stopMonitoring", &id, json!({})).await,
        "NOT_MONITORING"
    );
    session(&floor, &olga, &id).await;
    floor
        .act(&floor.sam, "stopMonitoring", &id, json!({}))
        .await;
    assert_eq!(running(&floor, &id).await, 1);
    assert_eq!(
        floor
            .code(&floor.sam, "stopMonitoring", &id, json!({}))
            .await,
        "NOT_MONITORING"
    );
    assert_eq!(floor.texts(&floor.sam, &id).await, None);
}

#[tokio::test]
async fn a_session_ends_when_the_conversation_is_open_waiting_or_closed_but_not_in_wrap_up() {
    let floor = Floor::new().await;
    let id = floor.monitored("WHATSAPP").await;
    floor
        .act(&floor.anna, "endConversation", &id, json!({}))
        .await;
    assert_eq!(running(&floor, &id).await, 1, "wrap-up is still watched");
    floor
        .act(&floor.anna, "closeConversation", &id, json!({}))
        .await;
    assert_eq!(running(&floor, &id).await, 0);
    for mutation in ["releaseConversation", "setAsideConversation"] {
        let id = floor.monitored("WHATSAPP").await;
        floor.act(&floor.anna, mutation, &id, json!({})).await;
        assert_eq!(running(&floor, &id).await, 0, "{mutation}");
    }
}

#[tokio::test]
async fn a_session_ends_when_its_supervisor_becomes_the_primary_agent() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let bert = Token::supervisor("bert").and(domain::Role::Agent).sign();
    session(&floor, &bert, &id).await;
    let target = json!({ "agentId": floor.agent("bert") });
    floor
        .act(&floor.sam, "transferConversation", &id, target)
        .await;
    assert_eq!(running(&floor, &id).await, 1);
    floor.act(&bert, "acceptOffer", &id, json!({})).await;
    assert_eq!(running(&floor, &id).await, 0);
}

#[tokio::test]
async fn switching_monitoring_off_ends_every_session_at_once() {
    let floor = Floor::new().await;
    let (monitored, joined) = (floor.monitored("SMS").await, floor.joined("SMS").await);
    floor.set(json!({ "supervisorMonitor": false })).await;
    for id in [&monitored, &joined] {
        assert_eq!(running(&floor, id).await, 0);
        assert_eq!(floor.texts(&floor.sam, id).await, None);
    }
    let texts = floor.texts(&floor.anna, &joined).await.unwrap();
    assert_eq!(
        texts,
        [
            "A supervisor has joined the conversation.",
            "A supervisor has left the conversation."
        ]
    );
}

#[tokio::test]
async fn stopping_answers_with_the_session_that_ended_as_it_is_kept() {
    let floor = Floor::new().await;
    for joined in [false, true] {
        let id = if joined {
            floor.joined("WHATSAPP").await
        } else {
            floor.monitored("WHATSAPP").await
        };
        let fields = "id supervisor startedAt joinedAt endedAt endedBy";
        let input = crate::floor::on(&id, json!({ "idempotencyKey": id }));
        let payload = format!("session {{ {fields} }}");
        let stop = async || {
            let input = input.clone();
            let done = floor
                .server
                .done(&floor.sam, "stopMonitoring", input, &payload);
            done.await["session"].clone()
        };
        let stopped = stop().await;
        assert_eq!(stopped["endedBy"], "STOPPED");
        let kept = floor
            .see(&floor.sam, &id, &format!("monitorSessions {{ {fields} }}"))
            .await;
        assert_eq!(kept["monitorSessions"], json!([stopped]));
        assert_eq!(stop().await, stopped, "a repeat says the same");
    }
}

#[tokio::test]
async fn every_look_is_kept_with_its_end() {
    let floor = Floor::new().await;
    let id = floor.monitored("WHATSAPP").await;
    floor
        .act(&floor.sam, "stopMonitoring", &id, json!({}))
        .await;
    session(&floor, &floor.sam, &id).await;
    floor
        .act(&floor.anna, "releaseConversation", &id, json!({}))
        .await;
    let seen = floor
        .see(&floor.sam, &id, "monitorSessions { supervisor endedBy }")
        .await;
    assert_eq!(
        seen["monitorSessions"],
        json!([
            { "supervisor": "sam", "endedBy": "STOPPED" },
            { "supervisor": "sam", "endedBy": "STATE_CHANGED" },
        ])
    );
}
