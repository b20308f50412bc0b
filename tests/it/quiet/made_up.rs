//! Cursors that agents and gateways hand in: made up, of another, of a supervisor. None is a question
//! that the server answers.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::minute::LIST;
use crate::floor::Floor;
use crate::harness::{Database, Server, Token, refused_stream};
use crate::stage::{as_of, position};

/// The code of a query that waits for this cursor, of a subscription after it over a WebSocket, and of an
/// event stream that goes on after it as its last event; `OK` where it is taken.
async fn codes(server: &Server, token: &str, cursor: &str) -> [String; 3] {
    let code = |error: &Value| {
        let code = error["extensions"]["code"].as_str();
        code.unwrap_or("OK").to_owned()
    };
    let query = "query($min: LogCursor) { ongoingSummary(minCursor: $min) { totalCount } }";
    let answer = server.post(token, query, json!({ "min": cursor })).await;
    let waited = code(&answer["errors"][0]);
    let changes = "subscription($after: LogCursor) { sentimentChanges(after: $after) { cursor } }";
    let mut socket = server.socket(token).await;
    socket.subscribe(changes, json!({ "after": cursor })).await;
    let subscribed = match socket.next_unless_silent().await {
        Some(message) => code(&message["payload"][0]),
        None => "OK".to_owned(),
    };
    let body = json!({ "query": changes });
    let request = reqwest::Client::new().post(&server.url).bearer_auth(token);
    let request = request
        .header("Accept", "text/event-stream")
        .header("Last-Event-ID", cursor);
    let response = request.json(&body).send().await.unwrap();
    let streamed = if response.status() == 400 {
        // A header that is no cursor at all.
        let answer: Value = response.json().await.unwrap();
        code(&answer["errors"][0])
    } else {
        let refused = tokio::time::timeout(Duration::from_millis(500), refused_stream(response));
        match refused.await {
            Ok(answer) => code(&answer["errors"][0]),
            Err(_goes_on) => "OK".to_owned(),
        }
    };
    [waited, subscribed, streamed]
}

/// This cursor of a supervisor's, with its position moved.
fn moved(cursor: &str, by: i64) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(cursor).unwrap();
    let moved = position(&json!(cursor)) + by;
    bytes[16..24].copy_from_slice(&moved.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_in_the_clear_is_refused_without_a_look_at_where_it_is() {
    let floor = Floor::new().await;
    floor.active("WHATSAPP").await;
    let plain = as_of(&floor.server, &floor.sam).await;
    let both = Token::supervisor("bert").and(domain::Role::Agent).sign();
    for token in [&floor.anna, &floor.gateway, &both] {
        for by in [0, -1, 1, 1_000] {
            let given = moved(&plain, by);
            assert_eq!(
                codes(&floor.server, token, &given).await,
                ["CURSOR_EXPIRED"; 3],
                "{by}"
            );
        }
    }
    assert_eq!(codes(&floor.server, &floor.sam, &plain).await, ["OK"; 3]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_told_whole_to_who_comes_with_a_cursor_in_the_clear() {
    let floor = Floor::new().await;
    floor.active("WHATSAPP").await;
    let plain = as_of(&floor.server, &floor.sam).await;
    for by in [0, -1, 1] {
        let mut socket = floor.server.socket(&floor.anna).await;
        let after = json!({ "after": moved(&plain, by) });
        socket.subscribe(LIST, after).await;
        let told = socket.event().await["ongoingConversationsLive"].clone();
        assert_eq!(told["__typename"], "OngoingSnapshot");
        assert_eq!(told["snapshotReason"], "OTHER_LOG", "{by}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sealed_cursor_is_good_for_everybody_at_every_server_of_its_database_and_nowhere_else() {
    for database in Database::all().await {
        let floor = Floor::on(database.clone()).await;
        floor.active("WHATSAPP").await;
        let sealed = as_of(&floor.server, &floor.anna).await;
        for token in [&floor.anna, &floor.bert, &floor.gateway, &floor.sam] {
            assert_eq!(codes(&floor.server, token, &sealed).await, ["OK"; 3]);
        }
        let other = Floor::new().await;
        let foreign = as_of(&other.server, &other.anna).await;
        let mut bytes = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
        for changed in [1, 20, 40, bytes.len() - 1] {
            bytes[changed] ^= 1;
            let altered = URL_SAFE_NO_PAD.encode(&bytes);
            bytes[changed] ^= 1;
            for token in [&floor.anna, &floor.sam] {
                for given in [&altered, &foreign] {
                    assert_eq!(
                        codes(&floor.server, token, given).await,
                        ["CURSOR_EXPIRED"; 3]
                    );
                }
            }
        }
        assert_eq!(
            codes(&floor.server, &floor.anna, &sealed[1..]).await,
            ["CURSOR_INVALID"; 3]
        );
        // The key is the database's: also after a restart.
        drop(floor.server);
        let server = Server::on(database).await;
        assert_eq!(codes(&server, &floor.anna, &sealed).await, ["OK"; 3]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn servers_that_start_at_once_on_a_new_database_have_one_key() {
    let database = Database::postgres().await;
    let starts = (0..4).map(|_| Server::on(database.clone()));
    let servers = futures_util::future::join_all(starts).await;
    let gateway = Token::gateway().sign();
    for one in &servers {
        let here = as_of(one, &gateway).await;
        for other in &servers {
            assert_eq!(codes(other, &gateway, &here).await, ["OK"; 3]);
        }
    }
}
