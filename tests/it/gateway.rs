//! What gateways tell of their customers, and what they must not see.

mod before;
mod carried;
mod changed;
mod languages;
mod messages;
mod receive;
mod sight;

use serde_json::{Value, json};

use crate::floor::{Floor, merged};

const MESSAGE: &str = "receiveCustomerMessage";

#[tokio::test]
async fn a_conversation_starts_open_on_every_channel() {
    let floor = Floor::new().await;
    let channels = [
        "LIVE_CHAT",
        "PERSISTENT_CHAT",
        "SMS",
        "WHATSAPP",
        "FACEBOOK",
        "LINE",
        "WECHAT",
        "TEAMS",
        "APPLE_MESSAGES",
        "GOOGLE_BUSINESS_MESSAGES",
        "CUSTOM_MESSAGING",
        "VOICE",
        "RECORD",
    ];
    for channel in channels {
        let id = floor.open(channel).await;
        let seen = floor
            .see(
                &floor.gateway,
                &id,
                "channel state statusReason version mode consent agent { id } sentiment { level }",
            )
            .await;
        let mode = if channel == "VOICE" { "VOICE" } else { "TEXT" };
        assert_eq!(
            seen,
            json!({
                "channel": channel, "state": "OPEN", "statusReason": "AWAITING_AGENT_ASSIGNMENT", "version": 1,
                "mode": mode, "consent": "UNKNOWN", "agent": null, "sentiment": { "level": "NEUTRAL" },
            })
        );
    }
}

/// The refusal of a start, which must leave no trace.
async fn start_refused(floor: &Floor, extra: Value) -> (String, Value) {
    let anything = floor.open("SMS").await;
    let before = floor.fingerprint(&anything).await;
    let input = merged(floor.start_input("WHATSAPP"), extra);
    let payload = floor
        .server
        .mutate(&floor.gateway, "startConversation", input, "asOf")
        .await;
    assert_eq!(floor.fingerprint(&anything).await, before);
    let error = &payload["errors"][0];
    (
        error["code"].as_str().unwrap_or("done").to_owned(),
        error["path"].clone(),
    )
}

#[tokio::test]
async fn a_start_names_queue_and_workstream_of_the_channels_kind() {
    let floor = Floor::new().await;
    let nowhere = "0190163d8694739baea5966c26f8ad91";
    for (field, value, code, path) in [
        (
            "queueId",
            floor.voice_queue.clone(),
            "QUEUE_KIND_MISMATCH",
            json!([]),
        ),
        (
            "workstreamId",
            floor.record_workstream.clone(),
            "QUEUE_KIND_MISMATCH",
            json!([]),
        ),
        (
            "queueId",
            format!("queue_{nowhere}"),
            "TARGET_NOT_FOUND",
            json!(["input", "queueId"]),
        ),
        (
            "workstreamId",
            format!("ws_{nowhere}"),
            "TARGET_NOT_FOUND",
            json!(["input", "workstreamId"]),
        ),
        (
            "previousConversationId",
            format!("conv_{nowhere}"),
            "TARGET_NOT_FOUND",
            json!(["input", "previousConversationId"]),
        ),
        (
            "queueId",
            "queue_x".to_owned(),
            "INVALID_INPUT",
            json!(["input", "queueId"]),
        ),
        (
            "workstreamId",
            floor.queue.clone(),
            "INVALID_INPUT",
            json!(["input", "workstreamId"]),
        ),
        (
            "previousConversationId",
            String::new(),
            "INVALID_INPUT",
            json!(["input", "previousConversationId"]),
        ),
        (
            "subject",
            " \t".to_owned(),
            "INVALID_INPUT",
            json!(["input", "subject"]),
        ),
        (
            "noticeGivenAt",
            "2999-01-01T00:00:00Z".to_owned(),
            "INVALID_INPUT",
            json!(["input", "noticeGivenAt"]),
        ),
        (
            "idempotencyKey",
            String::new(),
            "INVALID_INPUT",
            json!(["input", "idempotencyKey"]),
        ),
    ] {
        let refused = start_refused(&floor, json!({ field: value })).await;
        assert_eq!(refused, (code.to_owned(), path), "{field}: {value}");
    }
    let refused = start_refused(&floor, json!({ "customer": { "key": "", "name": "Ada" } })).await;
    assert_eq!(
        refused,
        (
            "INVALID_INPUT".to_owned(),
            json!(["input", "customer", "key"])
        )
    );
    let refused = start_refused(&floor, json!({ "customer": { "name": "a\u{0}b" } })).await;
    assert_eq!(
        refused,
        (
            "INVALID_INPUT".to_owned(),
            json!(["input", "customer", "name"])
        )
    );
}

#[tokio::test]
async fn a_new_conversation_continues_a_closed_one_of_the_same_channel() {
    let floor = Floor::new().await;
    let (closed, running) = (
        floor.closed("WHATSAPP").await,
        floor.active("WHATSAPP").await,
    );
    let id = floor
        .start_with("WHATSAPP", json!({ "previousConversationId": closed }))
        .await;
    let seen = floor
        .see(&floor.gateway, &id, "previous { id state }")
        .await;
    assert_eq!(seen["previous"], json!({ "id": closed, "state": "CLOSED" }));
    let refused = start_refused(&floor, json!({ "previousConversationId": running })).await;
    assert_eq!(refused.0, "INVALID_STATE");
    let refused = start_refused(
        &floor,
        json!({ "previousConversationId": floor.closed("SMS").await }),
    )
    .await;
    assert_eq!(refused.0, "TARGET_NOT_FOUND");
}

#[tokio::test]
async fn the_same_key_is_the_same_customer_and_a_name_that_is_left_out_stays() {
    let floor = Floor::new().await;
    let start = async |customer: Value| {
        let id = floor
            .start_with("WHATSAPP", json!({ "customer": customer }))
            .await;
        floor.see(&floor.gateway, &id, "customer { id name }").await["customer"].clone()
    };
    let first = start(json!({ "key": "k1", "name": "Ada" })).await;
    assert_eq!(start(json!({ "key": "k1" })).await, first);
    let renamed = start(json!({ "key": "k1", "name": "Ada L." })).await;
    assert_eq!(
        (&renamed["id"], &renamed["name"]),
        (&first["id"], &json!("Ada L."))
    );
    assert_ne!(start(json!({ "key": "k2" })).await["id"], first["id"]);
    assert_ne!(start(json!({ "name": "Ada" })).await["id"], first["id"]);
    // Everywhere where the customer is shown, and after everything is read again.
    let view = "{ ongoingConversations(filter: { text: \"ada l\" }) { totalCount } }";
    let data = floor.server.data(&floor.sam, view, json!({})).await;
    assert_eq!(data["ongoingConversations"]["totalCount"], 3);
}

#[tokio::test]
async fn the_customer_ends_every_state_but_wrap_up() {
    let floor = Floor::new().await;
    for (id, state, reason) in [
        (floor.open("WHATSAPP").await, "CLOSED", "CUSTOMER_LEFT_OPEN"),
        (
            floor.offered("WHATSAPP").await,
            "CLOSED",
            "CUSTOMER_LEFT_OPEN",
        ),
        (floor.waiting().await, "CLOSED", "ENDED_BY_CUSTOMER"),
        (
            floor.requested("WHATSAPP").await,
            "WRAP_UP",
            "MOVED_TO_WRAP_UP_BY_CUSTOMER",
        ),
    ] {
        let ended = floor
            .act(&floor.gateway, "endByCustomer", &id, json!({}))
            .await;
        assert_eq!(
            (&ended["state"], &ended["statusReason"]),
            (&json!(state), &json!(reason))
        );
        assert_eq!(ended["pendingOffer"], Value::Null);
        let again = floor
            .code(&floor.gateway, "endByCustomer", &id, json!({}))
            .await;
        assert_eq!(
            again,
            if state == "CLOSED" {
                "CONVERSATION_CLOSED"
            } else {
                "INVALID_STATE"
            }
        );
    }
    assert_eq!(floor.consumed("bert").await, 0);
}

#[tokio::test]
async fn only_a_live_chat_customer_has_a_connection_and_only_once() {
    let floor = Floor::new().await;
    for channel in ["WHATSAPP", "VOICE"] {
        let id = floor.active(channel).await;
        for mutation in ["customerDisconnected", "customerReconnected"] {
            assert_eq!(
                floor.code(&floor.gateway, mutation, &id, json!({})).await,
                "CHANNEL_NOT_SUPPORTED"
            );
        }
    }
    let id = floor.active("LIVE_CHAT").await;
    assert_eq!(
        floor
            .code(&floor.gateway, "customerReconnected", &id, json!({}))
            .await,
        "INVALID_STATE"
    );
    floor
        .act(&floor.gateway, "customerDisconnected", &id, json!({}))
        .await;
    assert_ne!(
        floor.see(&floor.anna, &id, "customerAwaySince").await["customerAwaySince"],
        Value::Null
    );
    assert_eq!(
        floor
            .code(&floor.gateway, "customerDisconnected", &id, json!({}))
            .await,
        "INVALID_STATE"
    );
    floor
        .act(&floor.gateway, "customerReconnected", &id, json!({}))
        .await;
    assert_eq!(
        floor.see(&floor.anna, &id, "customerAwaySince").await["customerAwaySince"],
        Value::Null
    );
    let wrap_up = floor.wrap_up("LIVE_CHAT").await;
    assert_eq!(
        floor
            .code(&floor.gateway, "customerDisconnected", &wrap_up, json!({}))
            .await,
        "INVALID_STATE"
    );
}

#[tokio::test]
async fn a_running_messaging_conversation_changes_its_mode() {
    let floor = Floor::new().await;
    let id = floor.requested("WHATSAPP").await;
    let video = floor
        .act(
            &floor.gateway,
            "changeMode",
            &id,
            json!({ "mode": "VIDEO" }),
        )
        .await;
    assert_eq!(
        (&video["mode"], &video["pendingOffer"]),
        (&json!("VIDEO"), &Value::Null)
    );
    let code = async |id: &str, mode| {
        floor
            .code(&floor.gateway, "changeMode", id, json!({ "mode": mode }))
            .await
    };
    assert_eq!(code(&id, "VIDEO").await, "MODE_NOT_SUPPORTED");
    assert_eq!(
        code(&floor.open("WHATSAPP").await, "VIDEO").await,
        "INVALID_STATE"
    );
    assert_eq!(
        code(&floor.offered("WHATSAPP").await, "VIDEO").await,
        "INVALID_STATE"
    );
    assert_eq!(
        code(&floor.active("VOICE").await, "VIDEO").await,
        "CHANNEL_NOT_SUPPORTED"
    );
}

#[tokio::test]
async fn consent_is_recorded_after_the_end_too_and_changes_nothing_else() {
    let mut floor = Floor::new().await;
    let id = floor.closed("WHATSAPP").await;
    let shown = "state statusReason version lastActivityAt closedAt consent";
    let before = floor.see(&floor.sam, &id, shown).await;
    floor
        .act(
            &floor.gateway,
            "recordConsent",
            &id,
            json!({ "consent": "DENIED" }),
        )
        .await;
    let mut expected = before;
    expected["consent"] = json!("DENIED");
    assert_eq!(floor.see(&floor.sam, &id, shown).await, expected);
    // It is in the log, for who sees the conversation, and the database agrees with it.
    floor.server = floor.server.restart().await;
    assert_eq!(floor.see(&floor.sam, &id, shown).await, expected);
}

#[tokio::test]
async fn consent_is_recorded_one_part_at_a_time_and_raises_the_version_when_it_changes() {
    let floor = Floor::new().await;
    let id = floor
        .start_with("WHATSAPP", json!({ "noticeGivenAt": null }))
        .await;
    let record = async |input: Value| {
        floor.act(&floor.gateway, "recordConsent", &id, input).await;
        floor
            .see(&floor.gateway, &id, "version consent noticeGivenAt")
            .await
    };
    let granted = record(json!({ "consent": "GRANTED" })).await;
    assert_eq!(
        granted,
        json!({ "version": 2, "consent": "GRANTED", "noticeGivenAt": null })
    );
    assert_eq!(record(json!({ "consent": "GRANTED" })).await, granted);
    let told = record(json!({ "noticeGivenAt": "2026-01-01T00:00:00Z" })).await;
    assert_eq!(
        (&told["version"], &told["consent"]),
        (&json!(3), &json!("GRANTED"))
    );
    let error = floor
        .refusal(&floor.gateway, "recordConsent", &id, json!({}))
        .await;
    assert_eq!(
        (&error["code"], &error["path"]),
        (&json!("INVALID_INPUT"), &json!(["input"]))
    );
}
