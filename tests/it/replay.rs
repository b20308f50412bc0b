//! The real binary: `regie serve` is played to by `regie replay`, while a subscriber is killed and
//! resumes by its cursor, again and again.

use std::fmt::Write as _;
use std::process::Stdio;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use crate::harness::binary::{Served, regie};
use crate::harness::{Database, Socket, Token};
use entity::tables::{event, message};

/// Dialogues whose customers turn sour and recover, and how many messages they have.
fn dialogues(count: usize) -> (String, usize) {
    let arc = [
        ("customer", "Hello, my order 4411 has not arrived."),
        ("agent", "I am sorry to hear that. Let me look it up."),
        ("customer", "This is the worst service ever, I am furious!"),
        ("agent", "It is on its way now, and the delivery is free."),
        (
            "customer",
            "That is great, you are wonderful, thank you so much!!",
        ),
        ("customer", "Excellent, I love it, fantastic help!"),
        ("agent", "You are welcome."),
    ];
    let mut lines = String::new();
    for number in 0..count {
        let channel = ["LIVE_CHAT", "WHATSAPP", "SMS"][number % 3];
        let messages: Vec<Value> = arc
            .iter()
            .map(|(from, text)| json!({ "from": from, "text": text }))
            .collect();
        let line =
            json!({ "id": format!("short-{number}"), "channel": channel, "messages": messages });
        writeln!(lines, "{line}").unwrap();
    }
    (lines, count * arc.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_is_in_the_database_once_and_reaches_a_subscriber_that_is_killed_ten_times() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let database = Database::sqlite();
    let served = Served::start(&database.url, folder.path());
    let (lines, messages) = dialogues(24);
    std::fs::write(folder.path().join("dialogues.jsonl"), lines).unwrap();

    let subscription = "subscription($after: LogCursor) { sentimentChanges(after: $after) { cursor from to conversation { id } } }";
    let token = Token::supervisor("sam").sign();
    let mut socket = Socket::open(&served.url, &token).await;
    // From the log's very beginning, so that it does not matter who is first.
    let begin = "{ ongoingSummary { asOf } }";
    let start = reqwest::Client::new()
        .post(&served.url)
        .bearer_auth(&token)
        .json(&json!({ "query": begin }))
        .send()
        .await
        .unwrap()
        .json::<Value>()
        .await
        .unwrap();
    let mut cursor = start["data"]["ongoingSummary"]["asOf"].clone();
    socket
        .subscribe(subscription, json!({ "after": cursor }))
        .await;

    let (url, address) = (served.url.clone(), database.url.clone());
    let input = folder.path().to_owned();
    let played = tokio::task::spawn_blocking(move || {
        let arguments = ["replay", "dialogues.jsonl", "--speed", "max", "--url", &url];
        regie(&address, &input, &arguments)
            .stderr(Stdio::null())
            .output()
            .unwrap()
    });

    let mut received: Vec<(String, String, String)> = Vec::new();
    let mut kills = 0;
    loop {
        let all_is_posted = played.is_finished();
        let Some(message) = socket.next_unless_silent().await else {
            if all_is_posted {
                break;
            }
            continue;
        };
        assert_eq!(message["type"], "next", "{message}");
        let event = &message["payload"]["data"]["sentimentChanges"];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        received.push((
            text(&event["conversation"]["id"]),
            text(&event["from"]),
            text(&event["to"]),
        ));
        cursor = event["cursor"].clone();
        if kills < 10 && received.len().is_multiple_of(4) {
            // Dropped without a word, as a crash would.
            socket = Socket::open(&served.url, &token).await;
            socket
                .subscribe(subscription, json!({ "after": cursor }))
                .await;
            kills += 1;
        }
    }
    let output = played.await.unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    assert_eq!(kills, 10);

    let database = sea_orm::Database::connect(&database.url).await.unwrap();
    let truth: Vec<(String, String, String)> = event::Entity::find()
        .filter(event::Column::Kind.eq("SentimentChanged"))
        .order_by_asc(event::Column::Position)
        .all(&database)
        .await
        .unwrap()
        .into_iter()
        .map(|row| {
            let change: Value = serde_json::from_str(&row.change).unwrap();
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (
                row.conversation_id.unwrap().to_string(),
                text(&change["from"]),
                text(&change["to"]),
            )
        })
        .collect();
    assert!(truth.len() >= 48, "only {} sentiment changes", truth.len());
    // None missing, none twice, in order.
    assert_eq!(received, truth);

    let posted = message::Entity::find().all(&database).await.unwrap();
    assert_eq!(posted.len(), messages);
}
