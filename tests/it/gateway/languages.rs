//! What customers write in which language, and what in it should be looked at.

use serde_json::{Value, json};

use super::MESSAGE;
use crate::floor::Floor;

const START: &str = "WHATSAPP";

/// A conversation of a workstream with these settings.
async fn started(floor: &Floor, settings: Value) -> String {
    let workstream = floor.create_workstream(settings).await;
    let extra = json!({ "workstreamId": workstream });
    floor.start_with(START, extra).await
}

async fn writes(floor: &Floor, id: &str, text: &str) {
    let text = json!({ "text": text });
    floor.act(&floor.gateway, MESSAGE, id, text).await;
}

async fn sentiment(floor: &Floor, id: &str) -> (Value, Value) {
    let fields = "sentiment { level language }";
    let seen = floor.see(&floor.sam, id, fields).await["sentiment"].clone();
    (seen["level"].clone(), seen["language"].clone())
}

#[tokio::test]
async fn what_is_not_available_is_counted_and_found() {
    let floor = Floor::new().await;
    let polish = floor.open(START).await;
    let unclear = floor.open(START).await;
    let english = floor.open(START).await;
    writes(&floor, &polish, "To jest skandal").await;
    writes(&floor, &unclear, "ok").await;
    writes(&floor, &english, "Where is my order?").await;
    let query = "{ ongoingSummary { bySentiment { level count } }
        ongoingConversations(first: 10, filter: { sentiments: [NOT_AVAILABLE] }) { nodes { id } } }";
    let data = floor.server.data(&floor.sam, query, json!({})).await;
    assert_eq!(
        data["ongoingSummary"]["bySentiment"],
        json!([{ "level": "NEUTRAL", "count": 1 }, { "level": "NOT_AVAILABLE", "count": 2 }])
    );
    let nodes = data["ongoingConversations"]["nodes"].as_array().unwrap();
    let mut found: Vec<_> = nodes.iter().map(|node| node["id"].clone()).collect();
    found.sort_by_key(ToString::to_string);
    let mut expected = [json!(polish), json!(unclear)];
    expected.sort_by_key(ToString::to_string);
    assert_eq!(found, expected);
}

#[tokio::test]
async fn the_workstreams_language_tells_what_a_short_message_leaves_open() {
    let floor = Floor::new().await;
    let free = started(&floor, json!({})).await;
    writes(&floor, &free, "help").await;
    assert_eq!(
        sentiment(&floor, &free).await,
        (json!("NOT_AVAILABLE"), json!(null))
    );
    let dutch = started(&floor, json!({ "language": "NL" })).await;
    writes(&floor, &dutch, "help").await;
    let (level, language) = sentiment(&floor, &dutch).await;
    assert_eq!(language, "nl");
    assert_ne!(level, "NOT_AVAILABLE");
}

#[tokio::test]
async fn the_conversations_own_language_goes_before_the_workstreams() {
    let floor = Floor::new().await;
    let id = started(&floor, json!({ "language": "pl" })).await;
    writes(&floor, &id, "Mijn pakket is nog steeds niet aangekomen").await;
    writes(&floor, &id, "help").await;
    assert_eq!(sentiment(&floor, &id).await.1, "nl");
}

#[tokio::test]
async fn a_language_is_two_letters() {
    const CREATE: &str =
        "mutation($input: CreateWorkstreamInput!) { createWorkstream(input: $input) {
        workstream { language escalationSignals } errors { code path } } }";
    let floor = Floor::new().await;
    for language in ["", "n", "nld", "n1", "\u{0}\u{0}", "ñl"] {
        let input = json!({ "input": { "name": "W", "language": language } });
        let data = floor.server.data(&floor.admin, CREATE, input).await;
        let error = &data["createWorkstream"]["errors"][0];
        assert_eq!(error["code"], "INVALID_INPUT", "{language:?}");
        assert_eq!(error["path"], json!(["input", "language"]));
    }
    let input = json!({ "input": { "name": "W" } });
    let data = floor.server.data(&floor.admin, CREATE, input).await;
    let expected = json!({ "language": null, "escalationSignals": true });
    assert_eq!(data["createWorkstream"]["workstream"], expected);
}

#[tokio::test]
async fn a_signal_is_attention_in_both_languages_and_gateways_learn_no_kind() {
    let floor = Floor::new().await;
    for (text, signal) in [
        ("I want to speak to a manager", "MANAGER_WANTED"),
        ("Mijn rechtsbijstand neemt contact met u op", "LEGAL"),
        (
            "Dit is al de derde keer dat ik hierover bel",
            "REPEATED_CONTACT",
        ),
        ("There is a smell of gas in the house", "DANGER"),
        ("Stelletje oplichters", "ABUSE"),
        ("You've just lost a customer", "LEAVING"),
    ] {
        let id = floor.active(START).await;
        writes(&floor, &id, text).await;
        let fields = "escalationSignals attention { reason: attentionReason }";
        for token in [&floor.sam, &floor.anna] {
            let seen = floor.see(token, &id, fields).await;
            assert_eq!(seen["escalationSignals"], json!([signal]), "{text}");
            let reasons = seen["attention"].as_array().unwrap();
            assert!(reasons.contains(&json!({ "reason": "ESCALATION_SIGNAL" })));
        }
        let seen = floor.see(&floor.gateway, &id, fields).await;
        assert_eq!(seen["escalationSignals"], json!(null));
    }
    let off = json!({ "escalationSignals": false });
    let id = started(&floor, off).await;
    writes(&floor, &id, "I want to speak to a manager").await;
    let seen = floor
        .see(
            &floor.sam,
            &id,
            "escalationSignals attention { attentionReason }",
        )
        .await;
    assert_eq!(seen, json!({ "escalationSignals": [], "attention": [] }));
}

#[tokio::test]
async fn the_line_of_sentiment_has_a_point_for_each_message_and_no_text() {
    let floor = Floor::new().await;
    let id = floor.active(START).await;
    let mut levels = Vec::new();
    for text in [
        "Where is my order?",
        "Wat een waardeloze service, ik ben woedend",
        "Great, it works now, thank you so much!",
    ] {
        writes(&floor, &id, text).await;
        levels.push(sentiment(&floor, &id).await.0);
    }
    let answer = json!({ "text": "You are useless" });
    floor.act(&floor.anna, "sendMessage", &id, answer).await;
    let fields = "sentimentHistory { messageId level score at } sentiment { messageIds score }";
    for token in [&floor.sam, &floor.anna, &floor.gateway] {
        let seen = floor.see(token, &id, fields).await;
        let line = seen["sentimentHistory"].as_array().unwrap();
        let shown: Vec<_> = line.iter().map(|point| point["level"].clone()).collect();
        assert_eq!(shown, levels);
        let ids: Vec<_> = line
            .iter()
            .map(|point| point["messageId"].clone())
            .collect();
        assert_eq!(json!(ids), seen["sentiment"]["messageIds"]);
        assert_eq!(line[2]["score"], seen["sentiment"]["score"]);
    }
    assert_eq!(levels[0], "NEUTRAL");
    assert_ne!(levels[1], "NEUTRAL");
    let open = floor.open(START).await;
    let seen = floor.see(&floor.sam, &open, fields).await;
    assert_eq!(seen["sentimentHistory"], json!([]));
}
