//! `insightsLive` and an agent's own figures.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{asked, counted};
use crate::floor::Floor;
use crate::harness::{Socket, Token};

const LIVE: &str =
    "subscription($minutes: Int, $zone: String! = \"UTC\", $group: InsightGrouping! = NONE, $interval: InsightInterval! = WHOLE,
    $filter: InsightFilter, $seconds: Int) {
  insightsLive(lastMinutes: $minutes, timeZone: $zone, groupBy: $group, interval: $interval, filter: $filter, serviceLevelSeconds: $seconds) {
    partStarts
    totals { figures { visits { begun waiting accepted } closed } }
    rows { queue { id } agent { name } figures { visits { begun accepted } times { occupancy } } }
  }
}";
const OWN: &str = "query($range: InsightRange!, $interval: InsightInterval! = WHOLE) { viewer { agent { name
    insights(range: $range, interval: $interval) { partStarts rows { agent { name } figures { visits { accepted } times { occupancy presences { presence } } } } }
} } }";
/// Longer than an answer stands, and than a count takes.
const LONG: Duration = Duration::from_millis(2_500);

async fn live(floor: &Floor, token: &str, more: Value) -> (Socket, Value) {
    let mut socket = floor.server.socket(token).await;
    socket.subscribe(LIVE, more).await;
    let first = socket.event().await["insightsLive"].clone();
    (socket, first)
}

/// Goes on to where so many visits of all queues began, at most once a second.
async fn until_begun(socket: &mut Socket, begun: u64) -> Value {
    loop {
        let told = socket.event().await["insightsLive"].clone();
        if told["totals"]["figures"]["visits"]["begun"] == begun {
            return told;
        }
    }
}

async fn refusal(floor: &Floor, token: &str, more: &Value) -> Value {
    let mut socket = floor.server.socket(token).await;
    socket.subscribe(LIVE, more.clone()).await;
    let message = socket.message().await;
    message["payload"][0]["extensions"]["code"].clone()
}

#[tokio::test]
async fn a_supervisor_has_todays_figures_and_the_newest_as_they_change() {
    let floor = Floor::new().await;
    floor.active("WHATSAPP").await;
    counted(&floor, 1).await;
    let by_queue = json!({ "group": "QUEUE" });
    let (mut sam, today) = live(&floor, &floor.sam, by_queue.clone()).await;
    let visits = |told: &Value| told["totals"]["figures"]["visits"].clone();
    assert_eq!(
        visits(&today),
        json!({ "begun": 1, "waiting": 0, "accepted": 1 })
    );
    assert_eq!(today["partStarts"].as_array().unwrap().len(), 1);
    let elsewhere = Token::supervisor("eva")
        .queues(&[&floor.second_queue])
        .sign();
    let (mut eva, nothing) = live(&floor, &elsewhere, by_queue).await;
    assert_eq!(nothing["rows"], json!([]));

    floor.open("WHATSAPP").await;
    let told = until_begun(&mut sam, 2).await;
    assert_eq!(
        visits(&told),
        json!({ "begun": 2, "waiting": 1, "accepted": 1 })
    );
    assert_eq!(told["rows"][0]["queue"]["id"], floor.queue);
    // Another queue's conversations change nothing here, and nothing changes any more there.
    assert_eq!(eva.message_within(LONG).await, None);
    assert_eq!(sam.message_within(LONG).await, None);
}

#[tokio::test]
async fn the_last_minutes_move_on_though_nothing_happens() {
    let floor = Floor::new().await;
    floor.open("SMS").await;
    super::soon_begun(&floor, 1).await;
    let (mut socket, told) = live(&floor, &floor.sam, json!({ "minutes": 5 })).await;
    assert_eq!(told["totals"]["figures"]["visits"]["begun"], 1);
    floor.server.clock.advance(TimeDelta::minutes(7));
    let told = until_begun(&mut socket, 0).await;
    assert_eq!(
        told["totals"]["figures"]["visits"]["waiting"], 1,
        "it waits still"
    );
}

#[tokio::test]
async fn what_does_not_fit_or_is_not_allowed_is_refused_before_it_begins() {
    let floor = Floor::new().await;
    for more in [
        json!({ "minutes": 4 }),
        json!({ "minutes": 61 }),
        json!({ "zone": "Atlantis" }),
        json!({ "seconds": 25 }),
        json!({ "group": "CHANNEL", "filter": { "agentIds": [floor.agent("anna")] } }),
    ] {
        let code = refusal(&floor, &floor.sam, &more).await;
        assert_eq!(code, "INVALID_INPUT", "{more}");
    }
    for token in [&floor.anna, &floor.gateway] {
        assert_eq!(
            refusal(&floor, token, &json!({})).await,
            json!("ROLE_REQUIRED")
        );
    }
    let by_agent = json!({ "group": "AGENT" });
    let (mut running, _) = live(&floor, &floor.sam, by_agent.clone()).await;
    floor.set(json!({ "agentInsights": false })).await;
    assert_eq!(
        refusal(&floor, &floor.sam, &by_agent).await,
        json!("SETTING_DISABLED")
    );
    // Whoever has them is refused too.
    loop {
        let message = running.message().await;
        if message["type"] == "error" {
            let code = &message["payload"][0]["extensions"]["code"];
            assert_eq!(code, "SETTING_DISABLED");
            return;
        }
    }
}

#[tokio::test]
async fn an_agent_has_their_own_figures_also_where_those_of_others_are_off() {
    let floor = Floor::new().await;
    floor.active("WHATSAPP").await;
    counted(&floor, 1).await;
    floor.set(json!({ "agentInsights": false })).await;
    let asked = asked(&floor.server, &json!({}));
    let data = floor.server.data(&floor.anna, OWN, asked.clone()).await;
    let own = &data["viewer"]["agent"]["insights"];
    assert_eq!(own["rows"].as_array().unwrap().len(), 1, "{data}");
    let row = &own["rows"][0];
    assert_eq!(row["agent"]["name"], "anna");
    assert_eq!(row["figures"]["visits"]["accepted"], 1);
    assert_eq!(
        row["figures"]["times"]["presences"][0]["presence"],
        "AVAILABLE"
    );

    // Nobody else has them by this field.
    let of_all = "query($range: InsightRange!) { agents { nodes { name insights(range: $range) { rows { agent { name } } } } } }";
    for (token, whose) in [
        (&floor.sam, None),
        (&floor.admin, None),
        (&floor.anna, Some("anna")),
    ] {
        let data = floor.server.data(token, of_all, asked.clone()).await;
        for agent in data["agents"]["nodes"].as_array().unwrap() {
            let shown = !agent["insights"].is_null();
            assert_eq!(shown, whose == agent["name"].as_str(), "{agent}");
        }
    }
    let bad = json!({ "range": asked["range"], "interval": "QUARTER_HOUR" });
    let many = floor.server.post(&floor.anna, OWN, bad).await;
    assert!(many["errors"].is_null(), "192 parts are not too many");
}
