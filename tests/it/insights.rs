//! Figures (domain.md section 12), through the API. What each counts is stated in the domain's own tests.

mod again;
mod export;
mod lease;
mod live;
pub mod scope;
pub mod stored;

use chrono::{DateTime, DurationRound, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::floor::{Floor, other_supervisor};
use crate::harness::{Server, Token, eventually, soon};

const FIGURES: &str = "query($range: InsightRange!, $group: InsightGrouping! = NONE, $interval: InsightInterval! = WHOLE,
    $zone: String! = \"UTC\", $filter: InsightFilter, $seconds: Int) {
  insights(range: $range, groupBy: $group, interval: $interval, timeZone: $zone, filter: $filter, serviceLevelSeconds: $seconds) {
    completeSince partStarts
    totals { figures { visits { begun ended waiting accepted abandoned serviceLevel { within cases share } } ongoing closed } }
    rows {
      queue { id } agent { name } series(figure: VISITS_BEGUN)
      figures {
        visits { begun accepted waiting longestVisitSince serviceLevel { within cases share } speedOfAnswer { count meanSeconds } }
        handleTime { count meanSeconds } closed times { occupancy presences { presence seconds } }
      }
    }
  }
}";

/// The day of this server's clock and the next, with what else is asked.
fn asked(server: &Server, more: &Value) -> Value {
    let day = server
        .clock
        .now()
        .duration_trunc(TimeDelta::days(1))
        .unwrap();
    let mut asked = json!({ "range": range(day, day + TimeDelta::days(2)) });
    for (name, value) in more.as_object().unwrap() {
        asked[name] = value.clone();
    }
    asked
}

fn range(from: DateTime<Utc>, to: DateTime<Utc>) -> Value {
    let text = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    json!({ "from": text(from), "to": text(to) })
}

async fn figures(floor: &Floor, token: &str, more: Value) -> Value {
    let asked = asked(&floor.server, &more);
    let data = floor.server.data(token, FIGURES, asked).await;
    data["insights"].clone()
}

async fn refused(floor: &Floor, token: &str, more: Value) -> String {
    let asked = asked(&floor.server, &more);
    let answer = floor.server.post(token, FIGURES, asked).await;
    assert!(answer["data"]["insights"].is_null(), "{answer}");
    answer["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Waits until so many visits of all queues ended.
async fn counted(floor: &Floor, ended: u64) {
    soon("figures are counted", || async {
        let found = figures(floor, &floor.admin, json!({})).await;
        found["totals"]["figures"]["visits"]["ended"] == ended
    })
    .await;
}

/// Waits until so many visits of all queues began.
async fn soon_begun(floor: &Floor, begun: u64) {
    soon("figures are counted", || async {
        let found = figures(floor, &floor.admin, json!({})).await;
        found["totals"]["figures"]["visits"]["begun"] == begun
    })
    .await;
}

/// Waits until whatever happened is counted.
pub async fn all_counted(floor: &Floor) {
    let app = &floor.server.app;
    eventually("everything is counted", || async {
        let progress = app.store.insight_progress().await.unwrap();
        progress.is_some_and(|progress| progress.position == app.log.head().position)
    })
    .await;
}

#[tokio::test]
async fn a_supervisor_reads_how_it_goes() {
    let floor = Floor::new().await;
    let first = floor.open("WHATSAPP").await;
    floor.server.clock.advance(TimeDelta::seconds(30));
    floor
        .act(&floor.anna, "pickConversation", &first, json!({}))
        .await;
    floor.server.clock.advance(TimeDelta::seconds(90));
    floor
        .act(&floor.anna, "endConversation", &first, json!({}))
        .await;
    floor
        .act(&floor.anna, "closeConversation", &first, json!({}))
        .await;
    let second = floor.open("WHATSAPP").await;
    floor.server.clock.advance(TimeDelta::seconds(300));
    floor
        .act(&floor.gateway, "endByCustomer", &second, json!({}))
        .await;
    let third = floor.open("WHATSAPP").await;
    all_counted(&floor).await;

    let all = figures(&floor, &floor.sam, json!({ "group": "QUEUE" })).await;
    assert_eq!(all["completeSince"], Value::Null);
    let totals = &all["totals"]["figures"];
    let level = json!({ "within": 1, "cases": 2, "share": 0.5 });
    assert_eq!(
        totals["visits"],
        json!({ "begun": 3, "ended": 2, "waiting": 1, "accepted": 1, "abandoned": 1, "serviceLevel": level })
    );
    assert_eq!(
        (&totals["ongoing"], &totals["closed"]),
        (&json!(1), &json!(2))
    );
    let rows = all["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!(row["queue"]["id"], floor.queue);
    let taken = &row["figures"]["visits"]["speedOfAnswer"];
    let mean = taken["meanSeconds"].as_f64().unwrap();
    // The server's clock goes on while the test runs.
    assert!((30.0..35.0).contains(&mean), "{mean}");
    let handled = &row["figures"]["handleTime"]["meanSeconds"];
    assert!(
        (90.0..95.0).contains(&handled.as_f64().unwrap()),
        "{handled}"
    );
    let seen = floor.see(&floor.sam, &third, "waitingSince").await;
    assert_eq!(
        row["figures"]["visits"]["longestVisitSince"],
        seen["waitingSince"]
    );

    // Another service level is asked for, and none but the known ones.
    let strict = figures(&floor, &floor.sam, json!({ "seconds": 20 })).await;
    assert_eq!(
        strict["totals"]["figures"]["visits"]["serviceLevel"],
        json!({ "within": 0, "cases": 2, "share": 0.0 })
    );
    assert_eq!(
        refused(&floor, &floor.sam, json!({ "seconds": 25 })).await,
        "INVALID_INPUT"
    );
}

#[tokio::test]
async fn figures_are_of_the_queues_in_scope_and_an_agents_own_where_all_of_theirs_are() {
    let floor = Floor::new().await;
    floor.active("WHATSAPP").await;
    counted(&floor, 1).await;
    let elsewhere = Token::supervisor("eva")
        .queues(&[&floor.second_queue])
        .sign();
    for group in ["NONE", "QUEUE", "CHANNEL", "WORKSTREAM", "AGENT"] {
        let found = figures(&floor, &elsewhere, json!({ "group": group })).await;
        assert_eq!(found["rows"], json!([]), "{group}");
        assert_eq!(found["totals"]["figures"]["visits"]["begun"], 0, "{group}");
        let here = figures(&floor, &floor.sam, json!({ "group": group })).await;
        assert_ne!(here["rows"], json!([]), "{group}");
    }
    // What a filter asks for beyond the scope counts as nothing.
    let filter = json!({ "filter": { "queueIds": [floor.queue] } });
    let found = figures(&floor, &elsewhere, filter).await;
    assert_eq!(found["rows"], json!([]));
    // Anna is in three queues: who leads one of them sees her work there, and not her times.
    let partly = Token::supervisor("pia").queues(&[&floor.queue]).sign();
    let row = |found: &Value| {
        let rows = found["rows"].as_array().unwrap();
        let row = rows.iter().find(|row| row["agent"]["name"] == "anna");
        row.unwrap()["figures"].clone()
    };
    let by_agent = json!({ "group": "AGENT" });
    let part = row(&figures(&floor, &partly, by_agent.clone()).await);
    assert_eq!(
        (&part["visits"]["accepted"], &part["times"]),
        (&json!(1), &Value::Null)
    );
    let whole = row(&figures(&floor, &floor.sam, by_agent.clone()).await);
    assert_eq!(whole["times"]["presences"][0]["presence"], "AVAILABLE");
    assert_eq!(whole["visits"]["serviceLevel"], Value::Null);

    for token in [&floor.anna, &floor.gateway] {
        assert_eq!(refused(&floor, token, json!({})).await, "ROLE_REQUIRED");
    }
    floor.set(json!({ "agentInsights": false })).await;
    let of_anna = json!({ "filter": { "agentIds": [floor.agent("anna")] } });
    for more in [by_agent, of_anna] {
        assert_eq!(
            refused(&floor, &floor.admin, more).await,
            "SETTING_DISABLED"
        );
    }
    figures(&floor, &other_supervisor(), json!({ "group": "QUEUE" })).await;
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_says_so() {
    let floor = Floor::new().await;
    let day = floor
        .server
        .clock
        .now()
        .duration_trunc(TimeDelta::days(1))
        .unwrap();
    for more in [
        json!({ "range": range(day, day) }),
        json!({ "range": range(day, day + TimeDelta::days(401)) }),
        json!({ "range": range(day + TimeDelta::minutes(7), day + TimeDelta::hours(1)) }),
        json!({ "range": range(day - TimeDelta::days(20), day), "interval": "QUARTER_HOUR" }),
        json!({ "zone": "Atlantis" }),
        json!({ "filter": { "queueIds": ["conv_1"] } }),
        json!({ "group": "AGENT", "filter": { "channels": ["SMS"] } }),
        json!({ "group": "CHANNEL", "filter": { "agentIds": [floor.agent("anna")] } }),
    ] {
        assert_eq!(
            refused(&floor, &floor.sam, more.clone()).await,
            "INVALID_INPUT",
            "{more}"
        );
    }
}

#[tokio::test]
async fn days_are_those_of_the_zone_also_when_its_clocks_change() {
    let floor = Floor::new().await;
    let at = |text: &str| -> DateTime<Utc> { text.parse().unwrap() };
    let starts = async |from, to, interval: &str| {
        let more = json!({
            "range": range(at(from), at(to)), "interval": interval, "zone": "Europe/Amsterdam",
        });
        figures(&floor, &floor.sam, more).await["partStarts"].clone()
    };
    // Summer time begins on 29 March 2026: that day has 23 hours.
    assert_eq!(
        starts("2026-03-27T23:00:00Z", "2026-03-30T22:00:00Z", "DAY").await,
        json!([
            "2026-03-27T23:00:00+00:00",
            "2026-03-28T23:00:00+00:00",
            "2026-03-29T22:00:00+00:00"
        ])
    );
    let hours = starts("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "HOUR").await;
    assert_eq!(hours.as_array().unwrap().len(), 23);
    assert_eq!(
        starts("2026-02-15T00:00:00Z", "2026-04-01T00:00:00Z", "MONTH").await,
        json!([
            "2026-02-15T00:00:00+00:00",
            "2026-02-28T23:00:00+00:00",
            "2026-03-31T22:00:00+00:00"
        ])
    );
}

#[tokio::test]
async fn figures_outlive_a_restart_and_are_the_same_in_longer_buckets() {
    let mut floor = Floor::new().await;
    for _ in 0..3 {
        floor.active("SMS").await;
    }
    floor.open("SMS").await;
    counted(&floor, 3).await;
    let by_queue = json!({ "group": "QUEUE" });
    let of = |found: &Value| found["rows"][0]["figures"]["visits"]["speedOfAnswer"].clone();
    let before = figures(&floor, &floor.sam, by_queue.clone()).await;
    let asked = asked(&floor.server, &json!({ "group": "QUEUE" }));
    floor.server = floor.server.restart().await;
    floor.active("SMS").await;
    counted(&floor, 4).await;
    // Minutes are joined to quarters of an hour, and these to days.
    floor.server.clock.advance(TimeDelta::days(2));
    let database = &floor.server;
    soon("the day is joined", || async {
        let later = database
            .clock
            .now()
            .duration_trunc(TimeDelta::days(1))
            .unwrap();
        let more = json!({ "range": range(later - TimeDelta::days(10), later) });
        let data = database.data(&floor.sam, FIGURES, more).await;
        data["insights"]["totals"]["figures"]["visits"]["accepted"] == 4
    })
    .await;
    let data = floor.server.data(&floor.sam, FIGURES, asked).await;
    let after = &data["insights"];
    assert_eq!(of(after)["count"], json!(4));
    assert_eq!(of(&before)["count"], json!(3));
    assert_eq!(after["totals"]["figures"]["visits"]["waiting"], 1);
}
