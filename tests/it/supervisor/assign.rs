//! Assigning to an agent or a queue, and withdrawing an offer.

use serde_json::{Value, json};

use crate::floor::{Floor, merged, on};
use crate::harness::Token;

const ASSIGN: &str = "assignConversation";

async fn offer(floor: &Floor, id: &str, input: Value) -> Value {
    let fields = "capacityExceededBy offer { kind units capacityExceededBy madeBy agent { name } }";
    floor
        .server
        .done(&floor.sam, ASSIGN, on(id, input), fields)
        .await
}

/// Gives anna so many conversations.
async fn load(floor: &Floor, count: usize) {
    for _ in 0..count {
        floor.active("WHATSAPP").await;
    }
}

#[tokio::test]
async fn an_open_conversation_is_offered_to_an_agent_who_accepts_it() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    let made = offer(&floor, &id, floor.to("anna")).await;
    assert_eq!(made["capacityExceededBy"], 0);
    assert_eq!(
        made["offer"],
        json!({
            "kind": "ASSIGNMENT", "units": 1, "capacityExceededBy": 0,
            "madeBy": "sam", "agent": { "name": "anna" },
        })
    );
    let seen = floor
        .see(&floor.sam, &id, "state statusReason agent { name } version")
        .await;
    let offered = json!({ "state": "ACTIVE", "statusReason": "AWAITING_AGENT_ACCEPTANCE", "agent": null, "version": 2 });
    assert_eq!(seen, offered);
    assert_eq!(floor.consumed("anna").await, 1, "the offer reserves");
    let accepted = floor.act(&floor.anna, "acceptOffer", &id, json!({})).await;
    assert_eq!(accepted["statusReason"], "IN_CONVERSATION");
    assert_eq!(accepted["agent"]["name"], "anna");
    assert_eq!(accepted["pendingOffer"], Value::Null);
    assert_eq!(
        floor.consumed("anna").await,
        1,
        "accepting consumes what was reserved"
    );
}

#[tokio::test]
async fn the_agent_need_not_be_a_member_of_the_queue() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    offer(&floor, &id, floor.to("carl")).await;
    floor.act(&floor.carl, "acceptOffer", &id, json!({})).await;
}

#[tokio::test]
async fn every_channel_but_record_is_assigned() {
    let floor = Floor::new().await;
    for channel in ["LIVE_CHAT", "SMS", "VOICE"] {
        offer(&floor, &floor.open(channel).await, floor.to("bert")).await;
    }
    let record = floor.open("RECORD").await;
    assert_eq!(
        floor
            .code(&floor.sam, ASSIGN, &record, floor.to("anna"))
            .await,
        "CHANNEL_NOT_SUPPORTED"
    );
    let to_queue = json!({ "target": { "queueId": floor.second_queue } });
    assert_eq!(
        floor.code(&floor.sam, ASSIGN, &record, to_queue).await,
        "CHANNEL_NOT_SUPPORTED"
    );
}

#[tokio::test]
async fn who_comes_later_learns_who_has_it() {
    let floor = Floor::new().await;
    let (offered, active) = (
        floor.offered("WHATSAPP").await,
        floor.active("WHATSAPP").await,
    );
    let to_queue = json!({ "target": { "queueId": floor.second_queue } });
    for id in [&offered, &active] {
        for input in [floor.to("bert"), to_queue.clone()] {
            assert_eq!(
                floor.code(&floor.sam, ASSIGN, id, input.clone()).await,
                "ALREADY_ASSIGNED"
            );
            let detail = "errors { ... on AlreadyAssigned { agent { name } } }";
            let payload = floor
                .server
                .mutate(&floor.sam, ASSIGN, on(id, input), detail)
                .await;
            assert_eq!(payload["errors"][0]["agent"]["name"], "anna");
        }
    }
}

#[tokio::test]
async fn of_many_assigns_at_once_exactly_one_wins() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    let agents = [
        "anna", "bert", "carl", "anna", "bert", "carl", "anna", "bert",
    ];
    let tries = agents.map(|agent| {
        let input = on(&id, floor.to(agent));
        floor.server.mutate(
            &floor.sam,
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
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    let nobody = json!({ "target": { "agentId": "agent_0190163d8694739baea5966c26f8ad91" } });
    let error = floor.refusal(&floor.sam, ASSIGN, &id, nobody).await;
    assert_eq!(error["code"], "TARGET_NOT_FOUND");
    assert_eq!(error["path"], json!(["input", "target", "agentId"]));
    let nowhere = json!({ "target": { "queueId": "queue_0190163d8694739baea5966c26f8ad91" } });
    let error = floor.refusal(&floor.sam, ASSIGN, &id, nowhere).await;
    assert_eq!(error["code"], "TARGET_NOT_FOUND");
    assert_eq!(error["path"], json!(["input", "target", "queueId"]));
    assert_eq!(
        floor.code(&floor.sam, ASSIGN, &id, floor.to("robo")).await,
        "TARGET_IS_BOT"
    );
}

#[tokio::test]
async fn an_agent_whose_presence_is_not_allowed_gets_an_offer_by_override_only() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    for presence in ["AWAY", "OFFLINE", "BUSY_DO_NOT_DISTURB"] {
        floor.presence(&floor.bert, presence).await;
        assert_eq!(
            floor.code(&floor.sam, ASSIGN, &id, floor.to("bert")).await,
            "PRESENCE_NOT_ALLOWED"
        );
        let detail = "errors { ... on PresenceNotAllowed { presence allowedPresences } }";
        let payload = floor
            .server
            .mutate(&floor.sam, ASSIGN, on(&id, floor.to("bert")), detail)
            .await;
        assert_eq!(payload["errors"][0]["presence"], presence);
        assert_eq!(
            payload["errors"][0]["allowedPresences"],
            json!(["AVAILABLE", "BUSY"])
        );
    }
    offer(
        &floor,
        &id,
        merged(floor.to("bert"), json!({ "overridePresence": true })),
    )
    .await;
    floor.presence(&floor.bert, "BUSY").await;
    offer(&floor, &floor.open("WHATSAPP").await, floor.to("bert")).await;
}

#[tokio::test]
async fn an_agent_without_capacity_gets_an_offer_by_override_only() {
    let floor = Floor::new().await;
    load(&floor, 3).await;
    let id = floor.open("WHATSAPP").await;
    assert_eq!(
        floor.code(&floor.sam, ASSIGN, &id, floor.to("anna")).await,
        "CAPACITY_EXCEEDED"
    );
    let detail =
        "errors { ... on CapacityExceeded { totalUnits consumedUnits requiredUnits exceededBy } }";
    let payload = floor
        .server
        .mutate(&floor.sam, ASSIGN, on(&id, floor.to("anna")), detail)
        .await;
    let error = &payload["errors"][0];
    let figures = ["totalUnits", "consumedUnits", "requiredUnits", "exceededBy"];
    assert_eq!(
        figures.map(|figure| error[figure].as_u64().unwrap()),
        [3, 3, 1, 1]
    );
    // The other override does not lift it.
    let presence = merged(floor.to("anna"), json!({ "overridePresence": true }));
    assert_eq!(
        floor.code(&floor.sam, ASSIGN, &id, presence).await,
        "CAPACITY_EXCEEDED"
    );
    let made = offer(
        &floor,
        &id,
        merged(floor.to("anna"), json!({ "overrideCapacity": true })),
    )
    .await;
    assert_eq!(made["capacityExceededBy"], 1);
    assert_eq!(made["offer"]["capacityExceededBy"], 1);
    let query =
        "query($id: ID!) { node(id: $id) { ... on Agent { capacity { availableUnits } } } }";
    let anna = floor
        .server
        .data(&floor.sam, query, json!({ "id": floor.agent("anna") }))
        .await;
    assert_eq!(anna["node"]["capacity"]["availableUnits"], -1);
}

#[tokio::test]
async fn pending_offers_take_capacity_too() {
    let floor = Floor::new().await;
    for _ in 0..3 {
        floor.offered("WHATSAPP").await;
    }
    let id = floor.open("WHATSAPP").await;
    assert_eq!(
        floor.code(&floor.sam, ASSIGN, &id, floor.to("anna")).await,
        "CAPACITY_EXCEEDED"
    );
}

#[tokio::test]
async fn a_rejected_offer_reopens_without_resetting_the_wait_and_the_fourth_needs_an_override() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    let since = floor.see(&floor.sam, &id, "waitingSince").await;
    for _ in 0..3 {
        offer(&floor, &id, floor.to("anna")).await;
        floor.act(&floor.anna, "rejectOffer", &id, json!({})).await;
    }
    assert_eq!(floor.see(&floor.sam, &id, "waitingSince").await, since);
    assert_eq!(floor.consumed("anna").await, 0);
    assert_eq!(
        floor.code(&floor.sam, ASSIGN, &id, floor.to("anna")).await,
        "DECLINED_TOO_OFTEN"
    );
    offer(&floor, &floor.open("WHATSAPP").await, floor.to("anna")).await;
    let insist = merged(floor.to("anna"), json!({ "overrideDeclines": true }));
    offer(&floor, &id, insist).await;
}

#[tokio::test]
async fn picking_is_not_affected_by_declines() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    for _ in 0..3 {
        offer(&floor, &id, floor.to("anna")).await;
        floor.act(&floor.anna, "rejectOffer", &id, json!({})).await;
    }
    floor
        .act(&floor.anna, "pickConversation", &id, json!({}))
        .await;
}

#[tokio::test]
async fn a_withdrawn_offer_counts_as_no_decline_and_frees_the_capacity() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    for _ in 0..4 {
        offer(&floor, &id, floor.to("anna")).await;
        let open = floor.act(&floor.sam, "cancelOffer", &id, json!({})).await;
        assert_eq!(open["state"], "OPEN");
        assert_eq!(open["statusReason"], "AWAITING_AGENT_ASSIGNMENT");
    }
    assert_eq!(floor.consumed("anna").await, 0);
    assert_eq!(
        floor.code(&floor.anna, "acceptOffer", &id, json!({})).await,
        "NO_PENDING_OFFER"
    );
}

#[tokio::test]
async fn there_must_be_an_offer_to_withdraw_and_a_transfer_request_is_none() {
    let floor = Floor::new().await;
    let states = [
        floor.open("WHATSAPP").await,
        floor.active("WHATSAPP").await,
        floor.requested("WHATSAPP").await,
        floor.waiting().await,
    ];
    for id in states {
        assert_eq!(
            floor.code(&floor.sam, "cancelOffer", &id, json!({})).await,
            "NO_PENDING_OFFER"
        );
    }
}

#[tokio::test]
async fn a_conversation_moves_to_another_queue_and_keeps_waiting_since_and_workstream() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    let before = floor
        .see(&floor.sam, &id, "waitingSince workstream { id }")
        .await;
    let target = json!({ "target": { "queueId": floor.second_queue } });
    let moved = offer(&floor, &id, target.clone()).await;
    assert_eq!(
        (&moved["offer"], &moved["capacityExceededBy"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        floor
            .see(&floor.sam, &id, "waitingSince workstream { id }")
            .await,
        before
    );
    let seen = floor
        .see(&floor.sam, &id, "state queue { id } version")
        .await;
    assert_eq!(
        seen,
        json!({ "state": "OPEN", "queue": { "id": floor.second_queue }, "version": 2 })
    );
    assert_eq!(
        floor.code(&floor.sam, ASSIGN, &id, target).await,
        "TARGET_QUEUE_IS_CURRENT"
    );
    let voice = json!({ "target": { "queueId": floor.voice_queue } });
    assert_eq!(
        floor.code(&floor.sam, ASSIGN, &id, voice).await,
        "QUEUE_KIND_MISMATCH"
    );
}

#[tokio::test]
async fn out_of_ones_scope_the_payload_shows_no_conversation() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    let narrow = Token::supervisor("sam").queues(&[&floor.queue]).sign();
    let target = json!({ "target": { "queueId": floor.second_queue } });
    let moved = floor.act(&narrow, ASSIGN, &id, target).await;
    assert_eq!(moved, Value::Null);
    assert_eq!(floor.see(&narrow, &id, "id").await, Value::Null);
}

#[tokio::test]
async fn a_target_is_exactly_one_of_agent_and_queue() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    let before = floor.fingerprint(&id).await;
    let both = json!({ "agentId": floor.agent("anna"), "queueId": floor.second_queue });
    for target in [json!({}), both, json!({ "agentId": null })] {
        let query = "mutation($input: AssignConversationInput!) { assignConversation(input: $input) { errors { code } } }";
        let input = json!({ "input": { "conversationId": id, "target": target } });
        let response = floor.server.post(&floor.sam, query, input).await;
        assert_eq!(
            response["errors"][0]["extensions"]["code"], "INVALID_INPUT",
            "{response}"
        );
    }
    assert_eq!(floor.fingerprint(&id).await, before);
}
