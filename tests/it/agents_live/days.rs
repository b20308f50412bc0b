//! Another day: what was handled today begins again.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use serde_json::{Value, json};

use super::mirror::{Mirror, ROW, live};
use super::standing;
use crate::floor::Floor;
use crate::insights::all_counted;

/// Today is the day of UTC.
fn utc() -> Value {
    json!({ "first": 10, "zone": "UTC" })
}

/// Moves the clock to this long after the next midnight.
fn pass_midnight(floor: &Floor, after: TimeDelta) -> DateTime<Utc> {
    let now = floor.server.clock.now();
    let midnight = now.duration_trunc(TimeDelta::days(1)).unwrap() + TimeDelta::days(1);
    floor.server.clock.advance(midnight + after - now);
    midnight
}

#[tokio::test]
async fn at_midnight_the_list_comes_whole_and_begins_to_count() {
    let floor = standing().await;
    pass_midnight(&floor, TimeDelta::hours(1));
    let (mut sam, _) = Mirror::begin(&floor.server, &floor.sam, &utc()).await;
    floor.wrap_up("WHATSAPP").await;
    let running = floor.active("SMS").await;
    for _ in 0..3 {
        sam.next().await;
    }
    assert_eq!(sam.shown.of("anna")["handledToday"], 1);
    let (yesterday, before) = (sam.cursor.clone(), sam.shown.clone());

    // Nothing happens, and yet.
    pass_midnight(&floor, TimeDelta::minutes(10));
    let message = sam.next().await;
    assert_eq!(message["snapshotReason"], "DAY_CHANGED");
    let row = sam.shown.of("anna");
    assert_eq!(
        (&row["handledToday"], &row["meanHandleSecondsToday"]),
        (&json!(0), &Value::Null)
    );
    assert_eq!(row["activeConversations"], 2);
    assert_eq!(
        row["longestHandleSince"],
        before.of("anna")["longestHandleSince"]
    );
    assert_ne!(message["cursor"], yesterday, "it is another list");

    // A stint that began yesterday counts today, whole.
    floor
        .act(&floor.anna, "endConversation", &running, json!({}))
        .await;
    sam.next().await;
    let row = sam.shown.of("anna").clone();
    assert_eq!(row["handledToday"], 1);
    let begun: DateTime<Utc> = super::instant(&before.of("anna")["longestHandleSince"]);
    let took = (floor.server.clock.now() - begun).as_seconds_f64();
    assert!((row["meanHandleSecondsToday"].as_f64().unwrap() - took).abs() < 0.002);

    // Whoever comes back with yesterday's cursor gets the list.
    let mut of = utc();
    of["after"] = yesterday;
    let (back, first) = Mirror::begin(&floor.server, &floor.sam, &of).await;
    assert_eq!(first["snapshotReason"], "NOT_RESUMABLE");
    assert_eq!(back.shown, sam.shown);
    of["after"] = message["cursor"].clone();
    let mut socket = floor.server.socket(&floor.sam).await;
    socket.subscribe(&live(ROW), of).await;
    let first = socket.event().await["agentsLive"].clone();
    assert_eq!(first["__typename"], "AgentsLiveChanges", "today's is known");
}

#[tokio::test]
async fn each_zone_has_its_own_day() {
    let floor = standing().await;
    pass_midnight(&floor, TimeDelta::hours(1));
    floor.wrap_up("WHATSAPP").await;
    all_counted(&floor).await;
    floor.wrap_up("WHATSAPP").await;
    // In the east it is seven hours later, in the west six hours earlier.
    let east = json!({ "first": 10, "zone": "Asia/Novosibirsk" });
    let (mut east, _) = Mirror::begin(&floor.server, &floor.sam, &east).await;
    let (mut here, _) = Mirror::begin(&floor.server, &floor.sam, &utc()).await;
    for list in [&east, &here] {
        assert_eq!(list.shown.of("anna")["handledToday"], 2);
    }
    floor.server.clock.advance(TimeDelta::hours(17));
    assert_eq!(east.next().await["snapshotReason"], "DAY_CHANGED");
    assert_eq!(east.shown.of("anna")["handledToday"], 0);
    floor.wrap_up("WHATSAPP").await;
    for list in [&mut east, &mut here] {
        // Picked, and ended.
        list.next().await;
        list.next().await;
    }
    assert_eq!(east.shown.of("anna")["handledToday"], 1);
    assert_eq!(here.shown.of("anna")["handledToday"], 3);
}

#[tokio::test]
async fn it_counts_what_is_in_the_figures_and_what_is_not_yet() {
    let mut floor = standing().await;
    pass_midnight(&floor, TimeDelta::hours(1));
    for round in 1..=3 {
        for seconds in [10, 20] {
            let id = floor.active("WHATSAPP").await;
            floor.server.clock.advance(TimeDelta::seconds(seconds));
            floor
                .act(&floor.anna, "endConversation", &id, json!({}))
                .await;
        }
        let (list, _) = Mirror::begin(&floor.server, &floor.sam, &utc()).await;
        let row = list.shown.of("anna");
        assert_eq!(row["handledToday"], 2 * round);
        assert_eq!(row["meanHandleSecondsToday"], 15.0);
        if round == 1 {
            all_counted(&floor).await;
        }
        let clock = floor.server.clock.clone();
        floor.server = floor.server.restart_by(clock).await;
    }
}
