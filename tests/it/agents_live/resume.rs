//! Going on with the list: by its changes where they are known, else with the whole list, which says why.

use serde_json::{Value, json};

use super::mirror::{Mirror, by};
use super::{agrees, next, plain, standing};
use crate::floor::{Floor, merged};
use crate::harness::cursors::opened;
use crate::harness::{Database, Server, Token};
use crate::stage::as_of;

async fn first(floor: &Floor, token: &str, of: &Value) -> Value {
    Mirror::begin(&floor.server, token, of).await.1
}

/// Another server on what this one left, by the same clock.
async fn restarted(server: Server) -> Server {
    let clock = server.clock.clone();
    server.restart_by(clock).await
}

#[tokio::test]
async fn whoever_comes_back_while_others_stay_gets_only_what_they_missed() {
    let floor = standing().await;
    let of = plain(&floor);
    let (mut stays, _) = Mirror::begin(&floor.server, &floor.sam, &of).await;
    let (mut goes, _) = Mirror::begin(&floor.server, &floor.sam, &of).await;
    floor.presence(&floor.anna, "BUSY").await;
    for list in [&mut stays, &mut goes] {
        assert_eq!(next(list).await, ["Updated 0"]);
    }
    goes.socket.cut().await;
    floor.presence(&floor.bert, "AWAY").await;
    floor.active("WHATSAPP").await;
    for _ in 0..2 {
        stays.next().await;
    }
    let mut back = goes.resumed(&floor.server, &floor.sam, &of).await;
    for step in ["Updated 1", "Updated 0"] {
        assert_eq!(next(&mut back).await, [step]);
    }
    assert_eq!(back.shown, stays.shown);
    assert_eq!(opened(&back.cursor), opened(&stays.cursor));
    // Level with the others, it shares what is made for them.
    floor.presence(&floor.bert, "BUSY").await;
    assert_eq!(back.next().await, stays.next().await);
}

#[tokio::test]
async fn a_list_that_nobody_has_is_kept_for_whoever_comes_back() {
    let floor = standing().await;
    let of = plain(&floor);
    let (mut goes, _) = Mirror::begin(&floor.server, &floor.sam, &of).await;
    goes.socket.close().await;
    floor.presence(&floor.anna, "BUSY").await;
    let mut back = goes.resumed(&floor.server, &floor.sam, &of).await;
    assert_eq!(next(&mut back).await, ["Updated 0"]);
    assert_eq!(back.shown.of("anna")["presence"], "BUSY");
}

#[tokio::test]
async fn after_a_restart_it_goes_on_where_nothing_happened_and_is_whole_where_something_did() {
    let mut floor = standing().await;
    let of = plain(&floor);
    let (list, _) = Mirror::begin(&floor.server, &floor.sam, &of).await;
    let after = merged(of.clone(), json!({ "after": list.cursor }));
    floor.server = restarted(floor.server).await;
    let mut back = list.resumed(&floor.server, &floor.sam, &of).await;
    // Its subscription is on its way, and begins before or after this: right either way.
    floor.presence(&floor.anna, "BUSY").await;
    back.next().await;
    assert_eq!(back.shown.of("anna")["presence"], "BUSY");
    agrees(&floor, &floor.sam, &back, &of).await;

    floor.server = restarted(floor.server).await;
    let message = first(&floor, &floor.sam, &after).await;
    assert_eq!(message["snapshotReason"], "NOT_RESUMABLE");
}

#[tokio::test]
async fn a_cursor_of_something_else_gets_the_whole_list_and_why() {
    let floor = standing().await;
    let of = plain(&floor);
    let (_stays, here) = Mirror::begin(&floor.server, &floor.sam, &of).await;
    let after = |cursor: &Value| merged(of.clone(), json!({ "after": cursor }));
    let plain_cursor = json!(as_of(&floor.server, &floor.sam).await);
    assert_eq!(
        first(&floor, &floor.sam, &after(&plain_cursor)).await["snapshotReason"],
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
    for other in [
        by("NAME", "DESC", 10),
        json!({ "first": 9 }),
        json!({ "zone": "Pacific/Kiritimati" }),
        json!({ "filter": { "text": "b" } }),
    ] {
        let other = merged(of.clone(), other);
        let (_keeps, _) = Mirror::begin(&floor.server, &floor.sam, &other).await;
        let message = first(&floor, &floor.sam, &merged(other, cursor.clone())).await;
        assert_eq!(message["snapshotReason"], "NOT_RESUMABLE");
    }
    // By a token that sees something else.
    let few = Token::supervisor("sam").queues(&[&floor.queue]).sign();
    let (_keeps, _) = Mirror::begin(&floor.server, &few, &of).await;
    let message = first(&floor, &few, &after(&here["cursor"])).await;
    assert_eq!(message["snapshotReason"], "NOT_RESUMABLE");
    // A list of conversations goes on at no cursor of agents.
    let mut socket = floor.server.socket(&floor.sam).await;
    let conversations =
        "subscription($after: LogCursor) { ongoingConversationsLive(after: $after) {
        ... on OngoingSnapshot { snapshotReason } } }";
    socket.subscribe(conversations, cursor).await;
    let message = socket.event().await;
    assert_eq!(
        message["ongoingConversationsLive"]["snapshotReason"],
        "NOT_RESUMABLE"
    );
}

#[tokio::test]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn a_list_goes_on_at_another_server() {
    let database = Database::postgres().await;
    let floor = Floor::on(database.clone()).await;
    let other = Server::at(database, floor.server.clock.clone()).await;
    let of = plain(&floor);
    let (mut there, _) = Mirror::begin(&other, &floor.sam, &of).await;
    let (mut list, _) = Mirror::begin(&floor.server, &floor.sam, &of).await;
    for round in 0..6 {
        let presence = ["BUSY", "AVAILABLE"][round % 2];
        floor.presence(&floor.anna, presence).await;
        list.next().await;
        // At once, whether or not the other server has it already.
        let at = if round % 2 == 0 {
            &other
        } else {
            &floor.server
        };
        list = list.resumed(at, &floor.sam, &of).await;
        floor.presence(&floor.bert, presence).await;
        assert_eq!(next(&mut list).await, ["Updated 1"], "it is known at both");
    }
    while there.position() < list.position() {
        there.next().await;
    }
    assert_eq!(there.shown, list.shown);
}
