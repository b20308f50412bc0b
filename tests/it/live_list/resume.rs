//! Going on with the live list: by its changes where they are known, else with the whole list, which says
//! why.

use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};

use super::ROW;
use super::mirror::{Mirror, asked, by, kinds, live};
use crate::floor::{Floor, merged};
use crate::harness::cursors::opened;
use crate::harness::{Database, Server, Socket, Token};
use crate::stage::as_of;

fn instant(text: &Value) -> DateTime<chrono::Utc> {
    text.as_str().unwrap().parse().unwrap()
}

/// The first message of a list that begins with these variables.
async fn first(floor: &Floor, token: &str, of: &Value) -> Value {
    Mirror::begin(&floor.server, token, ROW, of).await.1
}

#[tokio::test]
async fn whoever_comes_back_while_others_stay_gets_only_what_they_missed() {
    let floor = Floor::new().await;
    let of = by("STARTED_AT", "DESC", 3);
    let (mut stays, _) = Mirror::begin(&floor.server, &floor.sam, ROW, &of).await;
    let (mut goes, _) = Mirror::begin(&floor.server, &floor.sam, ROW, &of).await;
    let one = floor.open("WHATSAPP").await;
    for list in [&mut stays, &mut goes] {
        assert_eq!(kinds(&list.next().await), ["Entered 0"]);
    }
    goes.socket.close().await;
    floor.active("WHATSAPP").await;
    floor
        .act(&floor.sam, "forceCloseConversation", &one, json!({}))
        .await;
    for _ in 0..4 {
        stays.next().await;
    }
    let mut back = goes.resumed(&floor.server, &floor.sam, ROW, &of).await;
    for step in ["Entered 0", "Updated 0", "Updated 1", "Left CLOSED"] {
        assert_eq!(kinds(&back.next().await), [step]);
    }
    assert_eq!(back.shown, stays.shown);
    assert_eq!(opened(&back.cursor), opened(&stays.cursor));
    // Level with the others, it shares what is made for them.
    floor.open("WHATSAPP").await;
    assert_eq!(back.next().await, stays.next().await);
}

#[tokio::test]
async fn a_cursor_of_something_else_gets_the_whole_list_and_why() {
    let floor = Floor::new().await;
    floor.open("WHATSAPP").await;
    let of = by("STARTED_AT", "DESC", 3);
    let (_stays, here) = Mirror::begin(&floor.server, &floor.sam, ROW, &of).await;
    let after = |cursor: &Value| merged(of.clone(), json!({ "after": cursor }));

    let plain = json!(as_of(&floor.server, &floor.sam).await);
    assert_eq!(
        first(&floor, &floor.sam, &after(&plain)).await["snapshotReason"],
        "NOT_RESUMABLE"
    );
    let other = Server::on(Database::sqlite()).await;
    let foreign = json!(as_of(&other, &floor.sam).await);
    assert_eq!(
        first(&floor, &floor.sam, &after(&foreign)).await["snapshotReason"],
        "OTHER_LOG"
    );
    // The same place of the same log, of another list.
    let cursor = json!({ "after": here["cursor"] });
    for else_of in [
        by("STARTED_AT", "ASC", 3),
        by("STARTED_AT", "DESC", 4),
        merged(of.clone(), json!({ "filter": { "unassigned": true } })),
    ] {
        let (_keeps, _) = Mirror::begin(&floor.server, &floor.sam, ROW, &else_of).await;
        let message = first(&floor, &floor.sam, &merged(else_of, cursor.clone())).await;
        assert_eq!(message["snapshotReason"], "NOT_RESUMABLE");
    }
    // By a token that sees something else.
    let few = Token::supervisor("sam")
        .queues(&[&floor.second_queue])
        .sign();
    let (_keeps, _) = Mirror::begin(&floor.server, &few, ROW, &of).await;
    let message = first(&floor, &few, &after(&here["cursor"])).await;
    assert_eq!(
        (&message["snapshotReason"], &message["totalCount"]),
        (&json!("NOT_RESUMABLE"), &json!(0))
    );
    // What an agent sees is theirs, so that their list is another at the same place.
    let (_keeps, berts) = Mirror::begin(&floor.server, &floor.bert, ROW, &of).await;
    let (_keeps, _) = Mirror::begin(&floor.server, &floor.anna, ROW, &of).await;
    let message = first(&floor, &floor.anna, &after(&berts["cursor"])).await;
    assert_eq!(message["snapshotReason"], "NOT_RESUMABLE");
    // And a supervisor's cursor is none for them.
    let message = first(&floor, &floor.anna, &after(&here["cursor"])).await;
    assert_eq!(message["snapshotReason"], "OTHER_LOG");
}

#[tokio::test]
async fn an_agent_resumes_their_own_list() {
    let floor = Floor::new().await;
    let of = by("STARTED_AT", "DESC", 3);
    let (mut stays, _) = Mirror::begin(&floor.server, &floor.anna, ROW, &of).await;
    let (mut goes, _) = Mirror::begin(&floor.server, &floor.anna, ROW, &of).await;
    goes.socket.close().await;
    floor.open("WHATSAPP").await;
    assert_eq!(kinds(&stays.next().await), ["Entered 0"]);
    let mut back = goes.resumed(&floor.server, &floor.anna, ROW, &of).await;
    assert_eq!(kinds(&back.next().await), ["Entered 0"]);
    assert_eq!(back.shown, stays.shown);
    assert_eq!(opened(&back.cursor), opened(&stays.cursor));
    // Both have one list: what is made for one is made for the other.
    floor.open("WHATSAPP").await;
    assert_eq!(back.next().await, stays.next().await);
}

#[tokio::test]
async fn a_variable_that_must_be_given_resumes_the_same_list_at_another_cursor() {
    let floor = Floor::new().await;
    let query = "subscription($after: LogCursor!) { ongoingConversationsLive(after: $after) {
        __typename
        ... on OngoingSnapshot { cursor }
        ... on OngoingChanges { cursor emittedAt }
    } }";
    let subscribe = async |after: &Value| {
        let mut socket = floor.server.socket(&floor.sam).await;
        socket.subscribe(query, json!({ "after": after })).await;
        socket
    };
    let next = async |socket: &mut Socket| socket.event().await["ongoingConversationsLive"].clone();
    let begin = json!(as_of(&floor.server, &floor.sam).await);
    let mut one = subscribe(&begin).await;
    let first = next(&mut one).await;
    assert_eq!(
        first["__typename"], "OngoingSnapshot",
        "it is a cursor of no list"
    );
    floor.open("WHATSAPP").await;
    let entered = next(&mut one).await;
    let mut two = subscribe(&first["cursor"]).await;
    assert_eq!(next(&mut two).await["cursor"], entered["cursor"]);
    floor.open("WHATSAPP").await;
    assert_eq!(
        next(&mut two).await,
        next(&mut one).await,
        "made once for both"
    );
}

#[tokio::test]
async fn a_whole_list_is_made_anew_when_the_last_is_of_another_moment() {
    let floor = Floor::new().await;
    let of = by("STARTED_AT", "DESC", 3);
    let (_stays, early) = Mirror::begin(&floor.server, &floor.sam, ROW, &of).await;
    floor.server.clock.advance(TimeDelta::hours(3));
    let late = first(&floor, &floor.sam, &of).await;
    let emitted = |message: &Value| instant(&message["emittedAt"]);
    assert!(
        emitted(&late) - emitted(&early) >= TimeDelta::hours(3),
        "{late}"
    );
}

#[tokio::test]
async fn arguments_that_cannot_be_are_refused_as_in_the_query() {
    let floor = Floor::new().await;
    for (of, code) in [
        (json!({ "after": "nonsense" }), "CURSOR_INVALID"),
        (json!({ "first": -1 }), "INVALID_INPUT"),
        (json!({ "first": 101 }), "LIMIT_EXCEEDED"),
        (json!({ "filter": { "text": " " } }), "INVALID_INPUT"),
        (
            json!({ "filter": { "queueIds": ["queue_x"] } }),
            "INVALID_INPUT",
        ),
    ] {
        let mut socket = floor.server.socket(&floor.sam).await;
        socket.subscribe(&live("state"), of.clone()).await;
        let message = socket.message().await;
        assert_eq!(message["type"], "error", "{of}: {message}");
        assert_eq!(message["payload"][0]["extensions"]["code"], code, "{of}");
    }
    let none = json!({ "first": 0 });
    floor.open("WHATSAPP").await;
    let (mut list, message) = Mirror::begin(&floor.server, &floor.sam, ROW, &none).await;
    assert_eq!(
        (&message["totalCount"], &message["conversations"]),
        (&json!(1), &json!([]))
    );
    floor.open("WHATSAPP").await;
    let message = list.next().await;
    assert_eq!(
        (&message["totalCount"], &message["changes"]),
        (&json!(2), &json!([]))
    );
}

#[tokio::test]
async fn after_a_restart_the_list_goes_on_if_nothing_happened_since_and_else_comes_whole() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let of = by("STARTED_AT", "DESC", 3);
        let (old, _) = Mirror::begin(&floor.server, &floor.sam, ROW, &of).await;
        floor.open("WHATSAPP").await;
        let (list, _) = Mirror::begin(&floor.server, &floor.sam, ROW, &of).await;
        let (sam, gateway) = (floor.sam.clone(), floor.gateway.clone());
        let input = floor.start_input("WHATSAPP");
        let server = floor.server.restart().await;
        let mut back = old.resumed(&server, &sam, ROW, &of).await;
        assert_eq!(back.next().await["snapshotReason"], "NOT_RESUMABLE");
        let mut level = list.resumed(&server, &sam, ROW, &of).await;
        // Its subscription is on its way, and begins before or after this: right either way.
        let fields = "asOf";
        let made = server
            .done(&gateway, "startConversation", input, fields)
            .await;
        for list in [&mut back, &mut level] {
            list.until(crate::stage::position(&made["asOf"])).await;
            assert_eq!(asked(&server, &sam, ROW, &of).await.1, list.shown);
        }
    }
}
