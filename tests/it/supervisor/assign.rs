//! Assigning to an agent or a queue, and withdrawing an offer.

use serde_json::{Value, json};

use crate::harness::Token;
use crate::stage::{Stage, merged, on};

const ASSIGN: &str = "assignConversation";

async fn offer(stage: &Stage, id: &str, input: Value) -> Value {
    let fields = "capacityExceededBy offer { kind units capacityExceededBy madeBy agent { name } }";
    stage
        .server
        .done(&stage.sam, ASSIGN, on(id, input), fields)
        .await
}

/// Gives anna so many conversations.
async fn load(stage: &Stage, count: usize) {
    for _ in 0..count {
        stage.active("WHATSAPP").await;
    }
}

#[tokio::test]
async fn an_open_conversation_is_offered_to_an_agent_who_accepts_it() {
    let stage = Stage::new().await;
    let id = stage.open("WHATSAPP").await;
    let made = offer(&stage, &id, stage.to("anna")).await;
    assert_eq!(made["capacityExceededBy"], 0);
    assert_eq!(
        made["offer"],
        json!({
            "kind": "ASSIGNMENT", "units": 1, "capacityExceededBy": 0,
            "madeBy": "sam", "agent": { "name": "anna" },
        })
    );
    let seen = stage
        .see(&stage.sam, &id, "state statusReason agent { name } version")
        .await;
    let offered = json!({ "state": "ACTIVE", "statusReason": "AWAITING_AGENT_ACCEPTANCE", "agent": null, "version": 2 });
    assert_eq!(seen, offered);
    assert_eq!(stage.consumed("anna").await, 1, "the offer reserves");
    let accepted = stage.act(&stage.anna, "acceptOffer", &id, json!({})).await;
    assert_eq!(accepted["statusReason"], "IN_CONVERSATION");
    assert_eq!(accepted["agent"]["name"], "anna");
    assert_eq!(accepted["pendingOffer"], Value::Null);
    assert_eq!(
        stage.consumed("anna").await,
        1,
        "accepting consumes what was reserved"
    );
}

#[tokio::test]
async fn the_agent_need_not_be_a_member_of_the_queue() {
    let stage = Stage::new().await;
    let id = stage.open("WHATSAPP").await;
    offer(&stage, &id, stage.to("carl")).await;
    stage.act(&stage.carl, "acceptOffer", &id, json!({})).await;
}

#[tokio::test]
async fn every_channel_but_record_is_assigned() {
    let stage = Stage::new().await;
    for channel in ["LIVE_CHAT", "SMS", "VOICE"] {
        offer(&stage, &stage.open(channel).await, stage.to("bert")).await;
    }
    let record = stage.open("RECORD").await;
    assert_eq!(
        stage
            .code(&stage.sam, ASSIGN, &record, stage.to("anna"))
            .await,
        "CHANNEL_NOT_SUPPORTED"
    );
    let to_queue = json!({ "target": { "queueId": stage.second_queue } });
    assert_eq!(
        stage.code(&stage.sam, ASSIGN, &record, to_queue).await,
        "CHANNEL_NOT_SUPPORTED"
    );
}

#[tokio::test]
async fn who_comes_later_learns_who_has_it() {
    let stage = Stage::new().await;
    let (offered, active) = (
        stage.offered("WHATSAPP").await,
        stage.active("WHATSAPP").await,
    );
    let to_queue = json!({ "target": { "queueId": stage.second_queue } });
    for id in [&offered, &active] {
        for input in [stage.to("bert"), to_queue.clone()] {
            assert_eq!(
                stage.code(&stage.sam, ASSIGN, id, input.clone()).await,
                "ALREADY_ASSIGNED"
            );
            let detail = "errors { ... on AlreadyAssigned { agent { name } } }";
            let payload = stage
                .server
                .mutate(&stage.sam, ASSIGN, on(id, input), detail)
                .await;
            assert_eq!(payload["errors"][0]["agent"]["name"], "anna");
        }
    }
}

#[tokio::test]
async fn of_many_assigns_at_once_exactly_one_wins() {
    let stage = Stage::new().await;
    let id = stage.open("WHATSAPP").await;
    let agents = [
        "anna", "bert", "carl", "anna", "bert", "carl", "anna", "bert",
    ];
    let tries = agents.map(|agent| {
        let input = on(&id, stage.to(agent));
        stage.server.mutate(
            &stage.sam,
            ASSIGN,
            input,
            "offer { agent { name } } errors { ... on AlreadyAssigned { agent { name } } }",
        )
    });
    let payloads = futures_util::future::join_all(tries).await;
    let won: Vec<&Value> = payloads
        .iter()
        .filter(|p| p["offer"] != Value::Null)
        .collect();
    assert_eq!(won.len(), 1, "{payloads:#?}");
    for lost in payloads.iter().filter(|p| p["offer"] == Value::Null) {
        assert_eq!(lost["errors"][0]["code"], "ALREADY_ASSIGNED");
        assert_eq!(lost["errors"][0]["agent"], won[0]["offer"]["agent"]);
    }
}

#[tokio::test]
async fn a_target_that_is_unknown_or_a_bot_is_refused() {
    let stage = Stage::new().await;
    let id = stage.open("WHATSAPP").await;
    let nobody = json!({ "target": { "agentId": "agent_0190163d8694739baea5966c26f8ad91" } });
    let error = stage.refusal(&stage.sam, ASSIGN, &id, nobody).await;
    assert_eq!(error["code"], "TARGET_NOT_FOUND");
    assert_eq!(error["path"], json!(["input", "target", "agentId"]));
    let nowhere = json!({ "target": { "queueId": "queue_0190163d8694739baea5966c26f8ad91" } });
    let error = stage.refusal(&stage.sam, ASSIGN, &id, nowhere).await;
    assert_eq!(error["code"], "TARGET_NOT_FOUND");
    assert_eq!(error["path"], json!(["input", "target", "queueId"]));
    assert_eq!(
        stage.code(&stage.sam, ASSIGN, &id, stage.to("robo")).await,
        "TARGET_IS_BOT"
    );
}

#[tokio::test]
async fn an_agent_whose_presence_is_not_allowed_gets_an_offer_by_override_only() {
    let stage = Stage::new().await;
    let id = stage.open("WHATSAPP").await;
    for presence in ["AWAY", "OFFLINE", "BUSY_DO_NOT_DISTURB"] {
        stage.presence(&stage.bert, presence).await;
        assert_eq!(
            stage.code(&stage.sam, ASSIGN, &id, stage.to("bert")).await,
            "PRESENCE_NOT_ALLOWED"
        );
        let detail = "errors { ... on PresenceNotAllowed { presence allowedPresences } }";
        let payload = stage
            .server
            .mutate(&stage.sam, ASSIGN, on(&id, stage.to("bert")), detail)
            .await;
        assert_eq!(payload["errors"][0]["presence"], presence);
        assert_eq!(
            payload["errors"][0]["allowedPresences"],
            json!(["AVAILABLE", "BUSY"])
        );
    }
    offer(
        &stage,
        &id,
        merged(stage.to("bert"), json!({ "overridePresence": true })),
    )
    .await;
    stage.presence(&stage.bert, "BUSY").await;
    offer(&stage, &stage.open("WHATSAPP").await, stage.to("bert")).await;
}

#[tokio::test]
async fn an_agent_without_capacity_gets_an_offer_by_override_only() {
    let stage = Stage::new().await;
    load(&stage, 3).await;
    let id = stage.open("WHATSAPP").await;
    assert_eq!(
        stage.code(&stage.sam, ASSIGN, &id, stage.to("anna")).await,
        "CAPACITY_EXCEEDED"
    );
    let detail = "errors { ... on CapacityExceeded { totalUnits consumedUnits requiredUnits capacityExceededBy } }";
    let payload = stage
        .server
        .mutate(&stage.sam, ASSIGN, on(&id, stage.to("anna")), detail)
        .await;
    let error = &payload["errors"][0];
    let figures = [
        "totalUnits",
        "consumedUnits",
        "requiredUnits",
        "capacityExceededBy",
    ];
    assert_eq!(
        figures.map(|figure| error[figure].as_u64().unwrap()),
        [3, 3, 1, 1]
    );
    // The other override does not lift it.
    let presence = merged(stage.to("anna"), json!({ "overridePresence": true }));
    assert_eq!(
        stage.code(&stage.sam, ASSIGN, &id, presence).await,
        "CAPACITY_EXCEEDED"
    );
    let made = offer(
        &stage,
        &id,
        merged(stage.to("anna"), json!({ "overrideCapacity": true })),
    )
    .await;
    assert_eq!(made["capacityExceededBy"], 1);
    assert_eq!(made["offer"]["capacityExceededBy"], 1);
    let query =
        "query($id: ID!) { node(id: $id) { ... on Agent { capacity { availableUnits } } } }";
    let anna = stage
        .server
        .data(&stage.sam, query, json!({ "id": stage.agent("anna") }))
        .await;
    assert_eq!(anna["node"]["capacity"]["availableUnits"], -1);
}

#[tokio::test]
async fn pending_offers_take_capacity_too() {
    let stage = Stage::new().await;
    for _ in 0..3 {
        stage.offered("WHATSAPP").await;
    }
    let id = stage.open("WHATSAPP").await;
    assert_eq!(
        stage.code(&stage.sam, ASSIGN, &id, stage.to("anna")).await,
        "CAPACITY_EXCEEDED"
    );
}

#[tokio::test]
async fn a_rejected_offer_reopens_without_resetting_the_wait_and_the_fourth_needs_an_override() {
    let stage = Stage::new().await;
    let id = stage.open("WHATSAPP").await;
    let since = stage.see(&stage.sam, &id, "waitingSince").await;
    for _ in 0..3 {
        offer(&stage, &id, stage.to("anna")).await;
        stage.act(&stage.anna, "rejectOffer", &id, json!({})).await;
    }
    assert_eq!(stage.see(&stage.sam, &id, "waitingSince").await, since);
    assert_eq!(stage.consumed("anna").await, 0);
    assert_eq!(
        stage.code(&stage.sam, ASSIGN, &id, stage.to("anna")).await,
        "DECLINED_TOO_OFTEN"
    );
    offer(&stage, &stage.open("WHATSAPP").await, stage.to("anna")).await;
    let insist = merged(stage.to("anna"), json!({ "overrideDeclines": true }));
    offer(&stage, &id, insist).await;
}

#[tokio::test]
async fn picking_is_not_affected_by_declines() {
    let stage = Stage::new().await;
    let id = stage.open("WHATSAPP").await;
    for _ in 0..3 {
        offer(&stage, &id, stage.to("anna")).await;
        stage.act(&stage.anna, "rejectOffer", &id, json!({})).await;
    }
    stage
        .act(&stage.anna, "pickConversation", &id, json!({}))
        .await;
}

#[tokio::test]
async fn a_withdrawn_offer_counts_as_no_decline_and_frees_the_capacity() {
    let stage = Stage::new().await;
    let id = stage.open("WHATSAPP").await;
    for _ in 0..4 {
        offer(&stage, &id, stage.to("anna")).await;
        let open = stage.act(&stage.sam, "cancelOffer", &id, json!({})).await;
        assert_eq!(open["state"], "OPEN");
        assert_eq!(open["statusReason"], "AWAITING_AGENT_ASSIGNMENT");
    }
    assert_eq!(stage.consumed("anna").await, 0);
    assert_eq!(
        stage.code(&stage.anna, "acceptOffer", &id, json!({})).await,
        "NO_PENDING_OFFER"
    );
}

#[tokio::test]
async fn there_must_be_an_offer_to_withdraw_and_a_transfer_request_is_none() {
    let stage = Stage::new().await;
    let states = [
        stage.open("WHATSAPP").await,
        stage.active("WHATSAPP").await,
        stage.requested("WHATSAPP").await,
        stage.waiting().await,
    ];
    for id in states {
        assert_eq!(
            stage.code(&stage.sam, "cancelOffer", &id, json!({})).await,
            "NO_PENDING_OFFER"
        );
    }
}

#[tokio::test]
async fn a_conversation_moves_to_another_queue_and_keeps_waiting_since_and_workstream() {
    let stage = Stage::new().await;
    let id = stage.open("WHATSAPP").await;
    let before = stage
        .see(&stage.sam, &id, "waitingSince workstream { id }")
        .await;
    let target = json!({ "target": { "queueId": stage.second_queue } });
    let moved = offer(&stage, &id, target.clone()).await;
    assert_eq!(
        (&moved["offer"], &moved["capacityExceededBy"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        stage
            .see(&stage.sam, &id, "waitingSince workstream { id }")
            .await,
        before
    );
    let seen = stage
        .see(&stage.sam, &id, "state queue { id } version")
        .await;
    assert_eq!(
        seen,
        json!({ "state": "OPEN", "queue": { "id": stage.second_queue }, "version": 2 })
    );
    assert_eq!(
        stage.code(&stage.sam, ASSIGN, &id, target).await,
        "TARGET_QUEUE_IS_CURRENT"
    );
    let voice = json!({ "target": { "queueId": stage.voice_queue } });
    assert_eq!(
        stage.code(&stage.sam, ASSIGN, &id, voice).await,
        "QUEUE_KIND_MISMATCH"
    );
}

#[tokio::test]
async fn out_of_ones_scope_the_payload_shows_no_conversation() {
    let stage = Stage::new().await;
    let id = stage.open("WHATSAPP").await;
    let narrow = Token::supervisor("sam").queues(&[&stage.queue]).sign();
    let target = json!({ "target": { "queueId": stage.second_queue } });
    let moved = stage.act(&narrow, ASSIGN, &id, target).await;
    assert_eq!(moved, Value::Null);
    assert_eq!(stage.see(&narrow, &id, "id").await, Value::Null);
}

#[tokio::test]
async fn a_target_is_exactly_one_of_agent_and_queue() {
    let stage = Stage::new().await;
    let id = stage.open("WHATSAPP").await;
    let before = stage.fingerprint(&id).await;
    let both = json!({ "agentId": stage.agent("anna"), "queueId": stage.second_queue });
    for target in [json!({}), both, json!({ "agentId": null })] {
        let query = "mutation($input: AssignConversationInput!) { assignConversation(input: $input) { errors { code } } }";
        let input = json!({ "input": { "conversationId": id, "target": target } });
        let response = stage.server.post(&stage.sam, query, input).await;
        assert_eq!(
            response["errors"][0]["extensions"]["code"], "INVALID_INPUT",
            "{response}"
        );
    }
    assert_eq!(stage.fingerprint(&id).await, before);
}
