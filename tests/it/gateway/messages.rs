//! What customers write.

use serde_json::json;

use super::MESSAGE;
use crate::floor::{Floor, merged, on};
use crate::harness::cursors::places;

#[tokio::test]
async fn a_customer_message_is_appended_in_every_ongoing_state_and_refused_in_closed() {
    let floor = Floor::new().await;
    for (id, state) in [
        (floor.open("WHATSAPP").await, "OPEN"),
        (floor.offered("WHATSAPP").await, "ACTIVE"),
        (floor.active("WHATSAPP").await, "ACTIVE"),
        (floor.waiting().await, "OPEN"),
        (floor.wrap_up("WHATSAPP").await, "WRAP_UP"),
    ] {
        let version = floor.see(&floor.gateway, &id, "version").await["version"]
            .as_u64()
            .unwrap();
        let after = floor
            .act(&floor.gateway, MESSAGE, &id, json!({ "text": "hello" }))
            .await;
        assert_eq!(after["state"], state);
        assert_eq!(floor.texts(&floor.gateway, &id).await.unwrap(), ["hello"]);
        // Only leaving WAITING is a change of state.
        let raised = after["version"].as_u64().unwrap() - version;
        let reopened = u64::from(state == "OPEN" && version > 1);
        assert_eq!(raised, reopened, "{state}");
    }
    let closed = floor.closed("WHATSAPP").await;
    let code = floor
        .code(&floor.gateway, MESSAGE, &closed, json!({ "text": "hello" }))
        .await;
    assert_eq!(code, "CONVERSATION_CLOSED");
}

#[tokio::test]
async fn a_message_that_cannot_be_one_is_refused_with_the_field() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    for text in [
        "",
        "  \n\t ",
        "\u{a0}",
        "with a \u{0} inside",
        &"a".repeat(10_001),
    ] {
        let error = floor
            .refusal(&floor.gateway, MESSAGE, &id, json!({ "text": text }))
            .await;
        assert_eq!(error["code"], "INVALID_INPUT");
        assert_eq!(error["path"], json!(["input", "text"]));
    }
    // Characters are counted, not bytes.
    floor
        .act(
            &floor.gateway,
            MESSAGE,
            &id,
            json!({ "text": "é".repeat(10_000) }),
        )
        .await;
}

#[tokio::test]
async fn a_gateway_may_supply_its_own_score_within_the_range() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let score = json!({ "score": -1.0, "confidence": 1.0, "language": "nl", "scorer": "own", "scorerVersion": "7" });
    for wrong in [
        json!({ "score": -1.1 }),
        json!({ "confidence": 2.0 }),
        json!({ "language": "dutch" }),
        json!({ "scorer": " " }),
        json!({ "scorer": "a\u{0}b" }),
        json!({ "scorerVersion": "v".repeat(65) }),
    ] {
        let input = json!({ "text": "hm", "score": merged(score.clone(), wrong.clone()) });
        let error = floor.refusal(&floor.gateway, MESSAGE, &id, input).await;
        assert_eq!(
            (&error["code"], &error["path"]),
            (&json!("INVALID_INPUT"), &json!(["input", "score"])),
            "{wrong}"
        );
    }
    floor
        .act(
            &floor.gateway,
            MESSAGE,
            &id,
            json!({ "text": "hm", "score": score }),
        )
        .await;
    let seen = floor
        .see(
            &floor.sam,
            &id,
            "sentiment { level score language scorer scorerVersion }",
        )
        .await;
    assert_eq!(
        seen["sentiment"],
        json!({ "level": "VERY_NEGATIVE", "score": -1.0, "language": "nl", "scorer": "own", "scorerVersion": "7" })
    );
}

#[tokio::test]
async fn a_message_of_a_gateway_is_done_once_under_its_key() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let input = on(&id, json!({ "text": "hello", "idempotencyKey": "m1" }));
    let first = floor
        .server
        .done(&floor.gateway, MESSAGE, input.clone(), "messageId asOf")
        .await;
    let before = floor.fingerprint(&id).await;
    let again = floor
        .server
        .done(&floor.gateway, MESSAGE, input, "messageId asOf")
        .await;
    assert_eq!(places(&again), places(&first));
    assert_eq!(floor.fingerprint(&id).await, before);
    let other = json!({ "text": "goodbye", "idempotencyKey": "m1" });
    let error = floor.refusal(&floor.gateway, MESSAGE, &id, other).await;
    assert_eq!(error["code"], "IDEMPOTENCY_KEY_REUSED");
    assert_eq!(error["path"], json!(["input", "idempotencyKey"]));
}

/// What the messages of a conversation are for, to this viewer.
async fn intents(floor: &Floor, token: &str, id: &str) -> Vec<serde_json::Value> {
    let fields = "transcript(first: 100) { edges { node { author intent } } }";
    let seen = floor.see(token, id, fields).await;
    let edges = seen["transcript"]["edges"].as_array().unwrap();
    let of_customer = edges.iter().map(|edge| &edge["node"]);
    let of_customer = of_customer.filter(|node| node["author"] == "CUSTOMER");
    of_customer.map(|node| node["intent"].clone()).collect()
}

#[tokio::test]
async fn a_message_says_what_it_is_for_to_agents_and_supervisors() {
    let floor = Floor::new().await;
    let id = floor.monitored("WHATSAPP").await;
    for text in [
        "Where is my order?",
        "Mijn bestelling is niet aangekomen",
        "Kunt u mij een kopie van de factuur sturen?",
        "Top, dank je wel",
        "My name is Priya Shah",
        "Gdzie jest moja paczka?",
    ] {
        let text = json!({ "text": text });
        floor.act(&floor.gateway, MESSAGE, &id, text).await;
    }
    let expected = ["QUESTION", "PROBLEM", "REQUEST", "CLOSING", "OTHER"].map(|one| json!(one));
    let expected: Vec<_> = expected.into_iter().chain([json!(null)]).collect();
    assert_eq!(intents(&floor, &floor.anna, &id).await, expected);
    assert_eq!(intents(&floor, &floor.sam, &id).await, expected);
    let nothing = vec![json!(null); expected.len()];
    assert_eq!(intents(&floor, &floor.gateway, &id).await, nothing);
}

#[tokio::test]
async fn thanks_after_an_answer_leave_the_customer_answered() {
    let floor = Floor::new().await;
    for closer in [
        "👍",
        "ok thanks, bye!",
        "Top, dank je wel",
        "🙏",
        "Prima zo.",
    ] {
        let id = floor.active("WHATSAPP").await;
        let answer = json!({ "text": "It is on its way." });
        floor.act(&floor.anna, "sendMessage", &id, answer).await;
        let text = json!({ "text": closer });
        floor.act(&floor.gateway, MESSAGE, &id, text).await;
        let seen = floor.see(&floor.sam, &id, "unansweredSince").await;
        assert_eq!(seen["unansweredSince"], json!(null), "{closer}");
    }
}
