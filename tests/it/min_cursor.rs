//! `minCursor`: an answer that is not older than what its asker has seen.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::floor::Floor;
use crate::harness::{Database, Server};
use crate::servers::pair;
use crate::stage::{Stage, agent, as_of, on, position};

/// Every query that takes it, for one conversation.
const ALL: &str = "query($min: LogCursor, $id: ID!) {
    ongoingConversations(minCursor: $min, first: 100) { asOf edges { node { id version } } }
    ongoingSummary(minCursor: $min) { asOf totalCount }
    conversation(minCursor: $min, id: $id) { version }
}";

/// The same cursor with its bytes changed by this.
fn forged(cursor: &str, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(cursor).unwrap();
    change(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn the_other_server_answers_as_of_what_was_just_done_here() {
    let (stage, other) = pair(&["anna"]).await;
    for _ in 0..30 {
        let id = stage.start("WHATSAPP").await;
        let picked = stage
            .server
            .done(&agent("anna"), "pickConversation", on(&id), "asOf")
            .await;
        let variables = json!({ "min": picked["asOf"], "id": id });
        let data = answered(&other, &stage.supervisor, variables).await;
        for view in ["ongoingConversations", "ongoingSummary"] {
            assert!(position(&data[view]["asOf"]) >= position(&picked["asOf"]));
        }
        let edges = data["ongoingConversations"]["edges"].as_array().unwrap();
        let row = edges.iter().find(|edge| edge["node"]["id"] == json!(id));
        assert_eq!(row.unwrap()["node"]["version"], 2);
        assert_eq!(data["conversation"]["version"], 2);
        let close = "forceCloseConversation";
        stage
            .server
            .done(&stage.supervisor, close, on(&id), "")
            .await;
    }
}

/// What is answered as of a position that is to come: within two seconds, or one asks again.
async fn answered(server: &Server, token: &str, variables: Value) -> Value {
    for _ in 0..10 {
        let answer = server.post(token, ALL, variables.clone()).await;
        match answer["errors"][0]["extensions"]["code"].as_str() {
            Some("CURSOR_AHEAD") => {}
            Some(code) => panic!("{code}"),
            None => return answer["data"].clone(),
        }
    }
    panic!("it never comes that far");
}

/// The code with which each of the queries refuses this cursor.
async fn codes(server: &Server, token: &str, cursor: &str, id: &str) -> Vec<Value> {
    let queries = [
        "query($min: LogCursor) { ongoingConversations(minCursor: $min) { asOf } }",
        "query($min: LogCursor) { ongoingSummary(minCursor: $min) { asOf } }",
        "query($min: LogCursor, $id: ID!) { conversation(minCursor: $min, id: $id) { id } }",
    ];
    join_all(queries.map(|query| async move {
        let mut variables = json!({ "min": cursor });
        if query.contains("$id") {
            variables["id"] = json!(id);
        }
        let response = server.post(token, query, variables).await;
        response["errors"][0]["extensions"]["code"].clone()
    }))
    .await
}

#[tokio::test]
async fn a_place_that_the_server_does_not_come_to_is_refused_in_time_to_ask_again() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    let here = as_of(&floor.server, &floor.sam).await;
    let ahead = forged(&here, |bytes| bytes[23] += 1);
    let since = Instant::now();
    assert_eq!(
        codes(&floor.server, &floor.sam, &ahead, &id).await,
        ["CURSOR_AHEAD"; 3]
    );
    let took = since.elapsed();
    assert!(took >= Duration::from_secs(2), "it waited: {took:?}");
    assert!(
        took < Duration::from_secs(8),
        "all three at once, not one after the other: {took:?}"
    );
    // What is there now has another hash than was made up for it.
    floor.open("WHATSAPP").await;
    assert_eq!(
        codes(&floor.server, &floor.sam, &ahead, &id).await,
        ["CURSOR_EXPIRED"; 3]
    );
}

#[tokio::test]
async fn cursors_of_another_log_and_what_is_none_are_refused() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    let here = as_of(&floor.server, &floor.sam).await;
    let other = Server::on(Database::sqlite()).await;
    let foreign = as_of(&other, &floor.sam).await;
    let rewritten = forged(&here, |bytes| bytes[24] ^= 1);
    for (cursor, code) in [
        (foreign.as_str(), "CURSOR_EXPIRED"),
        (rewritten.as_str(), "CURSOR_EXPIRED"),
        ("nonsense", "CURSOR_INVALID"),
    ] {
        assert_eq!(
            codes(&floor.server, &floor.sam, cursor, &id).await,
            [code; 3]
        );
    }
}

#[tokio::test]
async fn an_answer_that_is_kept_is_never_older_than_what_was_seen() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let id = stage.start("WHATSAPP").await;
    let ask = async |min: Value| {
        let variables = json!({ "min": min, "id": id });
        stage.server.data(&stage.supervisor, ALL, variables).await
    };
    let first = ask(Value::Null).await;
    let here = first["ongoingSummary"]["asOf"].clone();
    assert_eq!(ask(here.clone()).await, first, "nothing has happened");
    stage.customer_writes(&id, "Hello?").await;
    let later = ask(here).await;
    assert!(
        position(&later["ongoingSummary"]["asOf"]) > position(&first["ongoingSummary"]["asOf"])
    );
    assert_eq!(ask(later["ongoingSummary"]["asOf"].clone()).await, later);
    assert_eq!(ask(Value::Null).await, later);
}
