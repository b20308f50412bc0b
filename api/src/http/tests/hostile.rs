//! Clients that mean harm, or are broken: what is refused is refused early and by its code.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{StreamExt, stream};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::socket::Client;
use super::*;

const GRAPHQL: &str = "application/graphql-response+json";

fn query(document: &str) -> String {
    json!({ "query": document }).to_string()
}

/// Selection sets, lists, objects, list types and block strings that open ten thousand times.
fn deep() -> Vec<String> {
    let deep = |before: &str, open: &str, middle: &str, close: &str, after: &str| {
        let (open, close) = (open.repeat(10_000), close.repeat(10_000));
        format!("{before}{open}{middle}{close}{after}")
    };
    vec![
        deep("", "{a", "", "}", ""),
        deep("", "{...", "{a}", "}", ""),
        deep("{ a(b: ", "[", "", "]", ") }"),
        deep("{ a(b: ", "{c:", "1", "}", ") }"),
        deep("query($a: ", "[", "I", "]", ") { a }"),
        deep("query($a: I = ", "[", "", "]", ") { a }"),
        deep("{ a @b(c: ", "[", "", "]", ") }"),
        deep("", "{a", "", "", ""),
        deep("", "(", "", "", ""),
    ]
}

#[tokio::test]
async fn ten_thousand_brackets_exhaust_no_stack_over_http_or_a_socket() {
    let server = Server::new();
    let mut client = Client::ready(&server, server.listen().await).await;
    for document in deep() {
        let answer = server.post(GRAPHQL, query(&document)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        let extensions = answer.json()["errors"][0]["extensions"].clone();
        assert_eq!(extensions["code"], "LIMIT_EXCEEDED");
        client.subscribe("1", &document).await;
        let error = client.receive().await;
        assert_eq!(error["type"], "error");
        assert_eq!(error["payload"][0]["extensions"], extensions);
    }
}

#[tokio::test]
async fn json_that_nests_ten_thousand_deep_is_not_read() {
    let server = Server::new();
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let body = format!("{{\"query\":\"{{ __typename }}\",\"variables\":{{\"a\":{deep}}}}}");
    let answer = server.post(GRAPHQL, body.clone()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.code(), "INVALID_INPUT");
    let mut client = Client::ready(&server, server.listen().await).await;
    let message = format!("{{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{body}}}");
    let message = tokio_tungstenite::tungstenite::Message::text(message);
    futures_util::SinkExt::send(&mut client.0, message)
        .await
        .unwrap();
    client
        .assert_closed(4400, "Invalid message: not JSON")
        .await;
}

#[tokio::test]
async fn three_hundred_aliases_are_refused_with_the_figure_and_fifty_are_not() {
    let server = Server::new();
    let aliases = |count: usize| -> String {
        let echo = |number| format!("a{number}: __typename ");
        (0..count).map(echo).collect()
    };
    let answer = server
        .post(GRAPHQL, query(&format!("{{ {} }}", aliases(20))))
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    let document = format!("{{ __schema {{ types {{ {} }} }} }}", aliases(300));
    let answer = server.post(GRAPHQL, query(&document)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let extensions = &answer.json()["errors"][0]["extensions"];
    assert_eq!(extensions["limit"], "aliases");
    assert_eq!(extensions["allowed"], 50);
    assert_eq!(extensions["found"], 300);
}

#[tokio::test]
async fn a_hundred_megabytes_are_refused_before_any_of_them_is_sent() {
    let server = Server::new();
    let mut client = tokio::net::TcpStream::connect(server.listen().await)
        .await
        .unwrap();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: 104857600\r\n\r\n",
        server.token
    );
    client.write_all(head.as_bytes()).await.unwrap();
    let mut read = vec![0; 4_096];
    let reading = tokio::time::timeout(Duration::from_secs(5), client.read(&mut read));
    let length = reading.await.expect("no answer without the body").unwrap();
    let text = String::from_utf8_lossy(&read[..length]);
    assert!(text.starts_with("HTTP/1.1 413 "), "{text}");
    assert!(text.contains("\"found\":104857600"), "{text}");
}

#[tokio::test]
async fn a_body_of_unknown_length_is_read_no_further_than_its_limit() {
    let server = Server::new();
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    // A hundred megabytes in pieces of 64 KiB, made when they are asked for.
    let pieces = stream::iter(0..1_600).map(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        Ok::<_, Infallible>(vec![b' '; 64 * 1024])
    });
    let answer = server
        .post("application/json", Body::from_stream(pieces))
        .await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.code(), "LIMIT_EXCEEDED");
    let pieces = sent.load(Ordering::SeqCst);
    assert!(pieces <= 6, "{pieces} pieces of 64 KiB were read");
}

#[tokio::test]
async fn a_body_that_trickles_in_is_given_up_and_others_are_served_meanwhile() {
    let server = Server::with(HttpOptions {
        body_timeout: Duration::from_millis(300),
        ..HttpOptions::default()
    });
    let address = server.listen().await;
    let mut slow = Vec::new();
    for _ in 0..50 {
        let mut client = tokio::net::TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{",
            server.token
        );
        client.write_all(head.as_bytes()).await.unwrap();
        slow.push(client);
    }
    let answer = server.post(GRAPHQL, query("{ __typename }")).await;
    assert_eq!(answer.status, StatusCode::OK);
    for mut client in slow {
        let mut read = vec![0; 1_024];
        let reading = tokio::time::timeout(Duration::from_secs(5), client.read(&mut read));
        let length = reading.await.expect("it still waits").unwrap();
        let text = String::from_utf8_lossy(&read[..length]);
        assert!(text.starts_with("HTTP/1.1 408 "), "{text}");
    }
}

#[tokio::test]
async fn sockets_that_never_introduce_themselves_are_all_closed_in_time() {
    let options = HttpOptions {
        init_timeout: Duration::from_secs(2),
        ..HttpOptions::default()
    };
    let sockets = options.sockets.clone();
    let server = Server::with(options);
    let address = server.listen().await;
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(Client::open(address).await);
    }
    let mut honest = Client::ready(&server, address).await;
    honest.subscribe("1", "{ __typename }").await;
    assert_eq!(honest.receive().await["type"], "next");
    for client in &mut silent {
        client
            .assert_closed(4408, "Connection initialisation timeout")
            .await;
    }
    drop(silent);
    // Nothing is left of them at the server.
    eventually(|| sockets.len() == 1).await;
}

#[tokio::test]
async fn a_batch_is_refused_whatever_is_in_it() {
    let server = Server::new();
    let touch = json!({ "query": "mutation { touch }" });
    for batch in [json!([]), json!([touch]), json!([touch, touch])] {
        let answer = server.post(GRAPHQL, batch.to_string()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(answer.code(), "INVALID_INPUT");
        assert_eq!(
            answer.json()["errors"][0]["message"],
            "Batches are not supported: send one operation a request."
        );
    }
    assert_eq!(server.toy.counts.mutations.load(Ordering::SeqCst), 0);
}
