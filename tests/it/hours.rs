//! Opening hours of queues, as they are set, shown and act; their arithmetic is tested in the domain.

use serde_json::{Value, json};

use crate::floor::Floor;
use crate::harness::Database;

const FIELDS: &str = "queue { id isOpen nextOpensAt hours { timeZone week { day opens closes }
    exceptions { date openings { opens closes } } } }";

/// Open on this one minute of a week.
fn rarely() -> Value {
    json!({ "timeZone": "Europe/Amsterdam", "week": [{ "day": "SUNDAY", "opens": "04:00", "closes": "04:01" }] })
}

fn always() -> Value {
    let days = [
        "MONDAY",
        "TUESDAY",
        "WEDNESDAY",
        "THURSDAY",
        "FRIDAY",
        "SATURDAY",
        "SUNDAY",
    ];
    let week = days.map(|day| json!({ "day": day, "opens": "00:00", "closes": "24:00" }));
    json!({ "timeZone": "UTC", "week": week })
}

async fn set(floor: &Floor, hours: Value) -> Value {
    let input = json!({ "queueId": floor.queue, "hours": hours });
    let done = floor
        .server
        .done(&floor.admin, "updateQueue", input, FIELDS)
        .await;
    done["queue"].clone()
}

#[tokio::test]
async fn a_queue_has_the_hours_that_it_is_given_and_none_any_more() {
    for database in Database::all().await {
        let mut floor = Floor::on(database).await;
        let input = json!({ "name": "Days", "hours": {
            "timeZone": "America/New_York",
            "week": [
                { "day": "TUESDAY", "opens": "13:00", "closes": "17:30" },
                { "day": "TUESDAY", "opens": "09:00", "closes": "13:00" },
                { "day": "MONDAY", "opens": "22:00", "closes": "24:00" },
            ],
            "exceptions": [
                { "date": "2026-12-25", "openings": [] },
                { "date": "2026-12-24", "openings": [{ "opens": "09:00", "closes": "12:00" }] },
            ],
        } });
        let made = floor
            .server
            .done(&floor.admin, "createQueue", input, FIELDS)
            .await;
        let hours = json!({
            "timeZone": "America/New_York",
            "week": [
                { "day": "MONDAY", "opens": "22:00", "closes": "24:00" },
                { "day": "TUESDAY", "opens": "09:00", "closes": "17:30" },
            ],
            "exceptions": [
                { "date": "2026-12-24", "openings": [{ "opens": "09:00", "closes": "12:00" }] },
                { "date": "2026-12-25", "openings": [] },
            ],
        });
        assert_eq!(made["queue"]["hours"], hours);
        floor.server = floor.server.restart().await;
        let node = "query($id: ID!) { node(id: $id) { ... on Queue { hours { timeZone week { day opens closes }
            exceptions { date openings { opens closes } } } } } }";
        let id = json!({ "id": made["queue"]["id"] });
        let seen = floor.server.data(&floor.anna, node, id).await;
        assert_eq!(seen["node"]["hours"], hours);
    }
    let floor = Floor::new().await;
    let open = set(&floor, always()).await;
    assert_eq!(
        (&open["isOpen"], &open["nextOpensAt"]),
        (&json!(true), &Value::Null)
    );
    let closed = set(&floor, rarely()).await;
    assert_eq!(closed["isOpen"], false);
    assert!(closed["nextOpensAt"].is_string(), "{closed}");
    let none = set(&floor, Value::Null).await;
    assert_eq!(
        (&none["hours"], &none["isOpen"]),
        (&Value::Null, &json!(true))
    );
}

#[tokio::test]
async fn hours_that_cannot_be_are_refused_with_their_field() {
    let floor = Floor::new().await;
    let week =
        |opens: &str, closes: &str| json!([{ "day": "MONDAY", "opens": opens, "closes": closes }]);
    let hours = |zone: &str, week: Value| json!({ "timeZone": zone, "week": week });
    let with = |date: Value| {
        let mut hours = hours("UTC", week("09:00", "17:00"));
        hours["exceptions"] = date;
        hours
    };
    let twice = json!({ "date": "2026-12-25", "openings": [] });
    for (hours, field) in [
        (hours("Mars/Olympus", week("09:00", "17:00")), "timeZone"),
        (hours("UTC", json!([])), "week"),
        (hours("UTC", week("17:00", "09:00")), "week"),
        (hours("UTC", week("09:00", "09:00")), "week"),
        (hours("UTC", week("09:00", "24:01")), "week"),
        (hours("UTC", week("9:00", "17:00")), "week"),
        (hours("UTC", week("09:60", "17:00")), "week"),
        (
            hours("UTC", json!(vec![week("09:00", "17:00")[0].clone(); 101])),
            "week",
        ),
        (
            with(json!([{ "date": "25-12-2026", "openings": [] }])),
            "exceptions",
        ),
        (with(json!([twice.clone(), twice])), "exceptions"),
    ] {
        let input = json!({ "queueId": floor.queue, "hours": hours });
        let payload = floor
            .server
            .mutate(&floor.admin, "updateQueue", input, "")
            .await;
        let error = &payload["errors"][0];
        assert_eq!(error["code"], "INVALID_INPUT", "{hours}");
        assert_eq!(error["path"], json!(["input", "hours", field]), "{hours}");
    }
}

#[tokio::test]
async fn a_closed_queue_lets_nobody_wait_too_long_and_closes_nothing() {
    let floor = Floor::new().await;
    let usual = floor.open("LIVE_CHAT").await;
    set(&floor, rarely()).await;
    let closed = floor.open("LIVE_CHAT").await;
    let due = async |id: &str| floor.see(&floor.sam, id, "startedAt autoCloseAt").await;
    let minutes = |seen: &Value| {
        let at = |field: &str| {
            let text = seen[field].as_str().unwrap();
            text.parse::<chrono::DateTime<chrono::Utc>>().unwrap()
        };
        (at("autoCloseAt") - at("startedAt")).num_minutes()
    };
    assert_eq!(minutes(&due(&usual).await), 20, "its clock started before");
    // Twenty minutes that are open take twenty weeks.
    assert!(minutes(&due(&closed).await) > 60 * 24 * 7 * 18);
}
