//! `receiveFromCustomer`: one call for whatever a webhook brings (domain.md section 10).

use serde_json::{Value, json};

use crate::floor::{Floor, merged};
use crate::harness::Token;

const RECEIVE: &str = "receiveFromCustomer";
const SHOWN: &str = "messageId started duplicate conversation { id state previous { id } }";

/// What the gateway is answered.
async fn receive(floor: &Floor, input: Value) -> Value {
    let server = &floor.server;
    server.done(&floor.gateway, RECEIVE, input, SHOWN).await
}

fn says(floor: &Floor, text: &str) -> Value {
    merged(
        floor.receive_input("WHATSAPP", "ada"),
        json!({ "text": text }),
    )
}

async fn ends(floor: &Floor, id: &str) {
    floor
        .act(&floor.gateway, "endByCustomer", id, json!({}))
        .await;
}

#[tokio::test]
async fn the_first_message_starts_a_conversation_and_the_next_ones_are_appended() {
    let floor = Floor::new().await;
    let first = receive(&floor, says(&floor, "one")).await;
    assert_eq!(
        (&first["started"], &first["duplicate"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(first["conversation"]["state"], "OPEN");
    assert_eq!(first["conversation"]["previous"], Value::Null);
    let id = first["conversation"]["id"].as_str().unwrap();
    let second = receive(&floor, says(&floor, "two")).await;
    assert_eq!(second["started"], false);
    assert_eq!(second["conversation"]["id"], id);
    assert_eq!(
        floor.texts(&floor.gateway, id).await.unwrap(),
        ["one", "two"]
    );
    // What is appended wakes a conversation that waited, as `receiveCustomerMessage` does.
    floor
        .act(&floor.anna, "pickConversation", id, json!({}))
        .await;
    floor
        .act(&floor.anna, "setAsideConversation", id, json!({}))
        .await;
    let third = receive(&floor, says(&floor, "three")).await;
    assert_eq!(third["conversation"]["state"], "OPEN");
}

#[tokio::test]
async fn after_the_end_the_next_conversation_continues_the_last() {
    let floor = Floor::new().await;
    let mut before = Value::Null;
    for round in 0..3 {
        let started = receive(&floor, says(&floor, "hello")).await;
        assert_eq!(started["started"], true, "{round}");
        assert_eq!(started["conversation"]["previous"], before, "{round}");
        let id = started["conversation"]["id"].clone();
        ends(&floor, id.as_str().unwrap()).await;
        before = json!({ "id": id });
    }
}

#[tokio::test]
async fn a_known_external_id_is_the_duplicate_wherever_it_is() {
    let mut floor = Floor::new().await;
    let with_id = |text: &str| merged(says(&floor, text), json!({ "externalId": "wamid.1" }));
    let first = receive(&floor, with_id("hello")).await;
    let id = first["conversation"]["id"].as_str().unwrap();
    let shown = floor.fingerprint(id).await;
    // Also when text and score differ, and by another token of the source.
    let other = Token::gateway_of("another token").sign();
    let input = merged(
        with_id("hello again"),
        json!({ "score": {
        "score": -1.0, "confidence": 1.0, "scorer": "mine", "scorerVersion": "1"
    } }),
    );
    let again = floor.server.done(&other, RECEIVE, input, SHOWN).await;
    assert_eq!(
        (&again["duplicate"], &again["started"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(again["messageId"], first["messageId"]);
    assert_eq!(again["conversation"]["id"], id);
    assert_eq!(floor.fingerprint(id).await, shown);
    let by_hand = json!({ "text": "x", "externalId": "wamid.1" });
    let by_hand = crate::floor::on(id, by_hand);
    let fields = "messageId duplicate";
    let done = floor
        .server
        .done(&other, "receiveCustomerMessage", by_hand, fields)
        .await;
    assert_eq!(done["duplicate"], true);
    assert_eq!(done["messageId"], first["messageId"]);
    assert_eq!(floor.fingerprint(id).await, shown);
    // In a conversation that is closed, nothing starts; after a restart neither.
    ends(&floor, id).await;
    floor.server = floor.server.restart().await;
    let input = merged(says(&floor, "late"), json!({ "externalId": "wamid.1" }));
    let late = receive(&floor, input).await;
    assert_eq!(late["duplicate"], true);
    assert_eq!(late["conversation"]["id"], id);
    assert_eq!(late["conversation"]["state"], "CLOSED");
    let by_hand = crate::floor::on(id, json!({ "text": "x", "externalId": "wamid.1" }));
    let done = floor
        .server
        .done(&floor.gateway, "receiveCustomerMessage", by_hand, fields)
        .await;
    assert_eq!(done["duplicate"], true);
    // Unique within the source and the channel: on another it is another message.
    let elsewhere = merged(
        floor.receive_input("SMS", "ada"),
        json!({ "externalId": "wamid.1" }),
    );
    assert_eq!(receive(&floor, elsewhere.clone()).await["started"], true);
    let foreign = Token::gateway().source("elsewhere").sign();
    let theirs = floor.server.done(&foreign, RECEIVE, elsewhere, SHOWN).await;
    assert_eq!(theirs["started"], true);
}

#[tokio::test]
async fn one_in_wrap_up_takes_it_only_where_there_is_no_other_and_a_live_chat_never() {
    let floor = Floor::new().await;
    let first = receive(&floor, says(&floor, "one")).await;
    let id = first["conversation"]["id"].as_str().unwrap().to_owned();
    floor
        .act(&floor.anna, "pickConversation", &id, json!({}))
        .await;
    floor
        .act(&floor.anna, "endConversation", &id, json!({}))
        .await;
    let second = receive(&floor, says(&floor, "wait, one more question")).await;
    assert_eq!(
        second["conversation"],
        json!({ "id": id, "state": "WRAP_UP", "previous": null })
    );
    // A newer one that is ongoing goes before it.
    let input = merged(
        floor.start_input("WHATSAPP"),
        json!({ "customer": { "key": "ada" } }),
    );
    let fields = "conversation { id }";
    let newer = floor
        .server
        .done(&floor.gateway, "startConversation", input, fields)
        .await;
    let third = receive(&floor, says(&floor, "hello?")).await;
    assert_eq!(third["conversation"]["id"], newer["conversation"]["id"]);

    let chat = floor.receive_input("LIVE_CHAT", "ada");
    let first = receive(&floor, chat.clone()).await;
    let id = first["conversation"]["id"].as_str().unwrap();
    floor
        .act(&floor.anna, "pickConversation", id, json!({}))
        .await;
    floor
        .act(&floor.anna, "endConversation", id, json!({}))
        .await;
    let next = receive(&floor, chat.clone()).await;
    assert_eq!(next["started"], true);
    // The one in wrap-up has not ended, so nothing is continued.
    assert_eq!(next["conversation"]["previous"], Value::Null);

    // One that has ended is, whatever is in wrap-up beside it.
    let ended = next["conversation"]["id"].as_str().unwrap();
    ends(&floor, ended).await;
    let third = receive(&floor, chat).await;
    assert_eq!(third["started"], true);
    assert_eq!(third["conversation"]["previous"]["id"], json!(ended));
}

#[tokio::test]
async fn what_does_not_fit_is_refused_also_where_nothing_would_start() {
    let floor = Floor::new().await;
    receive(&floor, says(&floor, "one")).await;
    let code = async |token: &str, change: Value| {
        let input = merged(says(&floor, "two"), change);
        floor.server.code(token, RECEIVE, input).await
    };
    let gateway = &floor.gateway;
    let queue = json!({ "queueId": floor.voice_queue });
    assert_eq!(code(gateway, queue).await, "QUEUE_KIND_MISMATCH");
    let stream = json!({ "workstreamId": floor.record_workstream });
    assert_eq!(code(gateway, stream).await, "QUEUE_KIND_MISMATCH");
    let unknown = json!({ "queueId": "queue_0190a8f0000070008000000000000000" });
    assert_eq!(code(gateway, unknown).await, "TARGET_NOT_FOUND");
    let keyless = json!({ "customer": { "key": null, "name": "Ada" } });
    assert_eq!(code(gateway, keyless).await, "INVALID_INPUT");
    assert_eq!(
        code(gateway, json!({ "text": " \u{200b}" })).await,
        "INVALID_INPUT"
    );
    assert_eq!(
        code(gateway, json!({ "text": null })).await,
        "INVALID_INPUT"
    );
    assert_eq!(code(&floor.sam, json!({})).await, "ROLE_REQUIRED");
    let sms = Token::gateway().channels(&[domain::Channel::Sms]).sign();
    assert_eq!(code(&sms, json!({})).await, "OUT_OF_SCOPE");
    let voice = json!({
        "channel": "VOICE", "queueId": floor.voice_queue, "workstreamId": floor.voice_workstream,
    });
    assert_eq!(code(gateway, voice).await, "CHANNEL_NOT_SUPPORTED");
}

#[tokio::test]
async fn a_key_is_of_its_channel_or_of_its_source_and_of_no_other_source() {
    let floor = Floor::new().await;
    let customer = async |token: &str, channel: &str, scope: Value| {
        let mut input = floor.receive_input(channel, "100200300");
        input["customer"]["keyScope"] = scope;
        let fields = "conversation { customer { id } }";
        let done = floor.server.done(token, RECEIVE, input, fields).await;
        done["conversation"]["customer"]["id"].clone()
    };
    let own = &floor.gateway;
    let on_sms = customer(own, "SMS", Value::Null).await;
    let on_facebook = customer(own, "FACEBOOK", json!("CHANNEL")).await;
    assert_ne!(on_sms, on_facebook);
    assert_eq!(customer(own, "SMS", json!("CHANNEL")).await, on_sms);
    let of_source = customer(own, "SMS", json!("SOURCE")).await;
    assert_ne!(of_source, on_sms);
    assert_eq!(customer(own, "WHATSAPP", json!("SOURCE")).await, of_source);
    let other = Token::gateway().source("elsewhere").sign();
    assert_ne!(customer(&other, "SMS", json!("SOURCE")).await, of_source);
}

#[tokio::test]
async fn names_and_subjects_that_are_too_long_are_cut_and_the_contact_is_there() {
    let floor = Floor::new().await;
    let mut input = floor.receive_input("WHATSAPP", "ada");
    input["customer"]["name"] = json!("n".repeat(201));
    input["subject"] = json!("s".repeat(501));
    let fields = "conversation { subject customer { name } }";
    let made = floor
        .server
        .done(&floor.gateway, RECEIVE, input, fields)
        .await;
    let cut = |letter: &str, length: usize| format!("{}…", letter.repeat(length - 1));
    assert_eq!(made["conversation"]["subject"], json!(cut("s", 500)));
    assert_eq!(
        made["conversation"]["customer"]["name"],
        json!(cut("n", 200))
    );
}
