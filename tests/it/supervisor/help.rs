//! Agents who ask for help, and supervisors who give it (domain.md section 13).

use serde_json::{Value, json};

use crate::floor::{Floor, on, other_supervisor};
use crate::harness::Token;

const HELP: &str = "help { agent { name } requestedAt noteId } attention { attentionReason } version lastActivityAt";

#[tokio::test]
async fn an_agent_asks_with_a_note_and_a_supervisor_answers() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let before = floor.see(&floor.anna, &id, HELP).await;
    assert_eq!(before["help"], Value::Null);
    let note = json!({ "note": "May I refund this?" });
    let input = on(&id, note);
    let asked = floor
        .server
        .done(&floor.anna, "requestHelp", input, "noteId")
        .await;
    for token in [&floor.anna, &floor.sam, &floor.admin] {
        let seen = floor.see(token, &id, HELP).await;
        assert_eq!(seen["help"]["agent"]["name"], "anna");
        assert_eq!(seen["help"]["noteId"], asked["noteId"]);
        assert_eq!(
            seen["attention"],
            json!([{ "attentionReason": "HELP_REQUESTED" }])
        );
        for kept in ["version", "lastActivityAt"] {
            assert_eq!(seen[kept], before[kept], "{kept}");
        }
    }
    // The customer's side reads neither who asked nor what was written.
    let seen = floor.see(&floor.gateway, &id, HELP).await;
    assert_eq!(seen["help"], Value::Null);
    assert_eq!(floor.texts(&floor.gateway, &id).await.unwrap().len(), 0);
    floor
        .act(&floor.sam, "monitorConversation", &id, json!({}))
        .await;
    let notes = "transcript(first: 5) { nodes { id text visibility author } }";
    let read = floor.see(&floor.sam, &id, notes).await;
    let written = json!([{
        "id": asked["noteId"], "text": "May I refund this?", "visibility": "INTERNAL", "author": "AGENT",
    }]);
    assert_eq!(read["transcript"]["nodes"], written);
    floor.act(&floor.sam, "answerHelp", &id, json!({})).await;
    let seen = floor.see(&floor.sam, &id, HELP).await;
    assert_eq!(
        (&seen["help"], &seen["attention"]),
        (&Value::Null, &json!([]))
    );
}

#[tokio::test]
async fn a_repeat_changes_nothing_and_without_a_request_nothing_ends() {
    let floor = Floor::new().await;
    let id = floor.asked_for_help().await;
    let (before, help) = (
        floor.fingerprint(&id).await,
        floor.see(&floor.anna, &id, HELP).await,
    );
    let again = on(&id, json!({ "note": "Hello?" }));
    let again = floor
        .server
        .done(
            &floor.anna,
            "requestHelp",
            again,
            "noteId conversation { id }",
        )
        .await;
    assert_eq!(again["noteId"], Value::Null);
    assert_eq!(again["conversation"]["id"], json!(id));
    assert_eq!(floor.fingerprint(&id).await, before);
    assert_eq!(floor.see(&floor.anna, &id, HELP).await, help);
    floor.act(&floor.anna, "cancelHelp", &id, json!({})).await;
    for (token, mutation) in [(&floor.anna, "cancelHelp"), (&floor.sam, "answerHelp")] {
        let code = floor.code(token, mutation, &id, json!({})).await;
        assert_eq!(code, "HELP_NOT_REQUESTED");
    }
}

#[tokio::test]
async fn a_note_is_text_like_any_other() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    for note in ["", " \u{200b}", "a\u{0}b", &"x".repeat(10_001)] {
        let refusal = floor
            .refusal(&floor.anna, "requestHelp", &id, json!({ "note": note }))
            .await;
        assert_eq!(refusal["code"], "INVALID_INPUT");
    }
    let bot = floor.open("WHATSAPP").await;
    floor
        .act(&floor.robo, "pickConversation", &bot, json!({}))
        .await;
    let code = floor
        .code(&floor.robo, "requestHelp", &bot, json!({}))
        .await;
    assert_eq!(code, "PRIMARY_IS_BOT");
}

#[tokio::test]
async fn who_joins_or_writes_to_the_agents_has_answered() {
    let floor = Floor::new().await;
    for mutation in ["joinConversation", "sendMessage"] {
        let id = floor.asked_for_help().await;
        floor
            .act(&floor.sam, "monitorConversation", &id, json!({}))
            .await;
        assert_ne!(floor.see(&floor.sam, &id, HELP).await["help"], Value::Null);
        let input = match mutation {
            "sendMessage" => json!({ "text": "Yes, up to 50 euros." }),
            _ => json!({}),
        };
        floor.act(&floor.sam, mutation, &id, input).await;
        assert_eq!(floor.see(&floor.sam, &id, HELP).await["help"], Value::Null);
    }
}

/// The notices after this cursor, each with how it ended.
async fn told(floor: &Floor, token: &str, after: &Value) -> Vec<Value> {
    let notices = "subscription($after: LogCursor) { notifications(after: $after) { __typename
        conversation { id } ... on HelpRequestedNotice { agent { name } noteId }
        ... on HelpEndedNotice { agent { name } helpEnd } } }";
    let mut socket = floor.server.socket(token).await;
    socket.subscribe(notices, json!({ "after": after })).await;
    let mut told = Vec::new();
    while let Some(message) = socket.next_unless_silent().await {
        let notice = message["payload"]["data"]["notifications"].clone();
        if notice["__typename"].as_str().unwrap().starts_with("Help") {
            told.push(notice);
        }
    }
    told
}

#[tokio::test]
async fn supervisors_of_its_queue_are_told_and_the_agent_of_the_answer_and_nobody_else() {
    let floor = Floor::new().await;
    let view = "{ ongoingConversations { asOf } }";
    let data = floor.server.data(&floor.gateway, view, json!({})).await;
    let after = data["ongoingConversations"]["asOf"].clone();
    let scoped = Token::supervisor("olga").queues(&[&floor.queue]).sign();
    let elsewhere = Token::supervisor("oscar")
        .queues(&[&floor.second_queue])
        .sign();
    let id = floor.asked_for_help().await;
    floor.act(&floor.sam, "answerHelp", &id, json!({})).await;
    for token in [&scoped, &other_supervisor()] {
        let told = told(&floor, token, &after).await;
        let kinds: Vec<_> = told.iter().map(|one| &one["__typename"]).collect();
        assert_eq!(kinds, ["HelpRequestedNotice", "HelpEndedNotice"]);
        assert_eq!(told[0]["agent"]["name"], "anna");
        assert!(told[0]["noteId"].is_string());
        assert_eq!(told[1]["helpEnd"], "ANSWERED");
        assert_eq!(told[0]["conversation"]["id"], json!(id));
    }
    // Nobody is told of their own doing.
    let to_sam = told(&floor, &floor.sam, &after).await;
    assert_eq!(to_sam.len(), 1);
    let to_anna = told(&floor, &floor.anna, &after).await;
    assert_eq!(to_anna.len(), 1);
    assert_eq!(to_anna[0]["__typename"], "HelpEndedNotice");
    for token in [&elsewhere, &floor.bert, &floor.gateway, &floor.admin] {
        assert_eq!(told(&floor, token, &after).await, Vec::<Value>::new());
    }
}
