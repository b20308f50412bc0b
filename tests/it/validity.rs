//! What the GraphQL specification calls invalid is refused before anything of it runs, also where the
//! execution library would let it through; and what is valid passes.

use api::graphql::gate::{GateOptions, Limits};
use api::http::HttpOptions;
use engine::clock::Clock;
use serde_json::{Value, json};

use crate::floor::Floor;
use crate::harness::{Database, Server, Token, refused_stream};

/// The message of the first error of a document that must be refused, with a place in it.
async fn refused(server: &Server, token: &str, query: &str, variables: Value) -> String {
    let answer = server.post(token, query, variables).await;
    assert!(answer.get("data").is_none(), "{query}\n{answer:#}");
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["code"], "INVALID_INPUT", "{answer:#}");
    assert!(error["locations"][0]["line"].is_u64(), "{answer:#}");
    assert!(error["locations"][0]["column"].is_u64(), "{answer:#}");
    error["message"].as_str().unwrap().to_owned()
}

async fn assert_invalid(cases: &[(&str, Value, &str)]) {
    let server = Server::start().await;
    let token = Token::supervisor("sam").sign();
    for (query, variables, expected) in cases {
        let message = refused(&server, &token, query, variables.clone()).await;
        assert!(message.contains(expected), "{query}\n{message}");
    }
}

#[tokio::test]
async fn a_nullable_variable_is_refused_where_a_value_is_needed_also_when_it_has_one() {
    let id = json!({ "id": "conv_0190a0b0c0d07000800000000000abcd" });
    let pick = "mutation($id: ID) { pickConversation(input: { conversationId: $id }) { asOf } }";
    assert_invalid(&[
        ("query($id: ID) { node(id: $id) { id } }", id.clone(), "$id"),
        (pick, id.clone(), "$id"),
        (
            "query($id: ID = null) { node(id: $id) { id } }",
            id.clone(),
            "$id",
        ),
        (
            "query($on: Boolean) { viewer { subject @include(if: $on) } }",
            json!({ "on": true }),
            "$on",
        ),
        (
            "query($queue: ID) { ongoingConversations(filter: { queueIds: [$queue] }) { totalCount } }",
            json!({ "queue": id["id"] }),
            "$queue",
        ),
    ])
    .await;
}

#[tokio::test]
async fn an_input_field_that_comes_twice_is_refused_and_neither_value_counts() {
    let floor = Floor::new().await;
    floor.presence(&floor.anna, "AVAILABLE").await;
    let twice = "mutation { setPresence(input: { presence: AWAY, presence: BUSY }) { asOf } }";
    let message = refused(&floor.server, &floor.anna, twice, json!({})).await;
    assert!(message.contains("\"presence\""), "{message}");
    let viewer = "{ viewer { agent { presence } } }";
    let viewer = floor.server.data(&floor.anna, viewer, json!({})).await;
    assert_eq!(viewer["viewer"]["agent"]["presence"], "AVAILABLE");
}

#[tokio::test]
async fn two_fields_under_one_key_are_refused_wherever_they_meet() {
    let none = || json!({});
    let message = "`x`";
    assert_invalid(&[
        (
            "{ viewer { x: subject } viewer { x: roles } }",
            none(),
            message,
        ),
        (
            "{ viewer { x: subject } ... on Query { viewer { ...F } } } fragment F on Viewer { x: roles }",
            none(),
            message,
        ),
        (
            "{ agents(first: 1) { totalCount } ... on Query { agents(first: 2) { totalCount } } }",
            none(),
            "conflicting field arguments",
        ),
    ])
    .await;
}

#[tokio::test]
async fn an_int_out_of_range_is_refused_below_a_field_that_is_not_reached() {
    let below = |arguments: &str| {
        format!(
            "query($n: Int) {{ conversation(id: \"conv_0190a0b0c0d07000800000000000abcd\") {{
             transcript(first: $n, {arguments}) {{ edges {{ cursor }} }} }} }}"
        )
    };
    let literal = below("last: -3000000000");
    let default = below("last: 1").replace("$n: Int", "$n: Int = -3000000000");
    assert_invalid(&[
        (&literal, json!({}), "32-bit"),
        (&default, json!({ "n": 1 }), "32-bit"),
    ])
    .await;
}

#[tokio::test]
async fn the_condition_of_skip_and_include_is_a_boolean() {
    let none = || json!({});
    assert_invalid(&[
        (
            "{ viewer { subject @include(if: \"yes\") } }",
            none(),
            "Boolean",
        ),
        ("{ viewer { subject @skip(if: 1) } }", none(), "Boolean"),
        ("{ viewer { subject @skip(if: null) } }", none(), "if"),
        ("{ viewer { subject @skip } }", none(), "if"),
    ])
    .await;
}

#[tokio::test]
async fn nothing_is_selected_below_typename() {
    assert_invalid(&[(
        "{ __typename { subject } viewer { subject } }",
        json!({}),
        "subselection",
    )])
    .await;
}

#[tokio::test]
async fn a_keyword_ends_before_the_name_after_it() {
    assert_invalid(&[
        (
            "queryName { viewer { subject } }",
            json!({}),
            "syntax error",
        ),
        (
            "query Name { ...F } fragmentF on Query { viewer { subject } }",
            json!({}),
            "`F`",
        ),
    ])
    .await;
}

#[tokio::test]
async fn null_has_no_capitals() {
    assert_invalid(&[("{ agents(first: NULL) { totalCount } }", json!({}), "Int")]).await;
}

#[tokio::test]
async fn a_variable_takes_no_directive_that_is_not_for_variables() {
    let none = || json!({});
    assert_invalid(&[
        (
            "query($n: Int @include(if: true)) { agents(first: $n) { totalCount } }",
            none(),
            "include",
        ),
        (
            "query($n: Int @unknown) { agents(first: $n) { totalCount } }",
            none(),
            "unknown",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_target_is_exactly_one_for_certain() {
    let assign = |target: &str| {
        format!(
            "mutation($id: ID) {{ assignConversation(input: {{ conversationId: \"conv_1\",
             target: {target} }}) {{ asOf }} }}"
        )
    };
    for target in ["{ agentId: $id }", "{ agentId: \"a\", queueId: $id }", "{}"] {
        let query = assign(target);
        assert_invalid(&[(&query, json!({ "id": "agent_1" }), "")]).await;
    }
}

#[tokio::test]
async fn a_subscription_is_judged_alike_over_every_transport() {
    let server = Server::start().await;
    let token = Token::supervisor("sam").sign();
    let query = "subscription($id: ID) { conversationTranscript(conversationId: $id) { cursor } }";
    let variables = json!({ "id": "conv_0190a0b0c0d07000800000000000abcd" });

    let mut socket = server.socket(&token).await;
    let id = socket.subscribe(query, variables.clone()).await;
    let message = socket.message().await;
    assert_eq!(
        (&message["type"], &message["id"]),
        (&json!("error"), &json!(id))
    );
    let over_socket = message["payload"][0].clone();
    assert_eq!(over_socket["extensions"]["code"], "INVALID_INPUT");

    let body = json!({ "query": query, "variables": variables });
    let request = reqwest::Client::new()
        .post(&server.url)
        .bearer_auth(&token)
        .json(&body);
    let request = request.header("Accept", "text/event-stream");
    let response = request.send().await.unwrap();
    let answer = refused_stream(response).await;
    assert_eq!(answer["errors"][0], over_socket);
}

#[tokio::test]
async fn one_operation_of_several_is_refused_with_the_others() {
    let query = "query A { viewer { subject } } query B($id: ID) { node(id: $id) { id } }";
    let server = Server::start().await;
    let token = Token::supervisor("sam").sign();
    let body = json!({ "query": query, "operationName": "A" });
    let request = reqwest::Client::new()
        .post(&server.url)
        .bearer_auth(&token)
        .json(&body);
    let request = request.header("Accept", "application/graphql-response+json");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 400);
}

#[tokio::test]
async fn a_valid_document_passes_however_unusual() {
    let server = Server::start().await;
    let token = Token::supervisor("sam").sign();
    for query in [
        "{ viewer { x: subject } viewer { x: subject y: roles } }",
        "query($n: Int = 3) { agents(first: $n) { totalCount } queues(first: $n) { totalCount } }",
        "query($on: Boolean = true) { viewer { subject @include(if: $on) } }",
        "{ node(id: 7) { id } }",
        "{ node(id: \"x\") { ... on Conversation { x: id y: state } ... on Queue { x: id } __typename } }",
    ] {
        let answer = server.post(&token, query, json!({})).await;
        assert!(answer.get("data").is_some(), "{query}\n{answer:#}");
    }
}

#[tokio::test]
async fn limits_are_held_before_a_document_is_judged() {
    let server = Server::start().await;
    let token = Token::supervisor("sam").sign();
    // Selection sets inside one another, by fragments: deeper than a validator can follow.
    let link = |at| {
        format!(
            "fragment F{at} on Query {{ ... {{ ... {{ ...F{} }} }} }}",
            at + 1
        )
    };
    let chain = (0..99).map(link).collect::<Vec<_>>().join(" ");
    let deep = format!("{{ ...F0 }} {chain} fragment F99 on Query {{ nothing }}");
    let answer = server.post(&token, &deep, json!({})).await;
    let extensions = &answer["errors"][0]["extensions"];
    assert_eq!(extensions["code"], "LIMIT_EXCEEDED", "{answer:#}");
    assert_eq!(
        (&extensions["limit"], &extensions["allowed"]),
        (&json!("nesting"), &json!(64))
    );
    // As deep as it may be: judged, by its unknown field.
    let deepest = format!(
        "{{ viewer {}nothing{} }}",
        "{ ... ".repeat(62),
        "}".repeat(62)
    );
    let message = refused(&server, &token, &deepest, json!({})).await;
    assert!(message.contains("nothing"), "{message}");
}

#[tokio::test]
async fn without_introspection_a_refusal_tells_no_name_of_the_schema() {
    let gate = GateOptions {
        introspection: false,
        ..Limits::default().into()
    };
    let (clock, http) = (Clock::system(), HttpOptions::default());
    let server = Server::with(Database::sqlite(), clock, gate, http).await;
    let token = Token::supervisor("sam").sign();
    for query in [
        "query($id: ID) { node(id: $id) { id } }",
        "mutation { setPresence(input: { presence: AWAY, presence: BUSY }) { asOf } }",
        "{ viewer { x: subject } viewer { x: roles } }",
    ] {
        let message = refused(&server, &token, query, json!({})).await;
        assert_eq!(message, "The document is not valid here.", "{query}");
    }
}

#[tokio::test]
async fn a_type_may_be_spelled_with_space_and_zero_with_a_sign() {
    let server = Server::start().await;
    let token = Token::supervisor("sam").sign();
    let query = "query($n: Int = -0 , $ids: [ ID !\n ] # several\n !) {
        agents(first: $n) { totalCount } first: agents(first: -0) { totalCount }
        ongoingConversations(filter: { queueIds: $ids }) { totalCount } }";
    let variables = json!({ "ids": ["queue_0190a0b0c0d07000800000000000abcd"] });
    let answer = server.post(&token, query, variables).await;
    assert!(answer.get("data").is_some(), "{answer:#}");
    // Errors name the places of the text as it was sent.
    let query = "query($a: [ Int\n ] !, $b : Int) { agents(first: $b) { totalCount } }";
    let answer = server.post(&token, query, json!({ "a": [1] })).await;
    let unused = json!([{ "line": 1, "column": 7 }]);
    assert_eq!(answer["errors"][0]["locations"], unused, "{answer:#}");
}
