//! Regie behind async-graphql-axum's own handlers, by the code of examples/embed: every operation of the tour and of
//! docs/api.md is answered as by Regie's own transports.

use std::time::Duration;

use api::graphql::engine::Engine;
use api::graphql::gate::GateOptions;
use auth::{AuthConfig, Authenticator, Secret, VerifyingKey};
use serde_json::{Value, json};

use crate::floor::Floor;
use crate::harness::{SECRET, Socket, Token};

#[path = "../../examples/embed/stock.rs"]
mod handlers;

/// The address of the stock handlers before this floor's application.
async fn stock(floor: &Floor) -> String {
    let key = VerifyingKey::secret(&Secret::new(SECRET).unwrap());
    let mut auth = AuthConfig::new(key);
    auth.rules.max_lifetime = chrono::TimeDelta::days(36_500);
    let authenticator = Authenticator::new(auth);
    let engine = Engine::new(
        floor.server.app.clone(),
        authenticator,
        GateOptions::default(),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/stock", listener.local_addr().unwrap());
    let routes = handlers::routes(engine);
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    url
}

async fn post(url: &str, token: &str, body: &Value) -> Value {
    let request = reqwest::Client::new().post(url).bearer_auth(token);
    request
        .json(body)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}

/// Every operation of the pages.
fn operations() -> Vec<&'static str> {
    let pages = [
        include_str!("../../docs/tour.md"),
        include_str!("../../docs/api.md"),
        include_str!("../../docs/live-lists.md"),
    ];
    let blocks = pages
        .iter()
        .flat_map(|page| page.split("```graphql\n").skip(1));
    blocks
        .map(|block| block.split_once("```").unwrap().0)
        .collect()
}

/// What makes two answers differ though they say the same: instants of now, ids and hashes that are made for each.
fn plain(mut answer: Value) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for made in ["id", "emittedAt", "startedAt", "dueAt"] {
                    fields.remove(made);
                }
                fields.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut answer);
    answer
}

/// What a message says. The stock protocol has errors of a refused subscription in a `next`.
fn told(message: &Value) -> Value {
    let payload = plain(message["payload"].clone());
    if message["type"] == "error" {
        return json!({ "errors": payload });
    }
    let refused = payload["data"].is_null();
    if refused {
        json!({ "errors": payload["errors"] })
    } else {
        payload
    }
}

#[tokio::test]
async fn the_stock_handlers_answer_every_operation_of_the_docs_as_regies_own_do() {
    let floor = Floor::new().await;
    let (id, agent) = (floor.active("WHATSAPP").await, floor.agent("bert"));
    floor.open("LIVE_CHAT").await;
    let (ours, stock) = (floor.server.url.clone(), stock(&floor).await);
    let (mut queries, mut mutations, mut subscriptions) = (0, 0, 0);
    for text in operations() {
        // Mutations are refused alike, so that neither changes what the other sees.
        let is_mutation = text.contains("mutation ");
        let conversation = if is_mutation { "conv_none" } else { &id };
        let variables =
            json!({ "id": conversation, "ids": [conversation], "agent": agent, "version": 1 });
        let declared = |name: &str| text.contains(&format!("${name}:"));
        let variables: serde_json::Map<_, _> = variables
            .as_object()
            .unwrap()
            .iter()
            .filter(|(name, _)| declared(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let body = json!({ "query": text, "variables": variables });
        if text.contains("subscription ") {
            let (mut one, mut other) = (
                Socket::open(&ours, &floor.sam).await,
                Socket::open(&stock, &floor.sam).await,
            );
            one.subscribe(text, body["variables"].clone()).await;
            other.subscribe(text, body["variables"].clone()).await;
            tokio::time::sleep(Duration::from_millis(200)).await;
            floor.open("WHATSAPP").await;
            let (one, other) = (
                one.next_unless_silent().await,
                other.next_unless_silent().await,
            );
            assert_eq!(one.as_ref().map(told), other.as_ref().map(told), "{text}");
            subscriptions += 1;
            continue;
        }
        let (one, other) = (
            post(&ours, &floor.sam, &body).await,
            post(&stock, &floor.sam, &body).await,
        );
        assert_eq!(one, other, "{text}");
        assert!(one.get("errors").is_none(), "{text}: {one}");
        if is_mutation {
            mutations += 1;
        } else {
            queries += 1;
        }
    }
    assert!(
        queries >= 5 && mutations >= 5 && subscriptions >= 5,
        "{queries} {mutations} {subscriptions}"
    );
}

#[tokio::test]
async fn what_is_refused_is_refused_alike_and_a_token_that_ends_ends_its_subscription() {
    let floor = Floor::new().await;
    let (ours, stock) = (floor.server.url.clone(), stock(&floor).await);
    for body in [
        json!({ "query": "{ nothing }" }),
        json!({ "query": "{" }),
        json!({ "query": "query($id: ID!) { conversation(id: $id) { id } }" }),
        json!({ "query": "query($first: Int) { agents(first: $first) { totalCount } }", "variables": { "first": 101 } }),
        json!({ "query": "query($first: Int) { agents(first: $first) { totalCount } }", "variables": { "first": "x" } }),
        json!({ "query": "{ auditLog(first: 1, last: 1) { totalCount } }" }),
    ] {
        let (one, other) = (
            post(&ours, &floor.sam, &body).await,
            post(&stock, &floor.sam, &body).await,
        );
        // The stock answer has `"data": null` where nothing was executed.
        assert_eq!(one["errors"], other["errors"], "{body}");
        assert!(other["data"].is_null() && one["data"].is_null(), "{body}");
        assert!(one["errors"][0]["extensions"]["code"].is_string(), "{one}");
    }
    let nobody = post(
        &stock,
        "no.such.token",
        &json!({ "query": "{ viewer { subject } }" }),
    )
    .await;
    assert_eq!(nobody["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert_eq!(nobody["data"], Value::Null);

    let brief = Token::supervisor("sue")
        .lasting(Duration::from_mins(1))
        .sign();
    let mut socket = Socket::open(&stock, &brief).await;
    socket
        .subscribe(
            "subscription { conversationChanges { __typename } }",
            json!({}),
        )
        .await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    floor.server.clock.advance(chrono::TimeDelta::seconds(61));
    let last = socket.message().await;
    let said = last.to_string();
    assert!(said.contains("UNAUTHENTICATED"), "{said}");
}
