//! Readers of the live list who read too slowly, or not at all.

use std::time::{Duration, Instant};

use api::graphql::gate::ListLimits;
use api::http::HttpOptions;
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::bounds::bounded_over;
use super::mirror::{Mirror, asked, live};
use crate::floor::Floor;
use crate::slow::narrow;
use crate::stage::{as_of, position};

/// Some hundred kilobytes when all rows are updated: more than networks and rings hold, soon.
fn much() -> String {
    let fields: Vec<String> = (0..12)
        .map(|number| format!("s{number}: subject"))
        .collect();
    fields.join(" ")
}

/// Forty conversations with long subjects.
async fn fill(floor: &Floor) {
    for _ in 0..40 {
        let subject = json!({ "subject": "long ".repeat(40) });
        floor.start_with("WHATSAPP", subject).await;
    }
}

/// Settings that change so often, from on to off first; each updates every row that a supervisor is shown.
async fn change(floor: &Floor, times: usize) {
    for number in 0..times {
        let settings = json!({ "supervisorForceClose": number % 2 == 1 });
        floor.set(settings).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_too_slowly_is_told_the_whole_list_instead_of_what_is_not_kept() {
    let http = HttpOptions {
        send_timeout: Duration::from_mins(5),
        ..HttpOptions::default()
    };
    let floor = bounded_over(ListLimits::default(), http).await;
    fill(&floor).await;
    let of = json!({ "first": 40 });
    let mut slow = narrow(&floor.server, &floor.sam, &live(&much()), of.clone()).await;
    let (mut reads, _) = Mirror::begin(&floor.server, &floor.sam, &much(), &of).await;
    let last = reads.position() + 250;
    tokio::join!(change(&floor, 250), reads.until(last));

    let (mut reasons, mut messages, mut shown) = (Vec::new(), 0, Value::Null);
    loop {
        let next = tokio::time::timeout(Duration::from_secs(20), slow.next()).await;
        let Message::Text(text) = next.expect("no message came").unwrap().unwrap() else {
            continue;
        };
        let message: Value = serde_json::from_str(&text).unwrap();
        if message["type"] != "next" {
            continue;
        }
        let update = message["payload"]["data"]["ongoingConversationsLive"].clone();
        messages += 1;
        if update["__typename"] == "OngoingSnapshot" {
            reasons.push(update["snapshotReason"].clone());
            shown = update["conversations"].clone();
        } else {
            for change in update["changes"].as_array().unwrap() {
                let index = usize::try_from(change["index"].as_u64().unwrap()).unwrap();
                shown[index] = change["conversation"].clone();
            }
        }
        if position(&update["cursor"]) >= last {
            break;
        }
    }
    assert_eq!(reasons[0], "STARTED");
    assert!(reasons.len() > 1, "it kept up");
    assert!(reasons[1..].iter().all(|reason| reason == "FELL_BEHIND"));
    assert!(messages < 250, "{messages}");
    let (_, page) = asked(&floor.server, &floor.sam, &much(), &of).await;
    assert_eq!(json!(page.rows), shown);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_nothing_is_cut_off_and_has_no_list_any_more() {
    let http = HttpOptions {
        send_timeout: Duration::from_secs(2),
        ..HttpOptions::default()
    };
    let lists = ListLimits {
        per_viewer: 1,
        ..ListLimits::default()
    };
    let floor = bounded_over(lists, http).await;
    fill(&floor).await;
    let of = json!({ "first": 40 });
    let mut slow = narrow(&floor.server, &floor.sam, &live(&much()), of).await;
    loop {
        let next = tokio::time::timeout(Duration::from_secs(20), slow.next()).await;
        let next = next.expect("no message came").unwrap().unwrap();
        if next.to_text().is_ok_and(|text| text.contains("\"next\"")) {
            break;
        }
    }
    let other = json!({ "first": 7 });
    assert!(!begins(&floor, &other).await, "it has the one that it may");
    // A busy server tells many changes in one message, so they go on until no buffer takes another.
    let since = Instant::now();
    while !begins(&floor, &other).await {
        assert!(
            since.elapsed() < Duration::from_mins(1),
            "its list is still held"
        );
        change(&floor, 50).await;
    }
    // Nobody else noticed.
    as_of(&floor.server, &floor.sam).await;
}

/// Whether this list begins, for a supervisor who may have one.
async fn begins(floor: &Floor, of: &Value) -> bool {
    let mut socket = floor.server.socket(&floor.sam).await;
    socket.subscribe(&live("id"), of.clone()).await;
    let message = socket.message().await;
    let refused = message["type"] == "error";
    assert!(refused || message["type"] == "next", "{message}");
    socket.close().await;
    !refused
}
