//! `notifications`: what concerns whom, once, and nobody else (domain.md section 4).

mod agents;
mod alerts;
mod gateways;
mod knowing;
mod members_then;
mod membership;
mod organisation;
mod resume;
mod supervisors;

use serde_json::{Value, json};

use crate::stage::Stage;

/// Everything that notices say of themselves, in one operation, as a frontend would ask for it.
const NOTIFICATIONS: &str = "subscription($after: LogCursor) { notifications(after: $after) {
    __typename cursor conversationId yourRole conversation { id state }
    ... on OfferReceivedNotice { offerId kind dueAt }
    ... on TransferRequestedNotice { offerId agent { name } dueAt }
    ... on OfferEndedNotice { offerId kind agent { name } outcome cancelReason }
    ... on MessageNotice { message { id author text dutch: text(language: NL) supervisor number } }
    ... on ParticipantJoinedNotice { role agent { name } supervisor }
    ... on ParticipantLeftNotice { role agent { name } supervisor }
    ... on ModeChangedNotice { mode }
    ... on ConversationEndedNotice { state statusReason }
    ... on MonitoringEndedNotice { sessionId endedBy }
    ... on ReviewEndedNotice { sessionId endedBy }
} }";

/// What a subscription of this root field delivers after this cursor, until it is silent.
async fn delivered(
    stage: &Stage,
    token: &str,
    query: &str,
    field: &str,
    after: &str,
) -> Vec<Value> {
    let mut socket = stage.server.socket(token).await;
    socket.subscribe(query, json!({ "after": after })).await;
    let mut seen = Vec::new();
    while let Some(message) = socket.next_unless_silent().await {
        assert_eq!(message["type"], "next", "{message}");
        let payload = &message["payload"];
        assert!(payload.get("errors").is_none(), "{payload}");
        seen.push(payload["data"][field].clone());
    }
    seen
}

/// What this token is told after this cursor.
async fn heard(stage: &Stage, token: &str, after: &str) -> Vec<Value> {
    delivered(stage, token, NOTIFICATIONS, "notifications", after).await
}

/// The same in short: the notice and what tells it from others of its type.
async fn told(stage: &Stage, token: &str, after: &str) -> Vec<String> {
    let heard = heard(stage, token, after).await;
    heard.iter().map(brief).collect()
}

fn brief(notice: &Value) -> String {
    let mut words = vec![
        notice["__typename"]
            .as_str()
            .unwrap()
            .trim_end_matches("Notice")
            .to_owned(),
    ];
    let person = [&notice["agent"]["name"], &notice["supervisor"]];
    let parts = [
        "kind",
        "outcome",
        "cancelReason",
        "role",
        "mode",
        "state",
        "statusReason",
        "endedBy",
    ];
    let texts = parts.iter().map(|part| &notice[*part]).chain(person);
    words.extend(texts.filter_map(Value::as_str).map(str::to_owned));
    if let Some(text) = notice["message"]["text"].as_str() {
        words.push(format!("{text:?}"));
    }
    words.join(" ")
}
