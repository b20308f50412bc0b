//! A WebSocket's token is replaced while it is open.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::socket::Client;
use super::*;

/// What the server says to this token.
async fn offer(client: &mut Client, token: &str) -> Value {
    let ping = json!({ "type": "ping", "payload": { "token": token } });
    client.send(ping).await;
    let pong = client.receive().await;
    assert_eq!(pong["type"], "pong", "{pong}");
    pong["payload"].clone()
}

#[tokio::test]
async fn a_connection_goes_on_until_the_new_token_ends() {
    let mut server = Server::new();
    server.token = server.toy.token(60);
    let mut client = Client::ready(&server, server.listen().await).await;
    client.subscribe("1", "subscription { silent }").await;
    let streams = || server.toy.counts.streams.load(Ordering::SeqCst);
    eventually(|| streams() == 1).await;
    let longer = server.toy.token(120);
    assert_eq!(
        offer(&mut client, &longer).await,
        json!({ "accepted": true })
    );
    server.toy.advance(61);
    tokio::time::sleep(Duration::from_millis(700)).await;
    client.subscribe("2", "{ __typename }").await;
    assert_eq!(client.receive().await["type"], "next");
    assert_eq!(client.receive().await["type"], "complete");
    assert_eq!(streams(), 1);
    server.toy.advance(60);
    client.assert_closed(4403, "Token expired").await;
}

#[tokio::test]
async fn a_token_takes_over_once_whether_it_is_new_here_or_was_seen_before() {
    let mut server = Server::new();
    server.token = server.toy.token(60);
    let mut client = Client::ready(&server, server.listen().await).await;
    let taken_over = || server.toy.counts.taken_over.load(Ordering::SeqCst);
    let before = taken_over();
    let longer = server.toy.token(120);
    for times in 1..=2 {
        let answer = offer(&mut client, &longer).await;
        assert_eq!(answer, json!({ "accepted": true }));
        assert_eq!(taken_over() - before, times);
    }
}

#[tokio::test]
async fn a_token_that_is_refused_leaves_the_connection_to_its_own() {
    let mut server = Server::new();
    server.token = server.toy.token(60);
    let mut client = Client::ready(&server, server.listen().await).await;
    let stranger = server.toy.token_of("bob", 120);
    for token in ["nonsense", &format!("{}x", server.token), &stranger] {
        let answer = offer(&mut client, token).await;
        assert_eq!(answer["accepted"], false);
        assert_eq!(answer["code"], "UNAUTHENTICATED");
        assert!(answer["message"].is_string());
    }
    client.subscribe("1", "{ __typename }").await;
    assert_eq!(client.receive().await["type"], "next");
    assert_eq!(client.receive().await["type"], "complete");
    server.toy.advance(61);
    client.assert_closed(4403, "Token expired").await;
}

#[tokio::test]
async fn a_token_that_comes_too_late_revives_nothing() {
    let mut server = Server::new();
    server.token = server.toy.token(60);
    let mut client = Client::ready(&server, server.listen().await).await;
    let longer = server.toy.token(120);
    server.toy.advance(61);
    let ping = json!({ "type": "ping", "payload": { "token": longer } });
    client.send(ping).await;
    client.assert_closed(4403, "Token expired").await;
}

#[tokio::test]
async fn a_connection_counts_throughout_while_its_token_is_replaced() {
    struct Living(Arc<AtomicUsize>);
    impl Drop for Living {
        fn drop(&mut self) {
            assert!(self.0.fetch_sub(1, Ordering::SeqCst) > 1, "it was the last");
        }
    }
    let living = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&living);
    let server = Server::with(HttpOptions {
        on_connected: Some(Arc::new(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            Box::new(Living(Arc::clone(&counted)))
        })),
        ..HttpOptions::default()
    });
    let mut client = Client::ready(&server, server.listen().await).await;
    for seconds in [100, 200] {
        let token = server.toy.token(seconds);
        assert_eq!(
            offer(&mut client, &token).await,
            json!({ "accepted": true })
        );
        assert_eq!(living.load(Ordering::SeqCst), 1);
    }
    // Its end is the last's.
    living.fetch_add(1, Ordering::SeqCst);
}

#[tokio::test]
async fn a_connection_ends_when_its_token_is_taken_back() {
    let mut server = Server::new();
    server.token = server.toy.token(60);
    let mut ann = Client::ready(&server, server.listen().await).await;
    server.token = server.toy.token_of("bob", 60);
    let mut bob = Client::ready(&server, server.listen().await).await;
    server.toy.revoke_ann();
    ann.assert_closed(4403, "Token revoked").await;
    bob.subscribe("1", "{ __typename }").await;
    assert_eq!(bob.receive().await["type"], "next");
}
