//! What agents and bots do, and what agents must not see.

mod presence;
mod sight;

use serde_json::{Value, json};

use crate::floor::{Floor, on};

#[tokio::test]
async fn an_agent_picks_from_their_queues_whatever_their_capacity_and_presence() {
    let floor = Floor::new().await;
    floor.presence(&floor.anna, "AWAY").await;
    for _ in 0..4 {
        floor.active("WHATSAPP").await;
    }
    let query = "query($id: ID!) { node(id: $id) { ... on Agent { activeConversations capacity { totalUnits consumedUnits availableUnits } } } }";
    let data = floor
        .server
        .data(&floor.anna, query, json!({ "id": floor.agent("anna") }))
        .await;
    assert_eq!(
        data["node"],
        json!({ "activeConversations": 4, "capacity": { "totalUnits": 3, "consumedUnits": 4, "availableUnits": -1 } })
    );
    let foreign = floor.open("WHATSAPP").await;
    assert_eq!(
        floor
            .code(&floor.carl, "pickConversation", &foreign, json!({}))
            .await,
        "NOT_FOUND"
    );
}

#[tokio::test]
async fn what_is_not_open_is_not_picked() {
    let floor = Floor::new().await;
    for id in [
        floor.active("SMS").await,
        floor.offered("SMS").await,
        floor.waiting().await,
    ] {
        // Anna sees them; bert does not even see them.
        let code = floor
            .code(&floor.anna, "pickConversation", &id, json!({}))
            .await;
        assert_eq!(code, "ALREADY_ASSIGNED");
        assert_eq!(
            floor
                .code(&floor.bert, "pickConversation", &id, json!({}))
                .await,
            "NOT_FOUND"
        );
    }
}

#[tokio::test]
async fn only_the_agent_who_is_asked_answers() {
    let floor = Floor::new().await;
    let (offered, requested) = (floor.offered("SMS").await, floor.requested("SMS").await);
    for mutation in ["acceptOffer", "rejectOffer"] {
        assert_eq!(
            floor.code(&floor.bert, mutation, &offered, json!({})).await,
            "NOT_FOUND"
        );
        assert_eq!(
            floor
                .code(&floor.anna, mutation, &requested, json!({}))
                .await,
            "NO_PENDING_OFFER"
        );
    }
    let accept = floor
        .server
        .done(
            &floor.anna,
            "acceptOffer",
            on(&offered, json!({})),
            "offerId",
        )
        .await;
    assert!(accept["offerId"].as_str().unwrap().starts_with("offer_"));
}

#[tokio::test]
async fn only_the_primary_agent_moves_a_conversation() {
    let floor = Floor::new().await;
    let id = floor.requested("WHATSAPP").await;
    for mutation in [
        "setAsideConversation",
        "reopenConversation",
        "releaseConversation",
        "endConversation",
        "closeConversation",
    ] {
        // Bert is asked, and sees it.
        assert_eq!(
            floor.code(&floor.bert, mutation, &id, json!({})).await,
            "NOT_PARTICIPANT",
            "{mutation}"
        );
    }
    floor.act(&floor.bert, "acceptOffer", &id, json!({})).await;
    assert_eq!(
        floor
            .code(&floor.anna, "endConversation", &id, json!({}))
            .await,
        "NOT_PARTICIPANT"
    );
}

#[tokio::test]
async fn each_step_asks_for_its_state() {
    let floor = Floor::new().await;
    let (active, waiting, wrap_up) = (
        floor.active("SMS").await,
        floor.waiting().await,
        floor.wrap_up("SMS").await,
    );
    for (mutation, allowed) in [
        ("setAsideConversation", &active),
        ("releaseConversation", &active),
        ("endConversation", &active),
        ("reopenConversation", &waiting),
        ("closeConversation", &wrap_up),
    ] {
        for id in [&active, &waiting, &wrap_up] {
            let reopens = mutation == "reopenConversation" && id == &wrap_up;
            if id != allowed && !reopens {
                let code = floor.code(&floor.anna, mutation, id, json!({})).await;
                assert_eq!(code, "INVALID_STATE", "{mutation}");
            }
        }
    }
}

#[tokio::test]
async fn setting_aside_frees_the_capacity_and_reopening_takes_it_again() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let aside = floor
        .act(&floor.anna, "setAsideConversation", &id, json!({}))
        .await;
    assert_eq!(
        (&aside["state"], &aside["statusReason"]),
        (&json!("WAITING"), &json!("AWAITING_CUSTOMER_RESPONSE"))
    );
    assert_eq!(floor.consumed("anna").await, 0);
    let back = floor
        .act(&floor.anna, "reopenConversation", &id, json!({}))
        .await;
    assert_eq!(
        (&back["state"], &back["statusReason"]),
        (&json!("ACTIVE"), &json!("IN_CONVERSATION"))
    );
    assert_eq!(floor.consumed("anna").await, 1);
    for channel in ["LIVE_CHAT", "VOICE", "RECORD"] {
        let id = floor.active(channel).await;
        let code = floor
            .code(&floor.anna, "setAsideConversation", &id, json!({}))
            .await;
        assert_eq!(code, "CHANNEL_NOT_SUPPORTED", "{channel}");
    }
}

#[tokio::test]
async fn released_it_waits_anew_in_its_queue() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let open = floor
        .act(&floor.anna, "releaseConversation", &id, json!({}))
        .await;
    assert_eq!(
        (&open["state"], &open["agent"]),
        (&json!("OPEN"), &Value::Null)
    );
    assert_eq!(floor.consumed("anna").await, 0);
    floor
        .act(&floor.bert, "pickConversation", &id, json!({}))
        .await;
}

#[tokio::test]
async fn wrap_up_holds_the_capacity_as_its_workstream_says() {
    let floor = Floor::new().await;
    let never = floor
        .create_workstream(json!({ "wrapUpCapacitySeconds": 0, "units": 2 }))
        .await;
    let id = floor
        .start_with("WHATSAPP", json!({ "workstreamId": never }))
        .await;
    floor
        .act(&floor.anna, "pickConversation", &id, json!({}))
        .await;
    assert_eq!(floor.consumed("anna").await, 2);
    floor
        .act(&floor.anna, "endConversation", &id, json!({}))
        .await;
    assert_eq!(floor.consumed("anna").await, 0);
    let always = floor.wrap_up("WHATSAPP").await;
    assert_eq!(floor.consumed("anna").await, 1);
    let closed = floor
        .act(&floor.anna, "closeConversation", &always, json!({}))
        .await;
    assert_eq!(
        (&closed["state"], &closed["statusReason"]),
        (&json!("CLOSED"), &json!("ENDED_BY_AGENT"))
    );
    assert_eq!(floor.consumed("anna").await, 0);
}

#[tokio::test]
async fn a_bot_picks_writes_releases_ends_and_closes_without_capacity_or_presence() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    floor
        .act(&floor.robo, "pickConversation", &id, json!({}))
        .await;
    floor
        .act(&floor.robo, "sendMessage", &id, json!({ "text": "beep" }))
        .await;
    let seen = floor
        .see(
            &floor.sam,
            &id,
            "agent { kind presence capacity { totalUnits } }",
        )
        .await;
    assert_eq!(
        seen["agent"],
        json!({ "kind": "BOT", "presence": null, "capacity": null })
    );
    floor
        .act(&floor.robo, "releaseConversation", &id, json!({}))
        .await;
    floor
        .act(&floor.robo, "pickConversation", &id, json!({}))
        .await;
    floor
        .act(&floor.robo, "endConversation", &id, json!({}))
        .await;
    let closed = floor
        .act(&floor.robo, "closeConversation", &id, json!({}))
        .await;
    assert_eq!(closed["statusReason"], "ENDED_BY_BOT");
    let presence = json!({ "presence": "AWAY" });
    assert_eq!(
        floor
            .server
            .code(&floor.robo, "setPresence", presence)
            .await,
        "TARGET_IS_BOT"
    );
}

#[tokio::test]
async fn a_bot_sets_nothing_aside() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    floor
        .act(&floor.robo, "pickConversation", &id, json!({}))
        .await;
    let code = floor
        .code(&floor.robo, "setAsideConversation", &id, json!({}))
        .await;
    assert_eq!(code, "PRIMARY_IS_BOT");
}

#[tokio::test]
async fn who_takes_part_writes_public_by_default_and_internal_when_asked() {
    let floor = Floor::new().await;
    let id = floor.requested("WHATSAPP").await;
    assert_eq!(
        floor
            .code(&floor.bert, "sendMessage", &id, json!({ "text": "me too" }))
            .await,
        "NOT_PARTICIPANT"
    );
    floor.act(&floor.bert, "acceptOffer", &id, json!({})).await;
    // Anna is a consultant now.
    for (token, text) in [(&floor.anna, "from anna"), (&floor.bert, "from bert")] {
        floor
            .act(token, "sendMessage", &id, json!({ "text": text }))
            .await;
        let aside = json!({ "text": format!("aside {text}"), "visibility": "INTERNAL" });
        floor.act(token, "sendMessage", &id, aside).await;
    }
    let all = [
        "from anna",
        "aside from anna",
        "from bert",
        "aside from bert",
    ];
    assert_eq!(floor.texts(&floor.bert, &id).await.unwrap(), all);
    assert_eq!(
        floor.texts(&floor.gateway, &id).await.unwrap(),
        ["from anna", "from bert"]
    );
    let fields = "message { text visibility author agent { name } }";
    let input = on(&id, json!({ "text": "more" }));
    let payload = floor
        .server
        .done(&floor.bert, "sendMessage", input, fields)
        .await;
    assert_eq!(
        payload["message"],
        json!({ "text": "more", "visibility": "PUBLIC", "author": "AGENT", "agent": { "name": "bert" } })
    );
}
