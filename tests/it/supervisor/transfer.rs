//! Transfer requests and their four ends.

use serde_json::{Value, json};

use crate::floor::{Floor, merged, on, other_supervisor};

const TRANSFER: &str = "transferConversation";

fn to(floor: &Floor, agent: &str) -> Value {
    json!({ "agentId": floor.agent(agent) })
}

#[tokio::test]
async fn from_active_the_first_agent_becomes_consultant_and_the_second_primary() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let fields = "capacityExceededBy offer { kind agent { name } }";
    let input = on(&id, to(&floor, "bert"));
    let made = floor.server.done(&floor.sam, TRANSFER, input, fields).await;
    assert_eq!(
        made["offer"],
        json!({ "kind": "TRANSFER", "agent": { "name": "bert" } })
    );
    let pending = floor
        .see(&floor.sam, &id, "state agent { name } consultants { name }")
        .await;
    assert_eq!(
        pending,
        json!({ "state": "ACTIVE", "agent": { "name": "anna" }, "consultants": [] })
    );
    assert_eq!(
        (floor.consumed("anna").await, floor.consumed("bert").await),
        (1, 1)
    );

    let accepted = floor.act(&floor.bert, "acceptOffer", &id, json!({})).await;
    assert_eq!(accepted["agent"]["name"], "bert");
    assert_eq!(accepted["consultants"], json!([{ "name": "anna" }]));
    assert_eq!(accepted["statusReason"], "IN_CONVERSATION");
    assert_eq!(
        (floor.consumed("anna").await, floor.consumed("bert").await),
        (0, 1)
    );
    // Before acceptance bert could not read; now both can.
    assert!(floor.texts(&floor.anna, &id).await.is_some());
    assert!(floor.texts(&floor.bert, &id).await.is_some());
}

#[tokio::test]
async fn from_waiting_the_first_agent_leaves() {
    let floor = Floor::new().await;
    let id = floor.waiting().await;
    floor
        .act(&floor.sam, TRANSFER, &id, to(&floor, "bert"))
        .await;
    let accepted = floor.act(&floor.bert, "acceptOffer", &id, json!({})).await;
    assert_eq!(accepted["state"], "ACTIVE");
    assert_eq!(accepted["agent"]["name"], "bert");
    assert_eq!(accepted["consultants"], json!([]));
    assert_eq!(floor.see(&floor.anna, &id, "id").await, Value::Null);
}

#[tokio::test]
async fn back_to_the_consultant_the_roles_are_exchanged() {
    let floor = Floor::new().await;
    let id = floor.requested("WHATSAPP").await;
    floor.act(&floor.bert, "acceptOffer", &id, json!({})).await;
    floor
        .act(&floor.sam, TRANSFER, &id, to(&floor, "anna"))
        .await;
    let back = floor.act(&floor.anna, "acceptOffer", &id, json!({})).await;
    assert_eq!(back["agent"]["name"], "anna");
    assert_eq!(back["consultants"], json!([{ "name": "bert" }]));
    let left = floor
        .act(&floor.bert, "leaveConversation", &id, json!({}))
        .await;
    assert_eq!(left, Value::Null, "bert does not see it any more");
}

#[tokio::test]
async fn a_rejected_transfer_leaves_the_first_agent_primary() {
    let floor = Floor::new().await;
    let id = floor.requested("WHATSAPP").await;
    floor.act(&floor.bert, "rejectOffer", &id, json!({})).await;
    let seen = floor
        .see(
            &floor.sam,
            &id,
            "state agent { name } pendingOffer { id } consultants { id }",
        )
        .await;
    assert_eq!(
        seen,
        json!({ "state": "ACTIVE", "agent": { "name": "anna" }, "pendingOffer": null, "consultants": [] })
    );
    assert_eq!(
        (floor.consumed("anna").await, floor.consumed("bert").await),
        (1, 0)
    );
}

#[tokio::test]
async fn any_supervisor_in_scope_cancels_a_transfer_and_it_counts_as_no_decline() {
    let floor = Floor::new().await;
    let id = floor.requested("WHATSAPP").await;
    let cancelled = floor
        .act(&other_supervisor(), "cancelTransfer", &id, json!({}))
        .await;
    assert_eq!(cancelled["agent"]["name"], "anna");
    assert_eq!(floor.consumed("bert").await, 0);
    for _ in 0..3 {
        floor
            .act(&floor.sam, TRANSFER, &id, to(&floor, "bert"))
            .await;
        floor
            .act(&floor.sam, "cancelTransfer", &id, json!({}))
            .await;
    }
    floor
        .act(&floor.sam, TRANSFER, &id, to(&floor, "bert"))
        .await;
}

#[tokio::test]
async fn there_must_be_a_request_to_cancel_and_an_assignment_is_none() {
    let floor = Floor::new().await;
    for id in [
        floor.active("WHATSAPP").await,
        floor.offered("WHATSAPP").await,
    ] {
        assert_eq!(
            floor
                .code(&floor.sam, "cancelTransfer", &id, json!({}))
                .await,
            "NO_PENDING_OFFER"
        );
    }
}

#[tokio::test]
async fn what_nobody_handles_is_not_transferred() {
    let floor = Floor::new().await;
    let states = [
        floor.open("WHATSAPP").await,
        floor.offered("WHATSAPP").await,
        floor.wrap_up("WHATSAPP").await,
    ];
    for id in states {
        assert_eq!(
            floor
                .code(&floor.sam, TRANSFER, &id, to(&floor, "bert"))
                .await,
            "INVALID_STATE"
        );
    }
}

#[tokio::test]
async fn only_messaging_in_mode_text_is_transferred() {
    let floor = Floor::new().await;
    for channel in ["VOICE", "RECORD"] {
        let id = floor.active(channel).await;
        assert_eq!(
            floor
                .code(&floor.sam, TRANSFER, &id, to(&floor, "bert"))
                .await,
            "CHANNEL_NOT_SUPPORTED"
        );
    }
    for mode in ["VOICE", "VIDEO"] {
        let id = floor.active("LIVE_CHAT").await;
        floor
            .act(&floor.gateway, "changeMode", &id, json!({ "mode": mode }))
            .await;
        assert_eq!(
            floor
                .code(&floor.sam, TRANSFER, &id, to(&floor, "bert"))
                .await,
            "MODE_NOT_SUPPORTED"
        );
        floor
            .act(&floor.gateway, "changeMode", &id, json!({ "mode": "TEXT" }))
            .await;
        floor
            .act(
                &floor.sam,
                TRANSFER,
                &id,
                merged(to(&floor, "bert"), json!({ "overrideCapacity": true })),
            )
            .await;
    }
}

#[tokio::test]
async fn one_request_waits_at_a_time() {
    let floor = Floor::new().await;
    let id = floor.requested("WHATSAPP").await;
    assert_eq!(
        floor
            .code(&floor.sam, TRANSFER, &id, to(&floor, "bert"))
            .await,
        "OFFER_PENDING"
    );
}

#[tokio::test]
async fn the_target_is_a_person_of_the_same_queue_who_is_not_the_primary_agent() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let code = async |agent| {
        floor
            .code(&floor.sam, TRANSFER, &id, to(&floor, agent))
            .await
    };
    assert_eq!(code("anna").await, "TARGET_IS_PRIMARY");
    assert_eq!(code("carl").await, "TARGET_NOT_IN_QUEUE");
    assert_eq!(code("robo").await, "TARGET_IS_BOT");
    let nobody = json!({ "agentId": "agent_0190163d8694739baea5966c26f8ad91" });
    let error = floor.refusal(&floor.sam, TRANSFER, &id, nobody).await;
    assert_eq!(
        (&error["code"], &error["path"]),
        (&json!("TARGET_NOT_FOUND"), &json!(["input", "agentId"]))
    );
    floor.presence(&floor.bert, "AWAY").await;
    assert_eq!(code("bert").await, "PRESENCE_NOT_ALLOWED");
}

#[tokio::test]
async fn a_bots_conversation_is_not_transferred() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    floor
        .act(&floor.robo, "pickConversation", &id, json!({}))
        .await;
    assert_eq!(
        floor
            .code(&floor.sam, TRANSFER, &id, to(&floor, "bert"))
            .await,
        "PRIMARY_IS_BOT"
    );
}

#[tokio::test]
async fn a_target_without_capacity_or_who_declined_thrice_needs_an_override() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    for _ in 0..3 {
        floor
            .act(&floor.sam, TRANSFER, &id, to(&floor, "bert"))
            .await;
        floor.act(&floor.bert, "rejectOffer", &id, json!({})).await;
    }
    assert_eq!(
        floor
            .code(&floor.sam, TRANSFER, &id, to(&floor, "bert"))
            .await,
        "DECLINED_TOO_OFTEN"
    );
    for _ in 0..3 {
        let other = floor.open("WHATSAPP").await;
        floor
            .act(&floor.bert, "pickConversation", &other, json!({}))
            .await;
    }
    let insist = merged(to(&floor, "bert"), json!({ "overrideDeclines": true }));
    assert_eq!(
        floor.code(&floor.sam, TRANSFER, &id, insist.clone()).await,
        "CAPACITY_EXCEEDED"
    );
    let insist = merged(insist, json!({ "overrideCapacity": true }));
    let made = floor
        .server
        .done(&floor.sam, TRANSFER, on(&id, insist), "capacityExceededBy")
        .await;
    assert_eq!(made["capacityExceededBy"], 1);
}

#[tokio::test]
async fn a_request_is_cancelled_when_the_ground_moves() {
    let floor = Floor::new().await;
    let capacity = json!({ "overrideCapacity": true });
    let agent_moves = [
        "setAsideConversation",
        "releaseConversation",
        "endConversation",
    ];
    for mutation in agent_moves {
        let id = floor.active("WHATSAPP").await;
        floor
            .act(
                &floor.sam,
                TRANSFER,
                &id,
                merged(to(&floor, "bert"), capacity.clone()),
            )
            .await;
        let after = floor.act(&floor.anna, mutation, &id, json!({})).await;
        assert_eq!(
            floor.see(&floor.sam, &id, "pendingOffer { id }").await["pendingOffer"],
            Value::Null,
            "{mutation} {after}"
        );
        assert_eq!(floor.consumed("bert").await, 0, "{mutation}");
    }
    let waiting = floor.waiting().await;
    floor
        .act(&floor.sam, TRANSFER, &waiting, to(&floor, "bert"))
        .await;
    let wrote = json!({ "text": "are you there?" });
    let reopened = floor
        .act(&floor.gateway, "receiveCustomerMessage", &waiting, wrote)
        .await;
    assert_eq!(
        (&reopened["state"], &reopened["pendingOffer"]),
        (&json!("OPEN"), &Value::Null)
    );

    let member = json!({ "agentId": floor.agent("bert"), "queueId": floor.queue });
    let id = floor.active("WHATSAPP").await;
    floor
        .act(&floor.sam, TRANSFER, &id, to(&floor, "bert"))
        .await;
    floor
        .server
        .done(&floor.admin, "removeQueueMember", member, "")
        .await;
    assert_eq!(
        floor.see(&floor.sam, &id, "pendingOffer { id }").await["pendingOffer"],
        Value::Null
    );
    assert_eq!(
        floor.code(&floor.bert, "acceptOffer", &id, json!({})).await,
        "NOT_FOUND"
    );
}
