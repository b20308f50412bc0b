//! What live lists may take: the figures are exact, who is refused is told, and who leaves makes room.

use std::time::Duration;

use api::graphql::gate::{GateOptions, ListLimits};
use api::http::HttpOptions;
use engine::clock::Clock;
use serde_json::{Value, json};

use super::ROW;
use super::mirror::{Mirror, live};
use crate::floor::Floor;
use crate::harness::{Database, Server, Token};

/// By so many bytes a list grows in the books.
const STEP: usize = 16 * 1024;

/// What a list without conversations counts for, in bytes.
async fn empty() -> usize {
    let floor = bounded(ListLimits {
        bytes: 1,
        ..ListLimits::default()
    })
    .await;
    let refused = refused(&floor, &floor.sam, &part(1)).await;
    let found = usize::try_from(refused["found"].as_u64().unwrap()).unwrap();
    assert_eq!(refused, figures("liveListBytes", 1, found));
    assert!((STEP..=4 * STEP).contains(&found), "{found}");
    found
}

/// A floor whose server bounds lists so.
pub async fn bounded(lists: ListLimits) -> Floor {
    bounded_over(lists, HttpOptions::default()).await
}

/// The same, with these options of the transports.
pub async fn bounded_over(lists: ListLimits, http: HttpOptions) -> Floor {
    let gate = GateOptions {
        lists,
        ..GateOptions::default()
    };
    let database = Database::sqlite();
    Floor::at(Server::with(database, Clock::system(), gate, http).await).await
}

/// A part of the view that nobody else asks for.
fn part(number: u32) -> Value {
    json!({ "first": number })
}

/// The extensions of the error with which this list is refused.
pub async fn refused(floor: &Floor, token: &str, of: &Value) -> Value {
    let mut socket = floor.server.socket(token).await;
    socket.subscribe(&live(ROW), of.clone()).await;
    let message = socket.message().await;
    assert_eq!(message["type"], "error", "{message}");
    message["payload"][0]["extensions"].clone()
}

/// The figures of a limit.
fn figures(limit: &str, allowed: usize, found: usize) -> Value {
    json!({ "code": "LIMIT_EXCEEDED", "limit": limit, "allowed": allowed, "found": found })
}

async fn begin(floor: &Floor, token: &str, of: &Value) -> Mirror {
    let (list, first) = Mirror::begin(&floor.server, token, ROW, of).await;
    assert_eq!(first["snapshotReason"], "STARTED");
    list
}

#[tokio::test]
async fn a_subject_has_so_many_different_lists_and_the_same_one_as_often_as_it_likes() {
    let floor = bounded(ListLimits {
        per_viewer: 2,
        ..ListLimits::default()
    })
    .await;
    // An agent's lists are their own, and count in the same way.
    for (token, other) in [(&floor.sam, &floor.gateway), (&floor.anna, &floor.bert)] {
        let mut one = begin(&floor, token, &part(1)).await;
        let _two = begin(&floor, token, &part(2)).await;
        let _again = begin(&floor, token, &part(2)).await;
        let expected = figures("liveListsPerViewer", 2, 3);
        assert_eq!(refused(&floor, token, &part(3)).await, expected);
        let _theirs = begin(&floor, other, &part(3)).await;
        assert_eq!(refused(&floor, token, &part(3)).await, expected);

        // A list that is only kept is released.
        one.socket.close().await;
        let _three = begin(&floor, token, &part(3)).await;
        let of = json!({ "first": 1, "after": one.cursor });
        assert_eq!(refused(&floor, token, &of).await, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_stops_a_list_may_begin_another_at_once() {
    let floor = bounded(ListLimits {
        per_viewer: 1,
        linger: Duration::ZERO,
        ..ListLimits::default()
    })
    .await;
    let mut socket = floor.server.socket(&floor.sam).await;
    let begin_part = |number: u32| {
        let payload = json!({ "query": live(ROW), "variables": part(number) });
        json!({ "type": "subscribe", "id": number.to_string(), "payload": payload })
    };
    socket.send(begin_part(1)).await;
    assert_eq!(socket.message().await["type"], "next");
    for number in 2..=100 {
        let before = (number - 1).to_string();
        let stop = json!({ "type": "complete", "id": before });
        socket.send_together(&[stop, begin_part(number)]).await;
        let message = socket.message().await;
        assert_eq!(message["type"], "next", "{number}: {message}");
        assert_eq!(message["id"], json!(number.to_string()));
    }
    // So may who comes back by another connection.
    for number in 1..=20 {
        let mut list = begin(&floor, &floor.gateway, &part(number)).await;
        list.socket.close().await;
    }
}

#[tokio::test]
async fn another_token_takes_its_lists_along_when_there_are_as_many_as_may_be() {
    let floor = bounded(ListLimits {
        per_viewer: 1,
        ..ListLimits::default()
    })
    .await;
    floor.open("WHATSAPP").await;
    let mut list = begin(&floor, &floor.sam, &part(5)).await;
    let fewer = Token::supervisor("sam")
        .queues(&[&floor.second_queue])
        .sign();
    list.replace(&fewer).await;
    let message = list.next().await;
    assert_eq!(
        (&message["snapshotReason"], &message["totalCount"]),
        (&json!("SIGHT_CHANGED"), &json!(0))
    );
    assert_eq!(
        refused(&floor, &fewer, &part(6)).await,
        figures("liveListsPerViewer", 1, 2)
    );
}

#[tokio::test]
async fn all_lists_take_so_many_bytes_and_those_that_are_kept_give_way_first() {
    let empty = empty().await;
    let floor = bounded(ListLimits {
        bytes: 3 * empty,
        ..ListLimits::default()
    })
    .await;
    let mut one = begin(&floor, &floor.sam, &part(1)).await;
    let _two = begin(&floor, &floor.gateway, &part(2)).await;
    let _three = begin(&floor, &floor.anna, &part(3)).await;
    let expected = figures("liveListBytes", 3 * empty, 4 * empty);
    assert_eq!(refused(&floor, &floor.bert, &part(4)).await, expected);
    one.socket.close().await;
    let mut four = begin(&floor, &floor.bert, &part(4)).await;
    four.socket.close().await;
    // Whatever happens after it: at its own place a list of the same goes on.
    floor.settings(false).await;
    let of = json!({ "first": 1, "after": one.cursor });
    let (_, message) = Mirror::begin(&floor.server, &floor.sam, ROW, &of).await;
    assert_eq!(
        message["snapshotReason"], "NOT_RESUMABLE",
        "the first made room"
    );
}

#[tokio::test]
async fn a_list_that_outgrows_the_room_ends_and_leaves_it_to_the_others() {
    let empty = empty().await;
    let floor = bounded(ListLimits {
        bytes: 3 * empty,
        ..ListLimits::default()
    })
    .await;
    let mut lists = Vec::new();
    for number in 1..=3 {
        lists.push(begin(&floor, &floor.sam, &part(number)).await);
    }
    let mut ended = Vec::new();
    let mut opened = 0;
    while ended.is_empty() {
        opened += 1;
        assert!(opened < 100, "nothing is ever too much");
        floor.open("WHATSAPP").await;
        let mut left = Vec::new();
        for mut list in lists {
            let message = list.socket.message().await;
            if message["type"] == "error" {
                ended.push(message["payload"][0]["extensions"].clone());
            } else {
                list.take(&message["payload"]["data"]["ongoingConversationsLive"]);
                left.push(list);
            }
        }
        lists = left;
    }
    let expected = figures("liveListBytes", 3 * empty, 3 * empty + STEP);
    assert!(ended.iter().all(|found| *found == expected), "{ended:?}");
    // The first that found no room left its own to the next.
    assert!(!lists.is_empty(), "all of them ended");
    assert_eq!(lists[0].shown.total, opened);
}

#[tokio::test]
async fn what_a_list_keeps_for_those_who_resume_gives_way_to_a_new_list() {
    let floor = bounded(ListLimits {
        bytes: empty().await + 12 * STEP,
        linger: Duration::ZERO,
        ..ListLimits::default()
    })
    .await;
    floor.open("WHATSAPP").await;
    let mut busy = begin(&floor, &floor.sam, &part(5)).await;
    // More than there is room for, and somebody new again and again: also when next to nothing is left.
    for round in 0..60 {
        for number in 0..5 {
            let on = (round * 5 + number) % 2 == 1;
            floor.set(json!({ "supervisorForceClose": on })).await;
            busy.next().await;
        }
        let mut new = begin(&floor, &floor.bert, &part(4)).await;
        new.socket.close().await;
    }
}

#[tokio::test]
async fn a_list_that_is_refused_all_the_same_takes_nothing_from_others() {
    let floor = bounded(ListLimits {
        bytes: 19 * STEP,
        ..ListLimits::default()
    })
    .await;
    floor.open("WHATSAPP").await;
    let mut busy = begin(&floor, &floor.sam, &part(5)).await;
    let cursor = busy.cursor.clone();
    for number in 0..60 {
        floor
            .set(json!({ "supervisorForceClose": number % 2 == 1 }))
            .await;
        busy.next().await;
    }
    // Its question alone takes more than there is.
    let large = live(&"id ".repeat(1_100));
    for _ in 0..3 {
        let mut socket = floor.server.socket(&floor.bert).await;
        socket.subscribe(&large, part(1)).await;
        let message = socket.message().await;
        let found = &message["payload"][0]["extensions"];
        assert_eq!(found["limit"], "liveListBytes", "{message}");
    }
    let of = json!({ "first": 5, "after": cursor });
    let mut back = Mirror::subscribed(&floor.server, &floor.sam, ROW, &of).await;
    let message = back.socket.event().await["ongoingConversationsLive"].clone();
    assert_eq!(message["__typename"], "OngoingChanges", "{message}");
}
