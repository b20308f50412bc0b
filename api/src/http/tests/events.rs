//! Server-sent events.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::StreamExt;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

const EVENTS: &str = "text/event-stream";

fn query(document: &str) -> String {
    json!({ "query": document }).to_string()
}

#[tokio::test]
async fn a_subscription_streams_and_completes() {
    let server = Server::new();
    let expected = "event: next\ndata: {\"data\":{\"count\":0}}\n\n\
                    event: next\ndata: {\"data\":{\"count\":1}}\n\n\
                    event: complete\ndata:\n\n";
    let post = server
        .post(EVENTS, query("subscription { count(to: 2) }"))
        .await;
    let get = server
        .get(EVENTS, "query=subscription%7Bcount(to%3A2)%7D")
        .await;
    for answer in [post, get] {
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(
            answer.header("content-type"),
            "text/event-stream; charset=utf-8"
        );
        assert_eq!(String::from_utf8(answer.body).unwrap(), expected);
    }
}

#[tokio::test]
async fn a_query_is_one_event_and_a_mutation_needs_post() {
    let server = Server::new();
    let answer = server.post(EVENTS, query("mutation { touch }")).await;
    let expected = "event: next\ndata: {\"data\":{\"touch\":1}}\n\nevent: complete\ndata:\n\n";
    assert_eq!(String::from_utf8(answer.body).unwrap(), expected);
    let answer = server.get(EVENTS, "query=mutation%7Btouch%7D").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn what_is_refused_at_the_start_is_a_stream_of_that_alone() {
    let server = Server::new();
    for document in ["{", "subscription { nothing }", "{ nothing }"] {
        let answer = server.post(EVENTS, query(document)).await;
        assert_eq!(answer.status, StatusCode::OK, "{document}");
        let content_type = answer.header("content-type");
        assert_eq!(content_type, "text/event-stream; charset=utf-8");
        let text = String::from_utf8(answer.body).unwrap();
        assert!(
            text.starts_with("event: next\ndata: {\"errors\":[{"),
            "{text}"
        );
        assert!(
            text.ends_with("}]}\n\nevent: complete\ndata:\n\n"),
            "{text}"
        );
        assert_eq!(text.matches("event: ").count(), 2, "{text}");
    }
}

#[tokio::test]
async fn a_request_that_is_malformed_or_of_nobody_is_a_status() {
    let mut server = Server::new();
    let answer = server.post(EVENTS, "{".to_owned()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    server.token = "no.such.token".to_owned();
    let answer = server.post(EVENTS, query("{ __typename }")).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let content_type = answer.header("content-type");
    assert_eq!(
        content_type,
        "application/graphql-response+json; charset=utf-8"
    );
}

#[tokio::test]
async fn errors_on_the_way_end_the_stream() {
    let answer = Server::new()
        .post(EVENTS, query("subscription { breaks }"))
        .await;
    let text = String::from_utf8(answer.body).unwrap();
    assert!(text.contains("\"breaks\":1"), "{text}");
    assert!(text.contains("\"message\":\"broken\""), "{text}");
    assert!(text.ends_with("event: complete\ndata:\n\n"), "{text}");
}

#[tokio::test]
async fn the_end_of_the_token_ends_the_stream() {
    let mut server = Server::new();
    server.token = server.toy.token(60);
    let toy = server.toy.clone();
    let moved = async {
        eventually(|| toy.counts.streams.load(Ordering::SeqCst) == 1).await;
        toy.advance(61);
    };
    let (answer, ()) = tokio::join!(server.post(EVENTS, query("subscription { silent }")), moved);
    let text = String::from_utf8(answer.body).unwrap();
    assert!(text.contains("\"code\":\"UNAUTHENTICATED\""), "{text}");
    assert!(text.ends_with("event: complete\ndata:\n\n"), "{text}");
}

#[tokio::test]
async fn a_server_that_stops_cuts_the_stream_without_complete() {
    let options = HttpOptions::default();
    let shutdown = options.shutdown.clone();
    let server = Server::with(options);
    let streams = &server.toy.counts.streams;
    let stop = async {
        eventually(|| streams.load(Ordering::SeqCst) == 1).await;
        shutdown.cancel();
    };
    let (answer, ()) = tokio::join!(server.post(EVENTS, query("subscription { silent }")), stop);
    assert_eq!(answer.body, b"");
}

#[tokio::test]
async fn a_mutation_that_is_done_while_the_server_stops_is_answered() {
    let options = HttpOptions::default();
    let shutdown = options.shutdown.clone();
    let server = Server::with(options);
    let stop = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        shutdown.cancel();
    };
    let mutation = query("mutation { touch(millis: 200) }");
    let (answer, ()) = tokio::join!(server.post(EVENTS, mutation), stop);
    let expected = "event: next\ndata: {\"data\":{\"touch\":1}}\n\nevent: complete\ndata:\n\n";
    assert_eq!(String::from_utf8(answer.body).unwrap(), expected);
    // So is what was taken from then on.
    let answer = server.post(EVENTS, query("{ __typename }")).await;
    assert!(answer.body.ends_with(b"event: complete\ndata:\n\n"));
}

#[tokio::test]
async fn a_silent_stream_shows_signs_of_life() {
    let options = HttpOptions {
        keep_alive: Duration::from_millis(100),
        ..HttpOptions::default()
    };
    let shutdown = options.shutdown.clone();
    let server = Server::with(options);
    let mut pieces = opened(&server, "subscription { silent }").await;
    let mut seen = Vec::new();
    while seen.len() < 6 {
        seen.extend(pieces.next().await.unwrap().unwrap());
    }
    shutdown.cancel();
    while let Some(piece) = pieces.next().await {
        seen.extend(piece.unwrap());
    }
    assert!(seen.chunks(3).all(|sign| sign == b":\n\n"), "{seen:?}");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_and_others_go_on() {
    let server = Server::with(HttpOptions {
        send_timeout: Duration::from_millis(300),
        ..HttpOptions::default()
    });
    let mut slow = tokio::net::TcpStream::connect(server.listen().await)
        .await
        .unwrap();
    let body = query("subscription { flood(bytes: 100000) }");
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nAccept: {EVENTS}\r\nContent-Length: {}\r\n\r\n",
        server.token,
        body.len()
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    slow.write_all(body.as_bytes()).await.unwrap();
    let counts = &server.toy.counts;
    eventually(|| counts.items.load(Ordering::SeqCst) > 20).await;
    let other = server
        .post(EVENTS, query("subscription { count(to: 1) }"))
        .await;
    assert_eq!(other.status, StatusCode::OK);
    // It does not read, and what was made for it goes.
    eventually(|| counts.streams.load(Ordering::SeqCst) == 0).await;
    let produced = counts.items.load(Ordering::SeqCst);
    assert!(produced < 200, "{produced}");
    // What it reads later ends, and not as if that were all.
    let mut read = Vec::new();
    let reading = slow.read_to_end(&mut read);
    let _ = tokio::time::timeout(Duration::from_secs(1), reading).await;
    let text = String::from_utf8_lossy(&read);
    assert!(text.contains("event: next"));
    assert!(!text.contains("event: complete"));
}

#[tokio::test]
async fn a_client_that_goes_takes_its_stream_along() {
    let server = Server::new();
    let address = server.listen().await;
    let body = query("subscription { silent }");
    let mut client = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nAccept: {EVENTS}\r\nContent-Length: {}\r\n\r\n{body}",
        server.token,
        body.len()
    );
    client.write_all(head.as_bytes()).await.unwrap();
    let streams = || server.toy.counts.streams.load(Ordering::SeqCst);
    eventually(|| streams() == 1).await;
    drop(client);
    eventually(|| streams() == 0).await;
}

#[tokio::test]
async fn nothing_is_sent_once_the_token_has_ended_however_much_is_ready() {
    for revoked in [false, true] {
        let (server, mut pieces) = flood(HttpOptions::default()).await;
        server.toy.end(revoked);
        // One may have been handed over before, and one be on its way.
        let late = ends_by_its_token(&mut pieces).await;
        assert!(late <= 2, "{late} events after the end");
    }
}

#[tokio::test]
async fn a_stream_that_waits_for_its_client_ends_with_its_token_too() {
    for revoked in [false, true] {
        let (server, mut pieces) = flood(HttpOptions {
            send_timeout: Duration::from_mins(10),
            ..HttpOptions::default()
        })
        .await;
        let streams = || server.toy.counts.streams.load(Ordering::SeqCst);
        assert_eq!(streams(), 1);
        // It reads no more.
        server.toy.end(revoked);
        eventually(|| streams() == 0).await;
        assert!(ends_by_its_token(&mut pieces).await <= 2);
    }
}

/// A stream that has something at any time, of a token that lasts a minute; one piece is read.
async fn flood(options: HttpOptions) -> (Server, axum::body::BodyDataStream) {
    let mut server = Server::with(options);
    server.token = server.toy.token(60);
    let mut pieces = opened(&server, "subscription { flood(bytes: 10) }").await;
    let piece = pieces.next().await.unwrap().unwrap();
    assert!(piece.starts_with(b"event: next\ndata: {\"data\""));
    (server, pieces)
}

/// The pieces of a stream, as they come.
async fn opened(server: &Server, document: &str) -> axum::body::BodyDataStream {
    let request = Request::post("/graphql")
        .header(header::AUTHORIZATION, format!("Bearer {}", server.token))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, EVENTS)
        .body(Body::from(query(document)))
        .unwrap();
    let response = server.router.clone().oneshot(request).await.unwrap();
    response.into_body().into_data_stream()
}

/// How many pieces come until it says that its token ended, which is the last it says.
async fn ends_by_its_token(pieces: &mut axum::body::BodyDataStream) -> usize {
    let mut before = 0;
    loop {
        let piece = pieces.next().await.unwrap().unwrap();
        if !piece.starts_with(b"event: next\ndata: {\"data\"") {
            let text = String::from_utf8(piece.to_vec()).unwrap();
            assert!(text.contains("\"code\":\"UNAUTHENTICATED\""), "{text}");
            assert!(text.ends_with("event: complete\ndata:\n\n"), "{text}");
            break;
        }
        before += 1;
    }
    assert!(pieces.next().await.is_none());
    before
}

#[tokio::test]
async fn only_a_subscription_counts_as_a_live_connection() {
    let told = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&told);
    let server = Server::with(HttpOptions {
        on_connected: Some(Arc::new(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            Box::new(())
        })),
        ..HttpOptions::default()
    });
    server.post(EVENTS, query("{ __typename }")).await;
    server.post(EVENTS, query("subscription { nothing }")).await;
    assert_eq!(told.load(Ordering::SeqCst), 0);
    server
        .post(EVENTS, query("subscription { count(to: 1) }"))
        .await;
    assert_eq!(told.load(Ordering::SeqCst), 1);
}
