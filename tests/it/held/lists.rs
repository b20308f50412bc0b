//! Live lists in the account of who pays for them.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::Duration;

use api::graphql::gate::{GateOptions, ListLimits};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Hoard, assert_limit, changes, started, with};
use crate::floor::{Floor, other_supervisor};
use crate::harness::{Socket, eventually};

const MOST: usize = 2 * 1024 * 1024;

async fn bounded(linger: Duration) -> Floor {
    with(GateOptions {
        held_bytes: MOST,
        lists: ListLimits {
            linger,
            ..ListLimits::default()
        },
        ..GateOptions::default()
    })
    .await
}

/// A list that nobody else asks for.
fn list(number: usize) -> String {
    format!(
        "subscription {{ ongoingConversationsLive(first: {}) {{
            ... on OngoingSnapshot {{ cursor totalCount }}
            ... on OngoingChanges {{ cursor totalCount }}
        }} }}",
        number + 1
    )
}

/// Asks for a list; the extensions of the error if that is refused.
async fn listed(socket: &mut Socket, number: usize) -> Option<Value> {
    let id = socket.subscribe(&list(number), json!({})).await;
    loop {
        let message = socket.message().await;
        if message["id"] == json!(id) {
            let refused = message["type"] == "error";
            return refused.then(|| message["payload"][0]["extensions"].clone());
        }
    }
}

/// Lists on a socket until one is refused: how many run, and with which extensions it was refused.
async fn fill(socket: &mut Socket, first: usize) -> (usize, Value) {
    for number in first..first + 50 {
        if let Some(refused) = listed(socket, number).await {
            return (number - first, refused);
        }
    }
    panic!("nothing is ever too much");
}

/// Other subscriptions until one is refused: how many bytes there would have been.
async fn brim(socket: &mut Socket) -> usize {
    for number in 0..50 {
        if let Some(refused) = started(socket, &changes(number)).await {
            return assert_limit(&refused, MOST);
        }
    }
    panic!("nothing is ever too much");
}

async fn open_many(floor: &Floor, count: usize) {
    for _ in 0..count / 10 {
        join_all((0..10).map(|_| floor.open("WHATSAPP"))).await;
    }
}

#[tokio::test]
async fn the_conversations_of_a_list_count() {
    let (small, large) = (bounded(Duration::ZERO).await, bounded(Duration::ZERO).await);
    open_many(&large, 400).await;
    let mut figures = Vec::new();
    for floor in [&small, &large] {
        let mut socket = floor.server.socket(&floor.sam).await;
        let (running, refused) = fill(&mut socket, 0).await;
        assert_limit(&refused, MOST);
        figures.push(running);
    }
    assert!(figures[1] < figures[0], "{figures:?}");
}

#[tokio::test]
async fn lists_that_are_only_kept_give_way_to_what_their_subject_begins() {
    let floor = bounded(Duration::from_hours(1)).await;
    open_many(&floor, 200).await;
    let hoard = Hoard::fill(&floor.server, &floor.sam, 40).await;
    let (running, refused) = (hoard.running, hoard.refused.clone());
    hoard.close().await;
    let lists = Cell::new(0);
    eventually("it is free", || async {
        let mut socket = floor.server.socket(&floor.sam).await;
        let (first, _) = fill(&mut socket, 0).await;
        socket.close().await;
        lists.replace(first) == first
    })
    .await;
    let lists = lists.get();
    assert!(lists > 2, "{lists}");
    // Kept for an hour, and in the account: but for what is begun there is as much room as before.
    eventually("there is room", || async {
        let again = Hoard::fill(&floor.server, &floor.sam, 40).await;
        let same = (again.running, &again.refused) == (running, &refused);
        again.close().await;
        same
    })
    .await;
    eventually("there is room for lists", || async {
        let mut socket = floor.server.socket(&floor.sam).await;
        let (others, _) = fill(&mut socket, 50).await;
        socket.close().await;
        others == lists
    })
    .await;
}

#[tokio::test]
async fn a_list_that_its_payer_leaves_goes_on_for_the_others_and_another_pays() {
    let floor = bounded(Duration::ZERO).await;
    open_many(&floor, 100).await;
    let (server, other) = (&floor.server, other_supervisor());
    let mut payer = server.socket(&floor.sam).await;
    let mut joins = server.socket(&other).await;
    for number in 0..5 {
        assert_eq!(listed(&mut payer, number).await, None);
        assert_eq!(listed(&mut joins, number).await, None);
    }
    let before = brim(&mut joins).await;
    payer.close().await;
    let mut by_itself = server.socket(&other).await;
    let mut found = 0;
    for _ in 0..500 {
        found = brim(&mut by_itself).await;
        if found > before {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(found > before, "nobody pays for them");
    // They go on, though who pays could begin nothing.
    floor.open("WHATSAPP").await;
    let mut told = BTreeSet::new();
    while told.len() < 5 {
        let message = joins.message().await;
        let list = &message["payload"]["data"]["ongoingConversationsLive"];
        if list["totalCount"] == json!(101) {
            told.insert(message["id"].to_string());
        }
    }
    // What they leave is paid for no more.
    for id in ["1", "2", "3", "4", "5"] {
        let stop = json!({ "type": "complete", "id": id });
        joins.send(stop).await;
    }
    assert_eq!(started(&mut joins, &changes(60)).await, None);
}
