//! Orders and pages of the ongoing view, and pages of the other lists.

use serde_json::{Value, json};

use super::Scene;
use crate::floor::{Floor, text};

const PAGE: &str = "query($order: OngoingOrder, $first: Int, $last: Int, $after: String, $before: String) {
    ongoingConversations(orderBy: $order, first: $first, last: $last, after: $after, before: $before) {
        totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        edges { cursor node { id waitingSince startedAt lastActivityAt sentiment { level } } }
    }
}";

const LEVELS: [&str; 7] = [
    "VERY_NEGATIVE",
    "NEGATIVE",
    "SLIGHTLY_NEGATIVE",
    "NEUTRAL",
    "SLIGHTLY_POSITIVE",
    "POSITIVE",
    "VERY_POSITIVE",
];

async fn page(floor: &Floor, arguments: Value) -> Value {
    let data = floor.server.data(&floor.sam, PAGE, arguments).await;
    data["ongoingConversations"].clone()
}

fn ids(page: &Value) -> Vec<String> {
    let edges = page["edges"].as_array().unwrap();
    edges.iter().map(|edge| text(&edge["node"]["id"])).collect()
}

/// What a row is ordered by, as text that sorts; none when it has no such value.
fn key(node: &Value, field: &str) -> Option<String> {
    let instant = |name: &str| node[name].as_str().map(str::to_owned);
    match field {
        "WAITING_TIME" => instant("waitingSince"),
        "STARTED_AT" => instant("startedAt"),
        "LAST_ACTIVITY_AT" => instant("lastActivityAt"),
        _ => {
            let level = LEVELS
                .iter()
                .position(|level| node["sentiment"]["level"] == *level);
            level.map(|level| level.to_string())
        }
    }
}

const FIELDS: [&str; 4] = [
    "WAITING_TIME",
    "STARTED_AT",
    "SENTIMENT",
    "LAST_ACTIVITY_AT",
];

#[tokio::test]
async fn each_order_is_kept_both_ways_and_what_has_no_value_comes_last() {
    let scene = Scene::set().await;
    for field in FIELDS {
        for direction in ["ASC", "DESC"] {
            let order = json!({ "order": { "field": field, "direction": direction } });
            let rows = page(&scene.floor, order).await["edges"]
                .as_array()
                .unwrap()
                .clone();
            assert_eq!(rows.len(), 9);
            let keys: Vec<Option<String>> =
                rows.iter().map(|row| key(&row["node"], field)).collect();
            let known = keys.iter().take_while(|key| key.is_some()).count();
            assert!(
                keys[known..].iter().all(Option::is_none),
                "{field} {direction}: {keys:?}"
            );
            // The longest wait is the earliest instant.
            let rising = (direction == "ASC") != (field == "WAITING_TIME");
            let in_order = |pair: &[Option<String>]| {
                if rising {
                    pair[0] <= pair[1]
                } else {
                    pair[0] >= pair[1]
                }
            };
            assert!(
                keys[..known].windows(2).all(in_order),
                "{field} {direction}: {keys:?}"
            );
        }
    }
}

#[tokio::test]
async fn the_longest_wait_comes_first_by_default() {
    let scene = Scene::set().await;
    let default = page(&scene.floor, json!({})).await;
    let longest = json!({ "order": { "field": "WAITING_TIME", "direction": "DESC" } });
    assert_eq!(default, page(&scene.floor, longest).await);
    assert_eq!(ids(&default)[0], scene.open);
}

#[tokio::test]
async fn pages_forwards_and_backwards_show_every_row_once() {
    let scene = Scene::set().await;
    for field in FIELDS {
        for direction in ["ASC", "DESC"] {
            let order = json!({ "field": field, "direction": direction });
            let whole = ids(&page(&scene.floor, json!({ "order": order, "first": 100 })).await);
            for size in [1, 2, 4, 9] {
                let (mut forwards, mut after) = (Vec::new(), Value::Null);
                loop {
                    let one = page(
                        &scene.floor,
                        json!({ "order": order, "first": size, "after": after }),
                    )
                    .await;
                    assert_eq!(one["totalCount"], 9);
                    assert_eq!(one["pageInfo"]["hasPreviousPage"], !forwards.is_empty());
                    forwards.extend(ids(&one));
                    after = one["pageInfo"]["endCursor"].clone();
                    if one["pageInfo"]["hasNextPage"] == false {
                        break;
                    }
                }
                assert_eq!(forwards, whole, "{field} {direction} by {size}");
                let (mut backwards, mut before) = (Vec::new(), Value::Null);
                loop {
                    let one = page(
                        &scene.floor,
                        json!({ "order": order, "last": size, "before": before }),
                    )
                    .await;
                    assert_eq!(one["pageInfo"]["hasNextPage"], !backwards.is_empty());
                    backwards.splice(0..0, ids(&one));
                    before = one["pageInfo"]["startCursor"].clone();
                    if one["pageInfo"]["hasPreviousPage"] == false {
                        break;
                    }
                }
                assert_eq!(backwards, whole, "{field} {direction} by {size}, backwards");
            }
        }
    }
}

#[tokio::test]
async fn a_page_between_two_cursors_and_a_page_of_nothing() {
    let scene = Scene::set().await;
    let whole = page(&scene.floor, json!({})).await;
    let cursor = |n: usize| whole["edges"][n]["cursor"].clone();
    let between = page(
        &scene.floor,
        json!({ "after": cursor(1), "before": cursor(5) }),
    )
    .await;
    assert_eq!(ids(&between), ids(&whole)[2..5]);
    assert_eq!(between["pageInfo"]["hasPreviousPage"], true);
    assert_eq!(between["pageInfo"]["hasNextPage"], true);
    let none = page(&scene.floor, json!({ "first": 0 })).await;
    assert_eq!((ids(&none).len(), &none["totalCount"]), (0, &json!(9)));
    assert_eq!(none["pageInfo"]["hasNextPage"], true);
}

#[tokio::test]
async fn a_cursor_goes_on_where_a_row_was_that_is_gone() {
    let scene = Scene::set().await;
    let whole = page(&scene.floor, json!({})).await;
    let second = whole["edges"][1].clone();
    let id = text(&second["node"]["id"]);
    scene
        .floor
        .act(&scene.floor.sam, "forceCloseConversation", &id, json!({}))
        .await;
    let rest = page(&scene.floor, json!({ "after": second["cursor"] })).await;
    assert_eq!(ids(&rest), ids(&whole)[2..]);
}

#[tokio::test]
async fn arguments_of_a_page_that_cannot_be_are_refused() {
    let floor = Floor::new().await;
    let own = floor.open("SMS").await;
    let cursor = page(&floor, json!({})).await["edges"][0]["cursor"].clone();
    let by_sentiment = json!({ "field": "SENTIMENT", "direction": "ASC" });
    for (arguments, code) in [
        (json!({ "first": -1 }), "INVALID_INPUT"),
        (json!({ "first": 101 }), "LIMIT_EXCEEDED"),
        (json!({ "last": i32::MAX }), "LIMIT_EXCEEDED"),
        (json!({ "first": 1, "last": 1 }), "INVALID_INPUT"),
        (json!({ "after": "" }), "CURSOR_INVALID"),
        (json!({ "after": "nonsense" }), "CURSOR_INVALID"),
        (json!({ "before": own }), "CURSOR_INVALID"),
        (
            json!({ "after": cursor, "order": by_sentiment }),
            "CURSOR_INVALID",
        ),
        (
            json!({ "order": { "field": "SENTIMENT" } }),
            "INVALID_INPUT",
        ),
    ] {
        let response = floor.server.post(&floor.sam, PAGE, arguments.clone()).await;
        assert_eq!(
            response["errors"][0]["extensions"]["code"], code,
            "{arguments}: {response}"
        );
    }
}

#[tokio::test]
async fn the_other_lists_page_both_ways_too() {
    let floor = Floor::new().await;
    for list in ["agents", "queues", "workstreams"] {
        let query = format!(
            "query($first: Int, $last: Int, $after: String, $before: String) {{
                list: {list}(first: $first, last: $last, after: $after, before: $before) {{
                    totalCount pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} edges {{ node {{ id }} }}
                }} }}"
        );
        let page = async |arguments: Value| {
            floor.server.data(&floor.anna, &query, arguments).await["list"].clone()
        };
        let whole = page(json!({})).await;
        let (mut forwards, mut after) = (Vec::new(), Value::Null);
        let (mut backwards, mut before) = (Vec::new(), Value::Null);
        for _ in 0..ids(&whole).len() {
            let one = page(json!({ "first": 1, "after": after })).await;
            forwards.extend(ids(&one));
            after = one["pageInfo"]["endCursor"].clone();
            let one = page(json!({ "last": 1, "before": before })).await;
            backwards.splice(0..0, ids(&one));
            before = one["pageInfo"]["startCursor"].clone();
        }
        assert_eq!(
            (&forwards, &backwards),
            (&ids(&whole), &ids(&whole)),
            "{list}"
        );
        assert_eq!(whole["totalCount"], forwards.len());
        for (arguments, code) in [
            (json!({ "first": 101 }), "LIMIT_EXCEEDED"),
            (json!({ "after": "x" }), "CURSOR_INVALID"),
        ] {
            let response = floor.server.post(&floor.anna, &query, arguments).await;
            assert_eq!(
                response["errors"][0]["extensions"]["code"], code,
                "{list}: {response}"
            );
        }
    }
}

#[tokio::test]
async fn a_transcript_pages_both_ways() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    for number in 1..=5 {
        let visibility = if number == 3 { "INTERNAL" } else { "PUBLIC" };
        let message = json!({ "text": number.to_string(), "visibility": visibility });
        floor.act(&floor.anna, "sendMessage", &id, message).await;
    }
    let query = "query($id: ID!, $first: Int, $last: Int, $after: String, $before: String) { conversation(id: $id) {
        transcript(first: $first, last: $last, after: $after, before: $before) {
            pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { node { text } } } } }";
    for (token, whole) in [
        (&floor.anna, vec!["1", "2", "3", "4", "5"]),
        (&floor.gateway, vec!["1", "2", "4", "5"]),
    ] {
        let page = async |mut arguments: Value| {
            arguments["id"] = json!(id);
            let data = floor.server.data(token, query, arguments).await;
            let page = data["conversation"]["transcript"].clone();
            let edges = page["edges"].as_array().unwrap();
            let texts: Vec<String> = edges
                .iter()
                .map(|edge| text(&edge["node"]["text"]))
                .collect();
            (texts, page["pageInfo"].clone())
        };
        let (mut forwards, mut after) = (Vec::new(), Value::Null);
        loop {
            let (texts, info) = page(json!({ "first": 2, "after": after })).await;
            forwards.extend(texts);
            after = info["endCursor"].clone();
            if info["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(forwards, whole);
        let (mut backwards, mut before) = (Vec::new(), Value::Null);
        loop {
            let (texts, info) = page(json!({ "last": 2, "before": before })).await;
            backwards.splice(0..0, texts);
            before = info["startCursor"].clone();
            if info["hasPreviousPage"] == false {
                break;
            }
        }
        assert_eq!(backwards, whole);
    }
    let mut wrong = json!({ "id": id, "after": "x" });
    let response = floor.server.post(&floor.anna, query, wrong.clone()).await;
    assert_eq!(
        response["errors"][0]["extensions"]["code"],
        "CURSOR_INVALID"
    );
    wrong["after"] = Value::Null;
    wrong["first"] = json!(101);
    let response = floor.server.post(&floor.anna, query, wrong).await;
    assert_eq!(
        response["errors"][0]["extensions"]["code"],
        "LIMIT_EXCEEDED"
    );
}
