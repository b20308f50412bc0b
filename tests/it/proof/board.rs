//! The board over the API, against the rows; and the timers, against the clock.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::client::Desk;
use super::tables::{Event, Tables};
use crate::stage::position;

const ONGOING: &str = "query($after: String) { ongoingConversations(first: 100, after: $after) {
    asOf totalCount pageInfo { hasNextPage endCursor }
    edges { node { id channel mode state statusReason version queue { id } agent { id } sentiment { level } } }
} }";

/// Every page of the ongoing view shows exactly what the rows say.
pub async fn is_the_database(desk: &Desk, token: &str, tables: &Tables) {
    for _ in 0..50 {
        let before = tables.head().await;
        let (shown, at) = pages(desk, token).await;
        let rows = tables.ongoing().await;
        // A timer may act in between; then this was no look at one moment.
        if at.iter().any(|at| *at != before) || tables.head().await != before {
            continue;
        }
        let stored = rows.into_iter().map(|row| {
            let facts = json!({
                "id": row.id.to_string(), "channel": row.channel.as_str(), "mode": row.mode.as_str(),
                "state": row.state.as_str(), "statusReason": row.reason.as_str(), "version": row.version,
                "queue": { "id": row.queue_id.to_string() },
                "agent": row.agent_id.map(|id| json!({ "id": id.to_string() })),
                "sentiment": { "level": row.sentiment.as_str() },
            });
            (row.id.to_string(), facts)
        });
        assert_eq!(shown, stored.collect());
        return;
    }
    panic!("the log never rests");
}

async fn pages(desk: &Desk, token: &str) -> (BTreeMap<String, Value>, Vec<i64>) {
    let (mut shown, mut at, mut after) = (BTreeMap::new(), Vec::new(), Value::Null);
    loop {
        let data = desk.query(token, ONGOING, json!({ "after": after })).await;
        let page = &data["ongoingConversations"];
        at.push(position(&page["asOf"]));
        for edge in page["edges"].as_array().unwrap() {
            let node = &edge["node"];
            let id = node["id"].as_str().unwrap().to_owned();
            assert!(shown.insert(id, node.clone()).is_none(), "twice: {node}");
        }
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            return (shown, at);
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// One server's life: from when on its process was there, and from when on it listened.
#[derive(Clone, Copy)]
pub struct Life {
    pub began: DateTime<Utc>,
    pub listened: DateTime<Utc>,
}

/// What the timers of offers did.
#[derive(Default)]
pub struct Fired {
    pub all: usize,
    /// The server that made the offer was not there any more.
    pub across_a_kill: usize,
    /// The longest time after both the due time and the server's start.
    pub latest: TimeDelta,
}

/// How late each offer timed out that did.
pub fn timers(events: &BTreeMap<i64, Event>, lives: &[Life]) -> Fired {
    let mut fired = Fired::default();
    let mut images: BTreeMap<_, &Value> = BTreeMap::new();
    let instant = |value: &Value| value.as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
    for event in events.values() {
        let Some(id) = event.conversation else {
            continue;
        };
        let image = &event.after["conversation"];
        let before = images.insert(id, image);
        if !["OfferTimedOut", "TransferTimedOut"].contains(&event.kind.as_str()) {
            continue;
        }
        let offer = &before.unwrap()["offer"];
        let life = lives.iter().rfind(|life| life.began <= event.at).unwrap();
        let due = instant(&offer["due_at"]);
        fired.all += 1;
        fired.across_a_kill += usize::from(instant(&offer["made_at"]) < life.began);
        fired.latest = fired.latest.max(event.at - due.max(life.listened));
        assert!(event.at >= due, "too early: {offer}");
    }
    fired
}
