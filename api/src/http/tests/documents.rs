//! Persisted and trusted documents, the same over every transport.

use std::sync::atomic::Ordering;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::socket::Client;
use super::*;
use crate::graphql::gate::{Documents, Limits, Manifest};
use base16ct::lower::encode_string as hex;

const JSON: &str = "application/json";
const ECHO: &str = "{ echo(text: \"a\") }";
const COUNT: &str = "subscription { count(to: 1) }";

fn hash(text: &str) -> String {
    hex(&Sha256::digest(text))
}

fn extensions(hash: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

fn by_hash(text: &str) -> Value {
    json!({ "extensions": extensions(&hash(text)) })
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// A query string with these extensions.
fn in_url(extensions: &Value) -> String {
    let escape = |byte: u8| {
        [
            b'%',
            HEX[usize::from(byte >> 4)],
            HEX[usize::from(byte & 15)],
        ]
    };
    let text = extensions.to_string();
    let escaped: Vec<u8> = text.bytes().flat_map(escape).collect();
    format!("extensions={}", String::from_utf8(escaped).unwrap())
}

/// The messages of an operation on a fresh socket.
async fn over_socket(server: &Server, payload: Value) -> Value {
    let mut client = Client::ready(server, server.listen().await).await;
    let subscribe = json!({ "id": "1", "type": "subscribe", "payload": payload });
    client.send(subscribe).await;
    client.receive().await["payload"].clone()
}

fn trusting(documents: &[&str]) -> Server {
    let manifest: serde_json::Map<_, _> = documents
        .iter()
        .map(|text| (hash(text), json!(text)))
        .collect();
    let manifest = Manifest::parse(&Value::Object(manifest).to_string()).unwrap();
    let gate = GateOptions {
        documents: Documents::Listed(manifest),
        ..Limits::default().into()
    };
    Server::behind(HttpOptions::default(), gate)
}

#[tokio::test]
async fn a_text_that_came_once_is_run_by_its_hash_over_every_transport() {
    let server = Server::new();
    let unknown = server.post(JSON, by_hash(ECHO).to_string()).await;
    let body = unknown.json();
    assert_eq!(unknown.status, StatusCode::OK);
    assert_eq!(body["errors"][0]["message"], "PersistedQueryNotFound");
    assert_eq!(unknown.code(), "PERSISTED_QUERY_NOT_FOUND");
    assert!(body.get("data").is_none());

    for text in [ECHO, COUNT] {
        let mut first = by_hash(text);
        first["query"] = json!(text);
        server.post("text/event-stream", first.to_string()).await;
    }
    let data = json!({ "data": { "echo": "a" } });
    let post = server.post(JSON, by_hash(ECHO).to_string()).await;
    assert_eq!(post.json(), data);
    let get = server.get(JSON, &in_url(&extensions(&hash(ECHO)))).await;
    assert_eq!(get.json(), data);
    let id = format!("sha256:{}", hash(ECHO));
    let get = server.get(JSON, &format!("documentId={id}")).await;
    assert_eq!(get.json(), data);
    let post = server
        .post(JSON, json!({ "documentId": id }).to_string())
        .await;
    assert_eq!(post.json(), data);
    assert_eq!(over_socket(&server, by_hash(ECHO)).await, data);
    assert_eq!(
        over_socket(&server, json!({ "documentId": id })).await,
        data
    );
    let counted = json!({ "data": { "count": 0 } });
    assert_eq!(over_socket(&server, by_hash(COUNT)).await, counted);
    let events = server
        .post("text/event-stream", by_hash(COUNT).to_string())
        .await;
    let events = String::from_utf8(events.body).unwrap();
    assert!(events.contains(&counted.to_string()), "{events}");
}

#[tokio::test]
async fn a_first_text_may_come_by_get_or_socket_too() {
    let server = Server::new();
    let url = format!(
        "query=%7B__typename%7D&{}",
        in_url(&extensions(&hash("{__typename}")))
    );
    assert_eq!(server.get(JSON, &url).await.status, StatusCode::OK);
    let mut payload = by_hash(ECHO);
    payload["query"] = json!(ECHO);
    over_socket(&server, payload).await;
    for text in ["{__typename}", ECHO] {
        let answer = server.post(JSON, by_hash(text).to_string()).await;
        assert!(answer.json().get("errors").is_none(), "{text}");
    }
}

#[tokio::test]
async fn another_text_under_a_hash_is_refused_and_changes_nothing() {
    let server = Server::new();
    let mut honest = by_hash(ECHO);
    honest["query"] = json!(ECHO);
    server.post(JSON, honest.to_string()).await;
    let mut poison = by_hash(ECHO);
    poison["query"] = json!("mutation { touch }");
    let mallory = server.toy.token_of("mallory", 3_600);
    let refused = server.post_as(&mallory, poison.to_string()).await;
    assert_eq!(refused.code(), "PERSISTED_QUERY_HASH_MISMATCH");
    assert_eq!(
        refused.json()["errors"][0]["message"],
        "provided sha does not match query"
    );
    let over_socket = over_socket(&server, poison).await;
    assert_eq!(
        over_socket[0]["extensions"]["code"],
        "PERSISTED_QUERY_HASH_MISMATCH"
    );
    let answer = server.post(JSON, by_hash(ECHO).to_string()).await;
    assert_eq!(answer.json(), json!({ "data": { "echo": "a" } }));
    assert_eq!(server.toy.counts.mutations.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_mutation_by_its_hash_needs_post_as_well() {
    let server = Server::new();
    let mut first = by_hash("mutation { touch }");
    first["query"] = json!("mutation { touch }");
    server.post(JSON, first.to_string()).await;
    let url = in_url(&extensions(&hash("mutation { touch }")));
    let answer = server.get(JSON, &url).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(server.toy.counts.mutations.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn with_trusted_documents_nothing_else_runs_over_any_transport() {
    let server = trusting(&[ECHO, COUNT]);
    let data = json!({ "data": { "echo": "a" } });
    for trusted in [
        json!({ "query": ECHO }),
        by_hash(ECHO),
        json!({ "documentId": format!("sha256:{}", hash(ECHO)) }),
        json!({ "documentId": hash(ECHO) }),
    ] {
        assert_eq!(server.post(JSON, trusted.to_string()).await.json(), data);
        assert_eq!(over_socket(&server, trusted).await, data);
    }
    let get = server
        .get(JSON, &format!("documentId={}", hash(ECHO)))
        .await;
    assert_eq!(get.json(), data);

    let other = "mutation { touch }";
    let mut registering = by_hash(other);
    registering["query"] = json!(other);
    for strange in [json!({ "query": other }), by_hash(other), registering] {
        for accept in [JSON, "text/event-stream"] {
            let answer = server.post(accept, strange.to_string()).await;
            assert_eq!(answer.code(), "PERSISTED_QUERY_NOT_IN_LIST", "{strange}");
        }
        let errors = over_socket(&server, strange).await;
        let code = &errors[0]["extensions"]["code"];
        assert_eq!(code, "PERSISTED_QUERY_NOT_IN_LIST");
    }
    let get = server.get(JSON, "query=%7B__typename%7D").await;
    assert_eq!(get.code(), "PERSISTED_QUERY_NOT_IN_LIST");
    assert_eq!(server.toy.counts.mutations.load(Ordering::SeqCst), 0);
}
