//! Server-sent events.

use serde_json::json;

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
async fn what_is_refused_at_the_start_is_a_plain_response() {
    let server = Server::new();
    for document in ["{", "subscription { nothing }", "{ nothing }"] {
        let answer = server.post(EVENTS, query(document)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{document}");
        assert_eq!(
            answer.header("content-type"),
            "application/graphql-response+json; charset=utf-8"
        );
    }
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
        tokio::time::sleep(Duration::from_millis(50)).await;
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
    let stop = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        shutdown.cancel();
    };
    let (answer, ()) = tokio::join!(server.post(EVENTS, query("subscription { silent }")), stop);
    assert_eq!(answer.body, b"");
}

#[tokio::test]
async fn a_silent_stream_shows_signs_of_life() {
    let options = HttpOptions {
        keep_alive: Duration::from_millis(100),
        ..HttpOptions::default()
    };
    let shutdown = options.shutdown.clone();
    let server = Server::with(options);
    let stop = async {
        tokio::time::sleep(Duration::from_millis(250)).await;
        shutdown.cancel();
    };
    let (answer, ()) = tokio::join!(server.post(EVENTS, query("subscription { silent }")), stop);
    assert_eq!(answer.body, b":\n\n:\n\n");
}
