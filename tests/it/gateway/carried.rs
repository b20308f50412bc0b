//! What channels carry beside text: attachments, when something was sent, what it answers (domain.md section 10).

use entity::tables::event;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::MESSAGE;
use crate::floor::{Floor, on};
use crate::harness::Database;

const SHOWN: &str = "transcript { nodes { text sentAt postedAt externalId replyTo { id text }
    attachments { kind mediaType fileName size url reference durationSeconds latitude longitude label } } }";

async fn post(floor: &Floor, token: &str, mutation: &str, id: &str, input: Value) -> String {
    let field = if mutation == MESSAGE {
        "messageId"
    } else {
        "message { id }"
    };
    let done = floor
        .server
        .done(token, mutation, on(id, input), field)
        .await;
    let message = done.get("messageId").unwrap_or(&done["message"]["id"]);
    message.as_str().unwrap().to_owned()
}

async fn messages(floor: &Floor, token: &str, id: &str) -> Vec<Value> {
    let shown = floor.see(token, id, SHOWN).await;
    shown["transcript"]["nodes"].as_array().unwrap().clone()
}

#[tokio::test]
async fn media_without_text_is_a_message_and_each_kind_keeps_what_the_channel_said() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let place = json!({ "kind": "LOCATION", "latitude": 52.37, "longitude": 4.89, "label": "Dam" });
    let given = json!([
        { "kind": "IMAGE", "mediaType": "image/jpeg", "url": "https://media.example/1.jpg", "size": 120_000 },
        { "kind": "AUDIO", "reference": "media/77", "durationSeconds": 4.5 },
        { "kind": "STICKER" }, place, { "kind": "OTHER", "label": "a poll" },
        { "kind": "FILE", "fileName": "f".repeat(300) },
    ]);
    post(
        &floor,
        &floor.gateway,
        MESSAGE,
        &id,
        json!({ "attachments": given }),
    )
    .await;
    let sent = &messages(&floor, &floor.anna, &id).await[0];
    assert_eq!(sent["text"], "");
    let kinds: Vec<_> = sent["attachments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["kind"])
        .collect();
    assert_eq!(
        kinds,
        ["IMAGE", "AUDIO", "STICKER", "LOCATION", "OTHER", "FILE"]
    );
    let picture = json!({
        "kind": "IMAGE", "mediaType": "image/jpeg", "fileName": null, "size": 120_000.0,
        "url": "https://media.example/1.jpg", "reference": null, "durationSeconds": null,
        "latitude": null, "longitude": null, "label": null,
    });
    assert_eq!(sent["attachments"][0], picture);
    assert_eq!(sent["attachments"][3]["latitude"], 52.37);
    // What only describes is cut, never refused.
    let name = sent["attachments"][5]["fileName"].as_str().unwrap();
    assert_eq!(
        (name.chars().count(), name.chars().last()),
        (200, Some('…'))
    );
    // It tells nothing of how the customer feels.
    let felt = floor
        .see(&floor.sam, &id, "sentiment { level messageIds }")
        .await;
    assert_eq!(
        felt["sentiment"],
        json!({ "level": "NEUTRAL", "messageIds": [] })
    );
}

#[tokio::test]
async fn agents_and_supervisors_attach_too() {
    let floor = Floor::new().await;
    let id = floor.joined("WHATSAPP").await;
    let picture = json!({ "attachments": [{ "kind": "IMAGE", "url": "https://media.example/a" }], "visibility": "PUBLIC" });
    post(&floor, &floor.anna, "sendMessage", &id, picture.clone()).await;
    post(&floor, &floor.sam, "sendMessage", &id, picture).await;
    let seen = messages(&floor, &floor.gateway, &id).await;
    let with = seen
        .iter()
        .filter(|one| one["attachments"][0]["kind"] == "IMAGE");
    assert_eq!(with.count(), 2);
}

#[tokio::test]
async fn what_is_no_attachment_is_refused_and_nothing_is_posted() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let before = floor.fingerprint(&id).await;
    let many = vec![json!({ "kind": "IMAGE" }); 11];
    for attachments in [
        json!([]),
        json!(many),
        json!([{ "kind": "IMAGE", "url": "http://media.example/1.jpg" }]),
        json!([{ "kind": "IMAGE", "url": "javascript:alert(1)" }]),
        json!([{ "kind": "LOCATION", "latitude": 91.0, "longitude": 0.0 }]),
        json!([{ "kind": "LOCATION", "latitude": 9.0 }]),
        json!([{ "kind": "AUDIO", "durationSeconds": -1.0 }]),
        json!([{ "kind": "FILE", "size": -1 }]),
        json!([{ "kind": "FILE", "reference": " " }]),
    ] {
        let input = json!({ "attachments": attachments });
        let code = floor.code(&floor.gateway, MESSAGE, &id, input).await;
        assert_eq!(code, "INVALID_INPUT", "{attachments}");
    }
    assert_eq!(floor.fingerprint(&id).await, before);
}

#[tokio::test]
async fn an_event_has_the_kinds_of_attachments_and_nothing_that_names_them() {
    let database = Database::sqlite();
    let floor = Floor::on(database.clone()).await;
    let id = floor.active("WHATSAPP").await;
    let mut socket = floor.server.socket(&floor.gateway).await;
    let changes = "subscription { conversationChanges { ... on ConversationChangeEvent {
        change { ... on MessagePosted { attachments sentAt replyToId } } } } }";
    socket.subscribe(changes, json!({})).await;
    let input = json!({
        "attachments": [{ "kind": "IMAGE", "url": "https://media.example/secret" }],
        "externalId": "wamid.secret",
    });
    post(&floor, &floor.gateway, MESSAGE, &id, input).await;
    let event = socket.event().await;
    let change = &event["conversationChanges"]["change"];
    assert_eq!(
        *change,
        json!({ "attachments": ["IMAGE"], "sentAt": null, "replyToId": null })
    );
    let tables = sea_orm::Database::connect(&database.url);
    let rows = event::Entity::find()
        .all(&tables.await.unwrap())
        .await
        .unwrap();
    assert!(
        rows.iter()
            .all(|row| !row.change.contains("secret") && !row.after.contains("secret"))
    );
}

#[tokio::test]
async fn a_reply_names_a_message_of_the_conversation_and_what_is_not_there_costs_nothing() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let gateway = &floor.gateway;
    let first = post(
        &floor,
        gateway,
        MESSAGE,
        &id,
        json!({ "text": "one", "externalId": "w1" }),
    )
    .await;
    let secret = json!({ "text": "secret", "visibility": "INTERNAL" });
    let secret = post(&floor, &floor.anna, "sendMessage", &id, secret).await;
    let elsewhere = floor.active("WHATSAPP").await;
    let foreign = json!({ "text": "far", "externalId": "w9" });
    let foreign = post(&floor, gateway, MESSAGE, &elsewhere, foreign).await;
    for (reply, answered) in [
        (json!({ "messageId": first }), Some(&first)),
        (json!({ "externalId": "w1" }), Some(&first)),
        (json!({ "externalId": "w9" }), None),
        (json!({ "externalId": "unknown" }), None),
        (json!({ "messageId": foreign }), None),
        (json!({ "messageId": secret }), None),
    ] {
        let input = json!({ "text": "re", "replyTo": reply });
        post(&floor, gateway, MESSAGE, &id, input).await;
        let newest = messages(&floor, gateway, &id).await.pop().unwrap();
        let expected = answered.map_or(Value::Null, |id| json!({ "id": id, "text": "one" }));
        assert_eq!(newest["replyTo"], expected, "{reply}");
    }
    // An agent's PUBLIC answer does not name what the customer must not learn of.
    let input = json!({ "text": "PUBLIC", "replyToId": secret });
    post(&floor, &floor.anna, "sendMessage", &id, input).await;
    let newest = messages(&floor, &floor.anna, &id).await.pop().unwrap();
    assert_eq!(newest["replyTo"], Value::Null);
    let input = json!({ "text": "among us", "replyToId": secret, "visibility": "INTERNAL" });
    post(&floor, &floor.anna, "sendMessage", &id, input).await;
    let newest = messages(&floor, &floor.anna, &id).await.pop().unwrap();
    assert_eq!(newest["replyTo"]["text"], "secret");
}

#[tokio::test]
async fn sent_at_is_kept_never_after_arrival_and_ids_of_providers_are_for_gateways() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    for (sent_at, is_kept) in [
        ("2026-01-01T10:00:00+00:00", true),
        ("2199-01-01T00:00:00+00:00", false),
    ] {
        let input = json!({ "text": "x", "sentAt": sent_at, "externalId": sent_at });
        post(&floor, &floor.gateway, MESSAGE, &id, input).await;
        let newest = messages(&floor, &floor.gateway, &id).await.pop().unwrap();
        let expected = if is_kept {
            json!(sent_at)
        } else {
            newest["postedAt"].clone()
        };
        assert_eq!(newest["sentAt"], expected);
        assert_eq!(newest["externalId"], sent_at);
        let inside = messages(&floor, &floor.anna, &id).await.pop().unwrap();
        assert_eq!(inside["externalId"], Value::Null);
    }
}

#[tokio::test]
async fn a_message_that_comes_late_does_not_make_the_customer_wait_nor_sour() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let gateway = &floor.gateway;
    let felt = |score: f64| json!({ "score": score, "confidence": 1.0, "scorer": "s", "scorerVersion": "1" });
    let pleased = json!({ "text": "Great, it works now", "score": felt(0.9) });
    post(&floor, gateway, MESSAGE, &id, pleased).await;
    post(
        &floor,
        &floor.anna,
        "sendMessage",
        &id,
        json!({ "text": "You are welcome" }),
    )
    .await;
    let before = floor
        .see(&floor.sam, &id, "unansweredSince sentiment { level }")
        .await;
    assert_eq!(before["unansweredSince"], Value::Null);
    let late =
        json!({ "text": "It is broken", "score": felt(-0.9), "sentAt": "2026-01-01T10:00:05Z" });
    post(&floor, gateway, MESSAGE, &id, late).await;
    let after = floor
        .see(&floor.sam, &id, "unansweredSince sentiment { level }")
        .await;
    assert_eq!(after["unansweredSince"], Value::Null);
    assert_ne!(after["sentiment"]["level"], "VERY_NEGATIVE");
}
