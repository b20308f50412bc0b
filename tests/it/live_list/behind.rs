//! A reader of the live list who does not read.

use std::time::{Duration, Instant};

use api::graphql::gate::ListLimits;
use api::http::HttpOptions;
use futures_util::StreamExt;
use serde_json::{Value, json};

use super::bounds::bounded_over;
use super::mirror::live;
use crate::floor::Floor;
use crate::slow::narrow;
use crate::stage::as_of;

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

/// Settings that change so often; each updates every row that a supervisor is shown.
async fn change(floor: &Floor, times: usize) {
    for number in 0..times {
        let settings = json!({ "supervisorForceClose": number % 2 == 1 });
        floor.set(settings).await;
    }
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
    change(&floor, 250).await;
    let since = Instant::now();
    while !begins(&floor, &other).await {
        assert!(
            since.elapsed() < Duration::from_secs(30),
            "its list is still held"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
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
