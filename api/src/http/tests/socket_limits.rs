//! Web sockets: time, size, number, and what happens when a server stops.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::socket::Client;
use super::*;

#[tokio::test]
async fn a_client_that_does_not_introduce_itself_is_closed() {
    let server = Server::with(HttpOptions {
        init_timeout: Duration::from_secs(1),
        ..HttpOptions::default()
    });
    let address = server.listen().await;
    let mut client = Client::open(address).await;
    // Pings do not put it off.
    client.send(json!({ "type": "ping" })).await;
    client
        .assert_closed(4408, "Connection initialisation timeout")
        .await;
    // One that does stays.
    let mut client = Client::ready(&server, address).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    client.subscribe("1", "{ __typename }").await;
    assert_eq!(client.receive().await["type"], "next");
}

#[tokio::test]
async fn the_end_of_the_token_ends_the_connection_within_a_second() {
    let mut server = Server::new();
    server.token = server.toy.token(60);
    let address = server.listen().await;
    let mut client = Client::ready(&server, address).await;
    client.subscribe("1", "subscription { silent }").await;
    eventually(|| server.toy.counts.streams.load(Ordering::SeqCst) == 1).await;
    server.toy.advance(61);
    let moved = Instant::now();
    client.assert_closed(4403, "Token expired").await;
    // Some more than that, for a machine that is busy with other tests.
    assert!(moved.elapsed() < Duration::from_secs(5));
    eventually(|| server.toy.counts.streams.load(Ordering::SeqCst) == 0).await;
}

#[tokio::test]
async fn nothing_starts_once_the_token_has_ended() {
    let mut server = Server::new();
    server.token = server.toy.token(60);
    let mut client = Client::ready(&server, server.listen().await).await;
    server.toy.advance(61);
    client.subscribe("1", "mutation { touch }").await;
    client.assert_closed(4403, "Token expired").await;
    assert_eq!(server.toy.counts.mutations.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn nothing_is_sent_once_the_token_has_ended() {
    for revoked in [false, true] {
        let mut server = Server::new();
        server.token = server.toy.token(60);
        let mut client = Client::ready(&server, server.listen().await).await;
        client.subscribe("1", "subscription { told }").await;
        let counts = &server.toy.counts;
        eventually(|| counts.streams.load(Ordering::SeqCst) == 1).await;
        counts.told.notify_one();
        assert_eq!(client.receive().await["type"], "next");
        // Between two looks at the clock.
        server.toy.end(revoked);
        counts.told.notify_one();
        let reason = if revoked {
            "Token revoked"
        } else {
            "Token expired"
        };
        client.assert_closed(4403, reason).await;
    }
}

#[tokio::test]
async fn a_connection_runs_a_bounded_number_of_operations() {
    let server = Server::with(HttpOptions {
        operations_per_socket: 3,
        ..HttpOptions::default()
    });
    let mut client = Client::ready(&server, server.listen().await).await;
    for id in ["1", "2", "3", "4"] {
        client.subscribe(id, "subscription { silent }").await;
    }
    let error = client.receive().await;
    assert_eq!(
        (&error["type"], &error["id"]),
        (&json!("error"), &json!("4"))
    );
    let extensions = &error["payload"][0]["extensions"];
    assert_eq!(extensions["code"], "LIMIT_EXCEEDED");
    assert_eq!(extensions["limit"], "operationsPerSocket");
    assert_eq!(extensions["allowed"], 3);
    eventually(|| server.toy.counts.streams.load(Ordering::SeqCst) == 3).await;
}

#[tokio::test]
async fn a_message_has_a_size() {
    let server = Server::new();
    let mut client = Client::ready(&server, server.listen().await).await;
    let document = format!("{{ __typename }} #{}", "x".repeat(256 * 1024));
    client.subscribe("1", &document).await;
    client.assert_closed(1009, "Message too big").await;
}

#[tokio::test]
async fn a_text_that_is_no_utf8_is_refused_as_that() {
    let server = Server::new();
    let mut client = Client::ready(&server, server.listen().await).await;
    let text = OpCode::Data(Data::Text);
    let frame = Frame::message(vec![b'"', 0xff, b'"'], text, true);
    client.0.send(Message::Frame(frame)).await.unwrap();
    client.assert_closed(1007, "Invalid UTF-8").await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed_and_others_go_on() {
    let server = Server::with(HttpOptions {
        send_timeout: Duration::from_millis(300),
        ..HttpOptions::default()
    });
    let address = server.listen().await;
    let mut slow = Client::ready(&server, address).await;
    let mut other = Client::ready(&server, address).await;
    slow.subscribe("1", "subscription { flood(bytes: 100000) }")
        .await;
    // It does not read; meanwhile the other one is served.
    eventually(|| server.toy.counts.items.load(Ordering::SeqCst) > 20).await;
    other.subscribe("1", "{ __typename }").await;
    assert_eq!(other.receive().await["type"], "next");
    eventually(|| server.toy.counts.streams.load(Ordering::SeqCst) == 0).await;
    // What was under way plus the queue: nothing else was produced for it.
    let produced = server.toy.counts.items.load(Ordering::SeqCst);
    assert!(produced < 200, "{produced}");
    slow.assert_closed(4410, "Too slow; resume by cursor").await;
    other.subscribe("2", "{ __typename }").await;
    assert_eq!(other.receive().await["type"], "complete");
}

#[tokio::test]
async fn a_silent_connection_is_pinged_and_a_dead_one_given_up() {
    let server = Server::with(HttpOptions {
        keep_alive: Duration::from_millis(500),
        ..HttpOptions::default()
    });
    let address = server.listen().await;
    let mut client = Client::ready(&server, address).await;
    client.subscribe("1", "subscription { silent }").await;
    // Reading is what makes this client answer pings.
    for _ in 0..5 {
        assert!(matches!(client.0.next().await, Some(Ok(Message::Ping(_)))));
    }
    assert_eq!(server.toy.counts.streams.load(Ordering::SeqCst), 1);
    eventually(|| server.toy.counts.streams.load(Ordering::SeqCst) == 0).await;
}

/// Nobody could answer while the process stood still.
#[tokio::test]
async fn a_server_that_stood_still_gives_nobody_up_for_it() {
    let server = Server::with(HttpOptions {
        keep_alive: Duration::from_millis(200),
        ..HttpOptions::default()
    });
    let mut client = Client::ready(&server, server.listen().await).await;
    // Server and client are on this thread.
    std::thread::sleep(Duration::from_secs(2));
    for _ in 0..5 {
        assert!(matches!(client.0.next().await, Some(Ok(Message::Ping(_)))));
    }
    client.subscribe("1", "{ __typename }").await;
    assert_eq!(client.receive().await["type"], "next");
}

#[tokio::test]
async fn a_server_that_stops_says_so_and_waits_for_its_sockets() {
    let options = HttpOptions::default();
    let (shutdown, sockets) = (options.shutdown.clone(), options.sockets.clone());
    let server = Server::with(options);
    let address = server.listen().await;
    let mut ready = Client::ready(&server, address).await;
    ready.subscribe("1", "subscription { silent }").await;
    let mut new = Client::open(address).await;
    new.send(json!({ "type": "ping" })).await;
    new.receive().await;
    shutdown.cancel();
    ready.assert_closed(1012, "Service restart").await;
    new.assert_closed(1012, "Service restart").await;
    drop((ready, new));
    sockets.close();
    let waited = tokio::time::timeout(Duration::from_secs(2), sockets.wait());
    waited.await.expect("a socket is still open");
}

#[tokio::test]
async fn a_server_that_stops_takes_no_new_live_connection() {
    let options = HttpOptions::default();
    let shutdown = options.shutdown.clone();
    let server = Server::with(options);
    let address = server.listen().await;
    shutdown.cancel();
    let headers = [("sec-websocket-protocol", "graphql-transport-ws")];
    match Client::open_with(address, &headers).await {
        Err(Error::Http(response)) => assert_eq!(response.status(), 503),
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it opens"),
    }
    let body = json!({ "query": "subscription { silent }" }).to_string();
    let refused = server.post("text/event-stream", body).await;
    assert_eq!(refused.status, 503);
    assert_eq!(refused.code(), "RATE_LIMITED");
    assert_eq!(refused.header("retry-after"), "1");
    // What was asked and can be answered is.
    let body = json!({ "query": "{ __typename }" }).to_string();
    assert_eq!(server.post("application/json", body).await.status, 200);
}

#[tokio::test]
async fn many_results_that_are_ready_come_in_order_and_whole() {
    let server = Server::new();
    let mut client = Client::ready(&server, server.listen().await).await;
    for id in ["a", "b"] {
        client
            .subscribe(id, "subscription { count(to: 2000) }")
            .await;
    }
    let mut next = [0, 0];
    let mut ended = 0;
    while ended < 2 {
        let message = client.receive().await;
        let which = usize::from(message["id"] == "b");
        if message["type"] == "complete" {
            assert_eq!(next[which], 2000);
            ended += 1;
            continue;
        }
        assert_eq!(message["payload"]["data"]["count"], next[which]);
        next[which] += 1;
    }
}

#[tokio::test]
async fn a_client_that_leaves_takes_its_operations_along_but_no_mutation() {
    let server = Server::new();
    let mut client = Client::ready(&server, server.listen().await).await;
    client.subscribe("1", "subscription { silent }").await;
    client
        .subscribe("2", "mutation { touch(millis: 200) }")
        .await;
    eventually(|| server.toy.counts.streams.load(Ordering::SeqCst) == 1).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    client.0.close(None).await.unwrap();
    eventually(|| server.toy.counts.streams.load(Ordering::SeqCst) == 0).await;
    eventually(|| server.toy.counts.mutations.load(Ordering::SeqCst) == 1).await;
}

#[tokio::test]
async fn connections_are_told_of_while_they_live() {
    struct Living(Arc<AtomicUsize>);
    impl Drop for Living {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }
    let living = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&living);
    let server = Server::with(HttpOptions {
        on_connected: Some(Arc::new(move |viewer| {
            assert_eq!(viewer.subject().as_str(), "ann");
            counted.fetch_add(1, Ordering::SeqCst);
            Box::new(Living(Arc::clone(&counted)))
        })),
        ..HttpOptions::default()
    });
    let address = server.listen().await;
    let mut unknown = Client::open(address).await;
    unknown.send(json!({ "type": "ping" })).await;
    unknown.receive().await;
    assert_eq!(living.load(Ordering::SeqCst), 0);
    let mut client = Client::ready(&server, address).await;
    assert_eq!(living.load(Ordering::SeqCst), 1);
    client.0.send(Message::Close(None)).await.unwrap();
    eventually(|| living.load(Ordering::SeqCst) == 0).await;
}
