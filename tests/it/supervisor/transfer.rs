//! Transfer requests and their four ends.

use serde_json::{Value, json};

use crate::stage::{Stage, merged, on, other_supervisor};

const TRANSFER: &str = "transferConversation";

fn to(stage: &Stage, agent: &str) -> Value {
    json!({ "agentId": stage.agent(agent) })
}

#[tokio::test]
async fn from_active_the_first_agent_becomes_consultant_and_the_second_primary() {
    let stage = Stage::new().await;
    let id = stage.active("WHATSAPP").await;
    let fields = "capacityExceededBy offer { kind agent { name } }";
    let input = on(&id, to(&stage, "bert"));
    let made = stage.server.done(&stage.sam, TRANSFER, input, fields).await;
    assert_eq!(
        made["offer"],
        json!({ "kind": "TRANSFER", "agent": { "name": "bert" } })
    );
    let pending = stage
        .see(&stage.sam, &id, "state agent { name } consultants { name }")
        .await;
    assert_eq!(
        pending,
        json!({ "state": "ACTIVE", "agent": { "name": "anna" }, "consultants": [] })
    );
    assert_eq!(
        (stage.consumed("anna").await, stage.consumed("bert").await),
        (1, 1)
    );

    let accepted = stage.act(&stage.bert, "acceptOffer", &id, json!({})).await;
    assert_eq!(accepted["agent"]["name"], "bert");
    assert_eq!(accepted["consultants"], json!([{ "name": "anna" }]));
    assert_eq!(accepted["statusReason"], "IN_CONVERSATION");
    assert_eq!(
        (stage.consumed("anna").await, stage.consumed("bert").await),
        (0, 1)
    );
    // Before acceptance bert could not read; now both can.
    assert!(stage.texts(&stage.anna, &id).await.is_some());
    assert!(stage.texts(&stage.bert, &id).await.is_some());
}

#[tokio::test]
async fn from_waiting_the_first_agent_leaves() {
    let stage = Stage::new().await;
    let id = stage.waiting().await;
    stage
        .act(&stage.sam, TRANSFER, &id, to(&stage, "bert"))
        .await;
    let accepted = stage.act(&stage.bert, "acceptOffer", &id, json!({})).await;
    assert_eq!(accepted["state"], "ACTIVE");
    assert_eq!(accepted["agent"]["name"], "bert");
    assert_eq!(accepted["consultants"], json!([]));
    assert_eq!(stage.see(&stage.anna, &id, "id").await, Value::Null);
}

#[tokio::test]
async fn back_to_the_consultant_the_roles_are_exchanged() {
    let stage = Stage::new().await;
    let id = stage.requested("WHATSAPP").await;
    stage.act(&stage.bert, "acceptOffer", &id, json!({})).await;
    stage
        .act(&stage.sam, TRANSFER, &id, to(&stage, "anna"))
        .await;
    let back = stage.act(&stage.anna, "acceptOffer", &id, json!({})).await;
    assert_eq!(back["agent"]["name"], "anna");
    assert_eq!(back["consultants"], json!([{ "name": "bert" }]));
    let left = stage
        .act(&stage.bert, "leaveConversation", &id, json!({}))
        .await;
    assert_eq!(left, Value::Null, "bert does not see it any more");
}

#[tokio::test]
async fn a_rejected_transfer_leaves_the_first_agent_primary() {
    let stage = Stage::new().await;
    let id = stage.requested("WHATSAPP").await;
    stage.act(&stage.bert, "rejectOffer", &id, json!({})).await;
    let seen = stage
        .see(
            &stage.sam,
            &id,
            "state agent { name } pendingOffer { id } consultants { id }",
        )
        .await;
    assert_eq!(
        seen,
        json!({ "state": "ACTIVE", "agent": { "name": "anna" }, "pendingOffer": null, "consultants": [] })
    );
    assert_eq!(
        (stage.consumed("anna").await, stage.consumed("bert").await),
        (1, 0)
    );
}

#[tokio::test]
async fn any_supervisor_in_scope_cancels_a_transfer_and_it_counts_as_no_decline() {
    let stage = Stage::new().await;
    let id = stage.requested("WHATSAPP").await;
    let cancelled = stage
        .act(&other_supervisor(), "cancelTransfer", &id, json!({}))
        .await;
    assert_eq!(cancelled["agent"]["name"], "anna");
    assert_eq!(stage.consumed("bert").await, 0);
    for _ in 0..3 {
        stage
            .act(&stage.sam, TRANSFER, &id, to(&stage, "bert"))
            .await;
        stage
            .act(&stage.sam, "cancelTransfer", &id, json!({}))
            .await;
    }
    stage
        .act(&stage.sam, TRANSFER, &id, to(&stage, "bert"))
        .await;
}

#[tokio::test]
async fn there_must_be_a_request_to_cancel_and_an_assignment_is_none() {
    let stage = Stage::new().await;
    for id in [
        stage.active("WHATSAPP").await,
        stage.offered("WHATSAPP").await,
    ] {
        assert_eq!(
            stage
                .code(&stage.sam, "cancelTransfer", &id, json!({}))
                .await,
            "NO_PENDING_OFFER"
        );
    }
}

#[tokio::test]
async fn what_nobody_handles_is_not_transferred() {
    let stage = Stage::new().await;
    let states = [
        stage.open("WHATSAPP").await,
        stage.offered("WHATSAPP").await,
        stage.wrap_up("WHATSAPP").await,
    ];
    for id in states {
        assert_eq!(
            stage
                .code(&stage.sam, TRANSFER, &id, to(&stage, "bert"))
                .await,
            "INVALID_STATE"
        );
    }
}

#[tokio::test]
async fn only_messaging_in_mode_text_is_transferred() {
    let stage = Stage::new().await;
    for channel in ["VOICE", "RECORD"] {
        let id = stage.active(channel).await;
        assert_eq!(
            stage
                .code(&stage.sam, TRANSFER, &id, to(&stage, "bert"))
                .await,
            "CHANNEL_NOT_SUPPORTED"
        );
    }
    for mode in ["VOICE", "VIDEO"] {
        let id = stage.active("LIVE_CHAT").await;
        stage
            .act(&stage.gateway, "changeMode", &id, json!({ "mode": mode }))
            .await;
        assert_eq!(
            stage
                .code(&stage.sam, TRANSFER, &id, to(&stage, "bert"))
                .await,
            "MODE_NOT_SUPPORTED"
        );
        stage
            .act(&stage.gateway, "changeMode", &id, json!({ "mode": "TEXT" }))
            .await;
        stage
            .act(
                &stage.sam,
                TRANSFER,
                &id,
                merged(to(&stage, "bert"), json!({ "overrideCapacity": true })),
            )
            .await;
    }
}

#[tokio::test]
async fn one_request_waits_at_a_time() {
    let stage = Stage::new().await;
    let id = stage.requested("WHATSAPP").await;
    assert_eq!(
        stage
            .code(&stage.sam, TRANSFER, &id, to(&stage, "bert"))
            .await,
        "OFFER_PENDING"
    );
}

#[tokio::test]
async fn the_target_is_a_person_of_the_same_queue_who_is_not_the_primary_agent() {
    let stage = Stage::new().await;
    let id = stage.active("WHATSAPP").await;
    let code = async |agent| {
        stage
            .code(&stage.sam, TRANSFER, &id, to(&stage, agent))
            .await
    };
    assert_eq!(code("anna").await, "TARGET_IS_PRIMARY");
    assert_eq!(code("carl").await, "TARGET_NOT_IN_QUEUE");
    assert_eq!(code("robo").await, "TARGET_IS_BOT");
    let nobody = json!({ "agentId": "agent_0190163d8694739baea5966c26f8ad91" });
    let error = stage.refusal(&stage.sam, TRANSFER, &id, nobody).await;
    assert_eq!(
        (&error["code"], &error["path"]),
        (&json!("TARGET_NOT_FOUND"), &json!(["input", "agentId"]))
    );
    stage.presence(&stage.bert, "AWAY").await;
    assert_eq!(code("bert").await, "PRESENCE_NOT_ALLOWED");
}

#[tokio::test]
async fn a_bots_conversation_is_not_transferred() {
    let stage = Stage::new().await;
    let id = stage.open("WHATSAPP").await;
    stage
        .act(&stage.robo, "pickConversation", &id, json!({}))
        .await;
    assert_eq!(
        stage
            .code(&stage.sam, TRANSFER, &id, to(&stage, "bert"))
            .await,
        "PRIMARY_IS_BOT"
    );
}

#[tokio::test]
async fn a_target_without_capacity_or_who_declined_thrice_needs_an_override() {
    let stage = Stage::new().await;
    let id = stage.active("WHATSAPP").await;
    for _ in 0..3 {
        stage
            .act(&stage.sam, TRANSFER, &id, to(&stage, "bert"))
            .await;
        stage.act(&stage.bert, "rejectOffer", &id, json!({})).await;
    }
    assert_eq!(
        stage
            .code(&stage.sam, TRANSFER, &id, to(&stage, "bert"))
            .await,
        "DECLINED_TOO_OFTEN"
    );
    for _ in 0..3 {
        let other = stage.open("WHATSAPP").await;
        stage
            .act(&stage.bert, "pickConversation", &other, json!({}))
            .await;
    }
    let insist = merged(to(&stage, "bert"), json!({ "overrideDeclines": true }));
    assert_eq!(
        stage.code(&stage.sam, TRANSFER, &id, insist.clone()).await,
        "CAPACITY_EXCEEDED"
    );
    let insist = merged(insist, json!({ "overrideCapacity": true }));
    let made = stage
        .server
        .done(&stage.sam, TRANSFER, on(&id, insist), "capacityExceededBy")
        .await;
    assert_eq!(made["capacityExceededBy"], 1);
}

#[tokio::test]
async fn a_request_is_cancelled_when_the_ground_moves() {
    let stage = Stage::new().await;
    let capacity = json!({ "overrideCapacity": true });
    let agent_moves = [
        "setAsideConversation",
        "releaseConversation",
        "endConversation",
    ];
    for mutation in agent_moves {
        let id = stage.active("WHATSAPP").await;
        stage
            .act(
                &stage.sam,
                TRANSFER,
                &id,
                merged(to(&stage, "bert"), capacity.clone()),
            )
            .await;
        let after = stage.act(&stage.anna, mutation, &id, json!({})).await;
        assert_eq!(
            stage.see(&stage.sam, &id, "pendingOffer { id }").await["pendingOffer"],
            Value::Null,
            "{mutation} {after}"
        );
        assert_eq!(stage.consumed("bert").await, 0, "{mutation}");
    }
    let waiting = stage.waiting().await;
    stage
        .act(&stage.sam, TRANSFER, &waiting, to(&stage, "bert"))
        .await;
    let wrote = json!({ "text": "are you there?" });
    let reopened = stage
        .act(&stage.gateway, "receiveCustomerMessage", &waiting, wrote)
        .await;
    assert_eq!(
        (&reopened["state"], &reopened["pendingOffer"]),
        (&json!("OPEN"), &Value::Null)
    );

    let member = json!({ "agentId": stage.agent("bert"), "queueId": stage.queue });
    let id = stage.active("WHATSAPP").await;
    stage
        .act(&stage.sam, TRANSFER, &id, to(&stage, "bert"))
        .await;
    stage
        .server
        .done(&stage.admin, "removeQueueMember", member, "")
        .await;
    assert_eq!(
        stage.see(&stage.sam, &id, "pendingOffer { id }").await["pendingOffer"],
        Value::Null
    );
    assert_eq!(
        stage.code(&stage.bert, "acceptOffer", &id, json!({})).await,
        "NOT_FOUND"
    );
}
