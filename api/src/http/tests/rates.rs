//! How often and how many times at once one viewer may come.

use std::sync::atomic::Ordering;

use futures_util::StreamExt;
use serde_json::json;

use super::super::Rate;
use super::socket::Client;
use super::*;

/// Three at once, and then one a second.
const SLOW: Rate = Rate {
    per_second: 1,
    burst: 3,
};

fn query(document: &str) -> String {
    json!({ "query": document }).to_string()
}

fn slow() -> Server {
    Server::with(HttpOptions {
        rate: Some(SLOW),
        ..HttpOptions::default()
    })
}

/// Asks until it is refused, which it is after a few seconds' worth at most.
async fn exhaust(server: &Server, token: &str) -> (usize, Answer) {
    for passed in 0..50 {
        let answer = server.post_as(token, query("{ __typename }")).await;
        if answer.status != StatusCode::OK {
            return (passed, answer);
        }
    }
    panic!("fifty requests of one viewer passed");
}

/// Tries this up to five times, each at a new server: a machine that stalls for a second gives back one
/// request, and then nothing can be said of what was to be refused.
async fn while_exhausted(refuses: impl AsyncFn(Server) -> bool) {
    for _ in 0..5 {
        if refuses(slow()).await {
            return;
        }
    }
    panic!("five times what comes too often was let in");
}

#[tokio::test]
async fn a_viewer_who_asks_too_often_is_told_when_to_come_again() {
    let server = slow();
    let (passed, refused) = exhaust(&server, &server.token).await;
    assert!(passed >= 3, "{passed}");
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.header("retry-after"), "1");
    let expected = json!({
        "code": "RATE_LIMITED", "limit": "requestsPerSecond", "allowed": 1, "burst": 3,
        "retryAfter": 1,
    });
    let body = refused.json();
    assert_eq!(body["errors"][0]["extensions"], expected);
    assert!(body.get("data").is_none());
    // After that long there is room again.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let again = server.post_as(&server.token, query("{ __typename }")).await;
    assert_eq!(again.status, StatusCode::OK);
}

#[tokio::test]
async fn what_is_refused_for_its_rate_has_no_effect_over_post_get_or_events() {
    while_exhausted(async |server| {
        exhaust(&server, &server.token).await;
        let mutation = server
            .post("application/json", query("mutation { touch }"))
            .await;
        let get = server
            .get("application/json", "query=%7B__typename%7D")
            .await;
        let events = server.post("text/event-stream", query("subscription { silent }"));
        // One that was let in does not end.
        let Ok(events) = tokio::time::timeout(Duration::from_secs(5), events).await else {
            return false;
        };
        let answers = [mutation, get, events];
        if answers.iter().any(|one| one.status == StatusCode::OK) {
            return false;
        }
        for answer in answers {
            assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(answer.code(), "RATE_LIMITED");
        }
        assert_eq!(server.toy.counts.mutations.load(Ordering::SeqCst), 0);
        assert_eq!(server.toy.counts.streams.load(Ordering::SeqCst), 0);
        true
    })
    .await;
}

#[tokio::test]
async fn another_token_of_the_same_subject_is_the_same_viewer_and_another_subject_is_not() {
    while_exhausted(async |server| {
        exhaust(&server, &server.token).await;
        let again = server.toy.token(7_200);
        assert_ne!(again, server.token);
        let answer = server.post_as(&again, query("{ __typename }")).await;
        if answer.status == StatusCode::OK {
            return false;
        }
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
        let bob = server.toy.token_of("bob", 3_600);
        for _ in 0..3 {
            let answer = server.post_as(&bob, query("{ __typename }")).await;
            assert_eq!(answer.status, StatusCode::OK);
        }
        true
    })
    .await;
}

#[tokio::test]
async fn a_gateway_has_a_rate_of_its_own() {
    let server = Server::with(HttpOptions {
        rate: None,
        gateway_rate: Some(SLOW),
        ..HttpOptions::default()
    });
    let gateway = server.toy.gateway_token("gateway");
    exhaust(&server, &gateway).await;
    for _ in 0..60 {
        let answer = server.post_as(&server.token, query("{ __typename }")).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn operations_and_new_tokens_on_a_socket_count_too_and_the_socket_lives() {
    while_exhausted(async |server| {
        let mut client = Client::ready(&server, server.listen().await).await;
        let mut refused = None;
        for number in 0..50 {
            let id = number.to_string();
            client.subscribe(&id, "mutation { touch }").await;
            let message = client.receive().await;
            assert_eq!(message["id"], json!(id));
            if message["type"] == "error" {
                refused = Some(message);
                break;
            }
            assert_eq!(client.receive().await["type"], "complete");
        }
        let refused = refused.expect("fifty operations of one viewer passed");
        let extensions = &refused["payload"][0]["extensions"];
        assert_eq!(extensions["code"], "RATE_LIMITED");
        assert_eq!(extensions["limit"], "requestsPerSecond");
        assert_eq!(extensions["retryAfter"], 1);
        let done = server.toy.counts.mutations.load(Ordering::SeqCst);
        assert_eq!(refused["id"], json!(done.to_string()));
        client
            .send(json!({ "type": "ping", "payload": { "token": server.token } }))
            .await;
        let pong = client.receive().await;
        if pong["payload"]["accepted"] == true {
            return false;
        }
        assert_eq!(pong["payload"]["accepted"], false);
        assert_eq!(pong["payload"]["code"], "RATE_LIMITED");
        // The id is free, and the viewer is let in after the wait that they were told.
        tokio::time::sleep(Duration::from_secs(1)).await;
        client.subscribe(&done.to_string(), "{ __typename }").await;
        assert_eq!(client.receive().await["type"], "next");
        true
    })
    .await;
}

fn two_connections() -> Server {
    Server::with(HttpOptions {
        connections_per_viewer: 2,
        ..HttpOptions::default()
    })
}

#[tokio::test]
async fn a_viewer_has_a_bounded_number_of_sockets_and_gets_their_places_back() {
    let server = two_connections();
    let address = server.listen().await;
    let mut first = Client::ready(&server, address).await;
    let _second = Client::ready(&server, address).await;
    let mut third = Client::open(address).await;
    third.init(&server.token).await;
    third.assert_closed(4411, "Too many connections").await;
    // Requests need no place, nor do other viewers' sockets mind.
    let answer = server
        .post("application/json", query("{ __typename }"))
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    let mut other = Client::open(address).await;
    other.init(&server.toy.token_of("bob", 3_600)).await;
    assert_eq!(other.receive().await, json!({ "type": "connection_ack" }));
    // A new token takes no second place.
    let token = server.toy.token(7_200);
    first
        .send(json!({ "type": "ping", "payload": { "token": token } }))
        .await;
    assert_eq!(first.receive().await["payload"]["accepted"], true);
    first.0.close(None).await.unwrap();
    while let Some(Ok(_)) = first.0.next().await {}
    for _ in 0..100 {
        let mut again = Client::open(address).await;
        again.init(&server.token).await;
        if let Some(Ok(message)) = again.0.next().await
            && message.is_text()
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the place was not given back");
}

#[tokio::test]
async fn event_streams_take_places_too_while_they_last() {
    let server = two_connections();
    let address = server.listen().await;
    let _socket = Client::ready(&server, address).await;
    let open = || {
        let request = Request::post("/graphql")
            .header(header::AUTHORIZATION, format!("Bearer {}", server.token))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "text/event-stream")
            .body(Body::from(query("subscription { silent }")))
            .unwrap();
        server.router.clone().oneshot(request)
    };
    let stream = open().await.unwrap();
    assert_eq!(stream.status(), StatusCode::OK);
    let events = "text/event-stream";
    let refused = server.post(events, query("subscription { silent }")).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    let extensions = &refused.json()["errors"][0]["extensions"];
    assert_eq!(extensions["code"], "LIMIT_EXCEEDED");
    assert_eq!(extensions["limit"], "connectionsPerViewer");
    assert_eq!(extensions["allowed"], 2);
    assert_eq!(extensions["found"], 3);
    assert_eq!(server.toy.counts.streams.load(Ordering::SeqCst), 1);
    // One answer as a stream is no connection.
    let answer = server.post(events, query("{ __typename }")).await;
    assert_eq!(answer.status, StatusCode::OK);
    drop(stream);
    eventually(|| server.toy.counts.streams.load(Ordering::SeqCst) == 0).await;
    let answer = server
        .post(events, query("subscription { count(to: 1) }"))
        .await;
    assert_eq!(answer.status, StatusCode::OK);
}
