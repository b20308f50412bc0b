//! Draining an agent: presence, offers, and what they have.

use domain::Role;
use serde_json::{Value, json};

use crate::floor::Floor;
use crate::harness::Token;

const FIELDS: &str = "agent { presence } withdrawn results { conversationId conversation { state }
    refusal { code } }";

async fn drain(floor: &Floor, token: &str, extra: Value) -> Value {
    let input = crate::floor::merged(json!({ "agentId": floor.agent("anna") }), extra);
    floor.server.done(token, "drainAgent", input, FIELDS).await
}

#[tokio::test]
async fn everything_in_scope_is_taken_and_what_is_refused_is_listed() {
    let floor = Floor::new().await;
    let active = floor.active("WHATSAPP").await;
    let call = floor.active("VOICE").await;
    let ended = floor.wrap_up("LIVE_CHAT").await;
    let offered = floor.offered("SMS").await;
    let here = Token::supervisor("sam").queues(&[&floor.queue]).sign();
    let made = drain(
        &floor,
        &here,
        json!({ "goOffline": true, "reason": "went home" }),
    )
    .await;
    assert_eq!(made["agent"]["presence"], "OFFLINE");
    assert_eq!(made["withdrawn"], json!([offered]));
    let results = made["results"].as_array().unwrap();
    let of = |id: &String| {
        let mut results = results.iter();
        results
            .find(|one| one["conversationId"] == *id.as_str())
            .cloned()
    };
    assert_eq!(of(&active).unwrap()["conversation"]["state"], "OPEN");
    assert_eq!(
        of(&ended).unwrap()["refusal"]["code"],
        "CHANNEL_NOT_SUPPORTED"
    );
    assert_eq!(of(&call), None, "out of scope");
    let state = async |id: &str| floor.see(&floor.sam, id, "state").await["state"].clone();
    assert_eq!(state(&offered).await, "OPEN");
    assert_eq!(state(&call).await, "ACTIVE");
    assert_eq!(state(&ended).await, "WRAP_UP");
    // No decline.
    let offer = floor.to("anna");
    let offer = crate::floor::merged(
        offer,
        json!({ "overridePresence": true, "overrideCapacity": true }),
    );
    floor
        .act(&floor.sam, "assignConversation", &offered, offer)
        .await;
}

#[tokio::test]
async fn without_going_offline_they_are_away() {
    let floor = Floor::new().await;
    let made = drain(&floor, &floor.sam, json!({ "idempotencyKey": "k" })).await;
    assert_eq!(made["agent"]["presence"], "AWAY");
    assert_eq!(made["results"], json!([]));
    let id = floor.active("WHATSAPP").await;
    let again = drain(&floor, &floor.sam, json!({ "idempotencyKey": "k" })).await;
    assert_eq!(again["results"], json!([]), "a repeat takes nothing new");
    let after = drain(&floor, &floor.sam, json!({})).await;
    assert_eq!(after["results"][0]["conversationId"], id.as_str());
    floor.presence(&floor.anna, "OFFLINE").await;
    let offline = drain(&floor, &floor.sam, json!({})).await;
    assert_eq!(offline["agent"]["presence"], "OFFLINE");
}

#[tokio::test]
async fn only_people_with_a_queue_in_scope_and_never_oneself() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let before = floor.fingerprint(&id).await;
    let elsewhere = Token::supervisor("sam")
        .queues(&[&floor.second_queue])
        .sign();
    let herself = Token::supervisor("anna").and(Role::Agent).sign();
    let lacking = Token::supervisor("sam").permissions(&[]).sign();
    let anna = floor.agent("anna");
    let unknown = "agent_0190163d8694739baea5966c26f8ad91".to_owned();
    for (token, agent, code) in [
        (&floor.sam, &floor.agent("robo"), "TARGET_IS_BOT"),
        (&floor.sam, &floor.agent("carl"), "OUT_OF_SCOPE"),
        (&floor.sam, &unknown, "TARGET_NOT_FOUND"),
        (&elsewhere, &anna, "OUT_OF_SCOPE"),
        (&herself, &anna, "OUT_OF_SCOPE"),
        (&lacking, &anna, "PERMISSION_MISSING"),
        (&floor.bert, &anna, "ROLE_REQUIRED"),
        (&floor.admin, &anna, "ROLE_REQUIRED"),
    ] {
        let input = json!({ "agentId": agent });
        let made = floor
            .server
            .mutate(token, "drainAgent", input, FIELDS)
            .await;
        assert_eq!(made["errors"][0]["code"], code, "{agent}");
        assert_eq!(made["agent"], Value::Null);
    }
    assert_eq!(floor.fingerprint(&id).await, before);
}
