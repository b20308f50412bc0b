//! What runs over sockets and event streams is counted in bytes, answers that wait to be sent with it.

use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::socket::Client;
use super::*;

const MOST: usize = 100_000;

fn bounded() -> Server {
    let gate = GateOptions {
        held_bytes: MOST,
        ..GateOptions::default()
    };
    Server::behind(HttpOptions::default(), gate)
}

/// How many bytes there would be with what was refused by this error.
fn found(error: &Value) -> usize {
    let extensions = &error["extensions"];
    assert_eq!(extensions["code"], "LIMIT_EXCEEDED", "{error}");
    assert_eq!(extensions["limit"], "heldBytesPerViewer");
    assert_eq!(extensions["allowed"], MOST);
    usize::try_from(extensions["found"].as_u64().unwrap()).unwrap()
}

/// What the server answers to an operation that ends at once and counts so much beside its document, up to
/// its last message.
async fn answered(client: &mut Client, id: &str, query: &str, held: usize) -> Vec<Value> {
    start(client, id, query, held).await;
    let mut messages = Vec::new();
    loop {
        let message = client.receive().await;
        assert_eq!(message["id"], id);
        let last = message["type"] != "next";
        messages.push(message);
        if last {
            return messages;
        }
    }
}

async fn start(client: &mut Client, id: &str, query: &str, held: usize) {
    let payload = json!({ "query": query, "variables": { "held": held } });
    client
        .send(json!({ "id": id, "type": "subscribe", "payload": payload }))
        .await;
}

/// What an operation counts for its document where nothing else runs, or what runs with it.
async fn beside(client: &mut Client, query: &str) -> usize {
    let refused = answered(client, "too much", query, MOST).await;
    found(&refused[0]["payload"][0]) - MOST
}

#[tokio::test]
async fn an_answer_without_room_is_refused_but_for_a_mutations() {
    let server = bounded();
    let mut client = Client::ready(&server, server.listen().await).await;
    let (query, mutation) = ("{ __typename }", "mutation { touch }");
    // As large as may be, so that there is room for the operation and none for its answer.
    for (asked, room) in [(query, 0), (query, 1_000), (mutation, 0)] {
        let held = MOST - beside(&mut client, asked).await - room;
        let messages = answered(&mut client, "1", asked, held).await;
        let first = &messages[0]["payload"];
        if room > 0 || asked == mutation {
            assert_eq!(messages[0]["type"], "next", "{first}");
            assert_eq!(messages[1]["type"], "complete");
        } else {
            assert_eq!(messages[0]["type"], "error", "{first}");
            assert!(found(&first[0]) > MOST);
        }
    }
    let done = server.toy.counts.mutations.load(Ordering::SeqCst);
    assert_eq!(done, 1, "what was refused beforehand was not done");
}

#[tokio::test]
async fn event_streams_and_sockets_count_together_and_another_subject_apart() {
    let server = bounded();
    let mut client = Client::ready(&server, server.listen().await).await;
    let subscription = "subscription { silent }";
    let held = MOST - beside(&mut client, subscription).await;
    start(&mut client, "1", subscription, held).await;
    let refused = answered(&mut client, "2", "{ __typename }", 0).await;
    found(&refused[0]["payload"][0]);
    let body = json!({ "query": subscription, "variables": { "held": 1 } }).to_string();
    let refused = server.post("text/event-stream", body.clone()).await;
    assert_eq!(refused.status, StatusCode::OK);
    assert_eq!(found(&refused.json()["errors"][0]), MOST + 1);
    // A request of its own is held for as long as it takes, and is not counted.
    let asked = json!({ "query": "{ __typename }" }).to_string();
    assert_eq!(server.post("application/json", asked).await.status, 200);

    let stream = |token: String| {
        let request = Request::post("/graphql")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "text/event-stream")
            .body(Body::from(body.clone()))
            .unwrap();
        server.router.clone().oneshot(request)
    };
    let theirs = stream(server.toy.token_of("bob", 60)).await.unwrap();
    assert_eq!(theirs.status(), StatusCode::OK);
    let stop = json!({ "type": "complete", "id": "1" });
    client.send(stop).await;
    let alone = beside(&mut client, subscription).await;
    assert_eq!(alone, MOST - held, "all of it is free");
    let ours = stream(server.token.clone()).await.unwrap();
    assert_eq!(ours.status(), StatusCode::OK);
    // The stream runs the same document.
    assert_eq!(beside(&mut client, subscription).await, alone + 1);
    drop(ours);
    while beside(&mut client, subscription).await != alone {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
