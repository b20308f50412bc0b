//! Coaching an agent (domain.md section 13): who reads it, what refers to it, and what is kept of it. That nobody else
//! learns of it is in `audience/coaching.rs`.

use serde_json::{Value, json};

use crate::floor::{Floor, on, text};
use crate::harness::Database;
use crate::harness::binary::output;
use crate::store::board_is_what_is_stored;

const ADVICE: &str = "Offer a refund.";

const MESSAGES: &str = "transcript(first: 20) { edges { cursor node {
    id number text visibility author supervisor coachedAgent { name } replyTo { id } reactions { reaction } } } }";

/// The messages that this viewer reads, in order.
async fn messages(floor: &Floor, token: &str, id: &str) -> Vec<Value> {
    let seen = floor.see(token, id, MESSAGES).await;
    let edges = seen["transcript"]["edges"].as_array().unwrap();
    edges.iter().map(|edge| edge["node"].clone()).collect()
}

async fn says(floor: &Floor, token: &str, id: &str, input: Value) -> String {
    let done = floor
        .server
        .done(token, "sendMessage", on(id, input), "message { id }")
        .await;
    text(&done["message"]["id"])
}

#[tokio::test]
async fn the_agent_and_supervisors_in_a_session_read_it_in_its_place_without_a_number() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let id = floor.monitored("WHATSAPP").await;
        says(&floor, &floor.anna, &id, json!({ "text": "Hello" })).await;
        let coach = on(&id, json!({ "text": ADVICE }));
        let fields = "message { id visibility text number } conversation { version }";
        let done = floor
            .server
            .done(&floor.sam, "coachAgent", coach, fields)
            .await;
        assert_eq!(done["message"]["visibility"], "COACHING");
        assert_eq!(done["message"]["number"], Value::Null);
        says(&floor, &floor.anna, &id, json!({ "text": "Yes" })).await;
        for token in [&floor.anna, &floor.sam] {
            let read = messages(&floor, token, &id).await;
            let shown: Vec<_> = read
                .iter()
                .map(|one| (one["text"].as_str().unwrap(), one["number"].clone()))
                .collect();
            assert_eq!(
                shown,
                [
                    ("Hello", json!(1)),
                    (ADVICE, Value::Null),
                    ("Yes", json!(2))
                ]
            );
            assert_eq!(read[1]["id"], done["message"]["id"]);
            assert_eq!(read[1]["supervisor"], "sam");
            assert_eq!(read[1]["coachedAgent"]["name"], "anna");
        }
        let read = messages(&floor, &floor.gateway, &id).await;
        assert_eq!(read.len(), 2);
        // A page goes on after it for who reads it; for another it is no place.
        let page = |after: &str| {
            format!("transcript(first: 5, after: \"{after}\") {{ nodes {{ text }} }}")
        };
        let after = page(done["message"]["id"].as_str().unwrap());
        let rest = floor.see(&floor.anna, &id, &after).await;
        assert_eq!(rest["transcript"]["nodes"], json!([{ "text": "Yes" }]));
        let query = format!("query($id: ID!) {{ conversation(id: $id) {{ {after} }} }}");
        let refused = floor
            .server
            .post(&floor.gateway, &query, json!({ "id": id }))
            .await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "CURSOR_INVALID");
        board_is_what_is_stored(&floor.server).await;
    }
}

#[tokio::test]
async fn it_takes_a_session_a_person_and_something_to_say() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let advice = || json!({ "text": ADVICE });
    let code = async |token: &str, id: &str, input: Value| {
        floor.code(token, "coachAgent", id, input).await
    };
    assert_eq!(code(&floor.sam, &id, advice()).await, "NOT_MONITORING");
    let id = floor.monitored("WHATSAPP").await;
    for wrong in [
        json!({}),
        json!({ "text": "" }),
        json!({ "text": "a\u{0}b" }),
    ] {
        assert_eq!(code(&floor.sam, &id, wrong).await, "INVALID_INPUT");
    }
    let by_sending = json!({ "text": ADVICE, "visibility": "COACHING" });
    for token in [&floor.anna, &floor.sam] {
        let refusal = floor
            .refusal(token, "sendMessage", &id, by_sending.clone())
            .await;
        assert_eq!(refusal["code"], "INVALID_INPUT");
    }
    let bot = floor.open("WHATSAPP").await;
    floor
        .act(&floor.robo, "pickConversation", &bot, json!({}))
        .await;
    floor
        .act(&floor.sam, "monitorConversation", &bot, json!({}))
        .await;
    assert_eq!(code(&floor.sam, &bot, advice()).await, "PRIMARY_IS_BOT");
}

#[tokio::test]
async fn nothing_that_others_read_quotes_it_and_only_its_readers_react() {
    let floor = Floor::new().await;
    let id = floor.coached().await;
    let coached = messages(&floor, &floor.anna, &id).await[0]["id"].clone();
    for visibility in ["PUBLIC", "INTERNAL"] {
        let answer = json!({ "text": "Yes", "visibility": visibility, "replyToId": coached });
        says(&floor, &floor.anna, &id, answer).await;
    }
    let read = messages(&floor, &floor.anna, &id).await;
    assert!(read.iter().all(|one| one["replyTo"].is_null()), "{read:#?}");
    let to = json!({ "id": coached });
    let said = json!({ "text": "?", "replyTo": { "messageId": coached } });
    floor
        .act(&floor.gateway, "receiveCustomerMessage", &id, said)
        .await;
    let read = messages(&floor, &floor.sam, &id).await;
    assert!(read.iter().all(|one| one["replyTo"] != to), "{read:#?}");
    let react = |emoji: &str| json!({ "message": { "messageId": coached }, "reaction": emoji });
    let absent = json!({ "message": { "messageId": "msg_0190163d8694739baea5966c26f8ad91" }, "reaction": "!" });
    let refused = async |token: &str, input: Value| {
        let payload = floor
            .server
            .mutate(token, "reactToMessage", input, "")
            .await;
        payload["errors"].clone()
    };
    let other = crate::floor::other_supervisor();
    for token in [&floor.bert, &floor.gateway, &other] {
        let none = refused(token, absent.clone()).await;
        assert_eq!(none[0]["code"], "MESSAGE_NOT_FOUND");
        assert_eq!(refused(token, react("!")).await, none);
    }
    for mutation in ["editCustomerMessage", "removeCustomerMessage"] {
        let mut input = json!({ "message": { "messageId": coached } });
        if mutation == "editCustomerMessage" {
            input["text"] = json!("!");
        }
        let payload = floor
            .server
            .mutate(&floor.gateway, mutation, input, "")
            .await;
        assert_eq!(payload["errors"][0]["code"], "MESSAGE_NOT_FOUND");
    }
    floor
        .server
        .done(&floor.anna, "reactToMessage", react("👍"), "")
        .await;
    let read = messages(&floor, &floor.sam, &id).await;
    assert_eq!(read[0]["reactions"], json!([{ "reaction": "👍" }]));
}

#[tokio::test]
async fn it_answers_a_request_for_help_and_is_one_entry_of_the_audit_trail() {
    let floor = Floor::new().await;
    let id = floor.asked_for_help().await;
    floor
        .act(&floor.sam, "monitorConversation", &id, json!({}))
        .await;
    let key = json!({ "text": ADVICE, "idempotencyKey": "once", "reason": "first week" });
    for _ in 0..2 {
        floor.act(&floor.sam, "coachAgent", &id, key.clone()).await;
    }
    let seen = floor.see(&floor.sam, &id, "help { requestedAt }").await;
    assert_eq!(seen["help"], Value::Null);
    let read = messages(&floor, &floor.anna, &id).await;
    assert_eq!(read.len(), 2, "{read:#?}");
    let trail = "audit { edges { node { action reason target subject } } }";
    let seen = floor.see(&floor.admin, &id, trail).await;
    let edges = seen["audit"]["edges"].as_array().unwrap();
    let coached: Vec<_> = edges
        .iter()
        .filter(|edge| edge["node"]["action"] == "COACH_AGENT")
        .collect();
    assert_eq!(coached.len(), 1, "{seen:#}");
    assert_eq!(coached[0]["node"]["target"], read[1]["id"]);
    assert!(!seen.to_string().contains(ADVICE));
}

#[tokio::test]
async fn its_text_is_erased_with_the_customer_and_it_is_not_exported() {
    for database in Database::all().await {
        let floor = Floor::on(database.clone()).await;
        let id = floor.coached().await;
        says(&floor, &floor.anna, &id, json!({ "text": "Hello" })).await;
        let export = |with_texts: bool| {
            let folder = tempfile::tempdir().unwrap();
            let mut arguments = vec!["export", "messages", "--format", "jsonl"];
            arguments.extend([
                "--from",
                "2000-01-01T00:00:00Z",
                "--to",
                "2100-01-01T00:00:00Z",
            ]);
            if with_texts {
                arguments.extend(["--with-texts", "--operator", "ada"]);
            }
            let run = output(&database.url, folder.path(), &arguments);
            assert!(
                run.status.success(),
                "{}",
                String::from_utf8_lossy(&run.stderr)
            );
            String::from_utf8(run.stdout).unwrap()
        };
        for with_texts in [false, true] {
            let lines = export(with_texts);
            let rows: Vec<Value> = lines
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect();
            assert_eq!(rows.len(), 1, "{lines}");
            assert_eq!(rows[0]["number"], 1);
        }
        for mutation in ["endConversation", "closeConversation"] {
            floor.act(&floor.anna, mutation, &id, json!({})).await;
        }
        let customer = floor.see(&floor.admin, &id, "customer { id }").await;
        let erase = json!({ "customerId": customer["customer"]["id"] });
        floor
            .server
            .done(&floor.admin, "eraseCustomer", erase, "")
            .await;
        let read = messages(&floor, &floor.anna, &id).await;
        assert_eq!(read.len(), 2);
        assert!(read.iter().all(|one| one["text"] == ""), "{read:#?}");
        board_is_what_is_stored(&floor.server).await;
    }
}
