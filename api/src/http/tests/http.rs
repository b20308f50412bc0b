//! GET and POST: status, headers, body.

use std::convert::Infallible;
use std::sync::atomic::Ordering;

use futures_util::stream;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::*;

const JSON: &str = "application/json";
const GRAPHQL: &str = "application/graphql-response+json";

fn query(document: &str) -> String {
    json!({ "query": document }).to_string()
}

#[tokio::test]
async fn a_query_is_answered_in_the_type_asked_for() {
    let server = Server::new();
    for (accept, content_type) in [
        (JSON, "application/json; charset=utf-8"),
        ("*/*", "application/json; charset=utf-8"),
        (GRAPHQL, "application/graphql-response+json; charset=utf-8"),
    ] {
        let answer = server.post(accept, query("{ echo(text: \"ü\") }")).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("content-type"), content_type);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.json(), json!({ "data": { "echo": "ü" } }));
    }
    let answer = server.post("text/html", query("{ __typename }")).await;
    assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE);
    assert_eq!(answer.code(), "INVALID_INPUT");
}

#[tokio::test]
async fn request_errors_have_no_data_and_the_status_of_their_type() {
    let server = Server::new();
    for document in [
        "{",
        "{ nothing }",
        "query A { echo(text: 1) }",
        "query($id: ID!) { __typename }",
        "query A { __typename } query B { __typename }",
    ] {
        for (accept, status) in [(JSON, 200), (GRAPHQL, 400)] {
            let answer = server.post(accept, query(document)).await;
            assert_eq!(answer.status, status, "{document}");
            assert_eq!(answer.code(), "INVALID_INPUT", "{document}");
            assert!(answer.json().get("data").is_none(), "{document}");
        }
    }
}

#[tokio::test]
async fn what_was_executed_has_data_and_200() {
    let server = Server::new();
    let partial = server.post(GRAPHQL, query("{ fails }")).await;
    assert_eq!(partial.status, StatusCode::OK);
    assert_eq!(partial.json()["data"], json!({ "fails": null }));
    assert_eq!(partial.json()["errors"][0]["path"], json!(["fails"]));
    assert_eq!(partial.code(), "NOT_FOUND");
    let null = server.post(GRAPHQL, query("{ failsHard }")).await;
    assert_eq!(null.status, StatusCode::OK);
    assert!(null.json().as_object().unwrap().contains_key("data"));
}

#[tokio::test]
async fn a_request_that_is_not_well_formed_gets_400_in_every_type() {
    let server = Server::new();
    for body in [
        json!({}),
        json!({ "query": null }),
        json!({ "query": 7 }),
        json!({ "query": "{ __typename }", "variables": "x" }),
        json!({ "query": "{ __typename }", "variables": [] }),
        json!({ "query": "{ __typename }", "operationName": {} }),
        json!({ "query": "{ __typename }", "extensions": 0 }),
        json!([{ "query": "{ __typename }" }]),
        json!("{ __typename }"),
    ] {
        for accept in [JSON, GRAPHQL] {
            let answer = server.post(accept, body.to_string()).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
            assert_eq!(answer.code(), "INVALID_INPUT", "{body}");
        }
    }
    for body in ["", "{ \"query", "\u{0}"] {
        let answer = server.post(JSON, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
    }
    let batch = server.post(JSON, "[]").await;
    assert!(
        batch.json()["errors"][0]["message"]
            .as_str()
            .unwrap()
            .starts_with("Batches")
    );
}

#[tokio::test]
async fn nulls_and_unknown_parameters_are_ignored() {
    let body = json!({ "query": "{ __typename }", "variables": null, "operationName": null,
        "extensions": null, "more": 1 });
    let answer = Server::new().post(JSON, body.to_string()).await;
    assert_eq!(answer.json(), json!({ "data": { "__typename": "Query" } }));
}

#[tokio::test]
async fn only_json_is_read() {
    let server = Server::new();
    for content_type in ["text/plain", "application/x-www-form-urlencoded", ""] {
        let request = Request::post("/graphql")
            .header(header::AUTHORIZATION, format!("Bearer {}", server.token))
            .header(header::CONTENT_TYPE, content_type)
            .body(query("mutation { touch }").into());
        let answer = server.send(request.unwrap()).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(answer.header("accept"), JSON);
    }
    assert_eq!(server.toy.counts.mutations.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn without_a_token_there_is_only_401() {
    let server = Server::new();
    let expired = server.toy.token(1);
    server.toy.advance(5);
    let values = [
        (None, "Bearer"),
        (
            Some("Bearer x.y.z".to_owned()),
            "Bearer error=\"invalid_token\"",
        ),
        (
            Some("Basic eDp5".to_owned()),
            "Bearer error=\"invalid_token\"",
        ),
        (
            Some(format!("Bearer {expired}")),
            "Bearer error=\"invalid_token\"",
        ),
    ];
    for (value, challenge) in values {
        for method in ["GET", "POST"] {
            let mut request = Request::builder()
                .method(method)
                .uri("/graphql?query=%7B__typename%7D")
                .header(header::CONTENT_TYPE, JSON)
                .header(header::COOKIE, format!("token={}", server.token));
            if let Some(value) = &value {
                request = request.header(header::AUTHORIZATION, value);
            }
            let body = query("mutation { touch }").into();
            let answer = server.send(request.body(body).unwrap()).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
            assert_eq!(answer.code(), "UNAUTHENTICATED");
            assert_eq!(answer.header("www-authenticate"), challenge);
            assert!(answer.json().get("data").is_none());
        }
    }
    assert_eq!(server.toy.counts.mutations.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn two_authorization_headers_are_refused() {
    let server = Server::new();
    let request = Request::post("/graphql")
        .header(header::AUTHORIZATION, format!("Bearer {}", server.token))
        .header(header::AUTHORIZATION, format!("Bearer {}", server.token))
        .header(header::CONTENT_TYPE, JSON)
        .body(query("{ __typename }").into());
    let answer = server.send(request.unwrap()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_get_carries_queries_and_nothing_else() {
    let server = Server::new();
    let answer = server
        .get(
            GRAPHQL,
            "query=query(%24t%3AString!)%7Becho(text%3A%24t)%7D&variables=%7B%22t%22%3A%22a%22%7D",
        )
        .await;
    assert_eq!(answer.json(), json!({ "data": { "echo": "a" } }));
    for document in ["mutation%7Btouch%7D", "subscription%7Bcount(to%3A1)%7D"] {
        let answer = server.get(GRAPHQL, &format!("query={document}")).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.header("allow"), "POST");
    }
    for wrong in [
        "",
        "query=%7Ba%7D&query=%7Bb%7D",
        "query=%7Ba%7D&variables=x",
    ] {
        let answer = server.get(JSON, wrong).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    assert_eq!(server.toy.counts.mutations.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn other_methods_are_told_which_there_are() {
    let server = Server::new();
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
        let request = Request::builder().method(method).uri("/graphql");
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.header("allow"), "GET, HEAD, POST");
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
}

#[tokio::test]
async fn a_subscription_by_post_needs_an_event_stream() {
    let answer = Server::new()
        .post(JSON, query("subscription { count(to: 1) }"))
        .await;
    assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE);
}

#[tokio::test]
async fn a_body_has_a_limit_declared_or_not() {
    let server = Server::new();
    let long = query(&format!("{{ __typename }} #{}", "x".repeat(256 * 1024)));
    let declared = server.post(JSON, long.clone()).await;
    let parts = vec![Ok::<_, Infallible>(long)];
    let undeclared = server
        .post(JSON, Body::from_stream(stream::iter(parts)))
        .await;
    for answer in [declared, undeclared] {
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(answer.code(), "LIMIT_EXCEEDED");
        let extensions = &answer.json()["errors"][0]["extensions"];
        assert_eq!(extensions["limit"], "bodyBytes");
        assert_eq!(extensions["allowed"], 262_144);
    }
}

#[tokio::test]
async fn a_limit_of_the_gate_is_a_request_error() {
    let document = format!("{{ __typename }} #{}", "x".repeat(64 * 1024));
    let answer = Server::new().post(GRAPHQL, query(&document)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let extensions = &answer.json()["errors"][0]["extensions"];
    assert_eq!(extensions["limit"], "documentBytes");
}

#[tokio::test]
async fn a_query_that_takes_too_long_is_given_up() {
    let options = HttpOptions {
        request_timeout: Duration::from_millis(20),
        ..HttpOptions::default()
    };
    let answer = Server::with(options).post(JSON, query("{ sleeps }")).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.code(), "LIMIT_EXCEEDED");
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_given_up() {
    let options = HttpOptions {
        body_timeout: Duration::from_millis(20),
        ..HttpOptions::default()
    };
    let body = Body::from_stream(stream::pending::<Result<String, Infallible>>());
    let answer = Server::with(options).post(JSON, body).await;
    assert_eq!(answer.status, StatusCode::REQUEST_TIMEOUT);
}

#[tokio::test]
async fn a_mutation_goes_on_after_its_caller_left() {
    let server = Server::with(HttpOptions {
        request_timeout: Duration::from_millis(20),
        ..HttpOptions::default()
    });
    let answer = server
        .post(JSON, query("mutation { touch(millis: 100) }"))
        .await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(
        answer.json()["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("goes on")
    );
    eventually(|| server.toy.counts.mutations.load(Ordering::SeqCst) == 1).await;
}

#[tokio::test]
async fn a_fault_shows_an_id_and_nothing_else() {
    let answer = Server::new().post(JSON, query("{ panics }")).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    let error = &answer.json()["errors"][0];
    assert_eq!(error["extensions"]["code"], "INTERNAL");
    let id = error["extensions"]["id"].as_str().unwrap();
    let message = format!("Something went wrong on our side; id {id}.");
    assert_eq!(error["message"], message.as_str());
    assert!(!String::from_utf8_lossy(&answer.body).contains("secret"));
}

#[tokio::test]
async fn health_says_what_the_options_say() {
    let shutdown = CancellationToken::new();
    let server = Server::with(HttpOptions {
        shutdown: shutdown.clone(),
        ..HttpOptions::default()
    });
    let get = async |path: &str| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        server.send(request).await.status
    };
    assert_eq!(get("/health/live").await, StatusCode::OK);
    assert_eq!(get("/health/ready").await, StatusCode::OK);
    assert_eq!(get("/metrics").await, StatusCode::NOT_FOUND);
    shutdown.cancel();
    assert_eq!(get("/health/live").await, StatusCode::OK);
    assert_eq!(get("/health/ready").await, StatusCode::SERVICE_UNAVAILABLE);
    let starting = Server::with(HttpOptions {
        ready: std::sync::Arc::new(|| false),
        ..HttpOptions::default()
    });
    let request = Request::get("/health/ready").body(Body::empty()).unwrap();
    assert_eq!(
        starting.send(request).await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
}

#[tokio::test]
async fn an_allowed_origin_gets_cors_headers_and_others_do_not() {
    let server = Server::with(HttpOptions {
        allowed_origins: vec!["https://desk.example".parse().unwrap()],
        ..HttpOptions::default()
    });
    for (origin, expected) in [
        ("https://desk.example", "https://desk.example"),
        ("https://evil.example", ""),
    ] {
        let request = Request::options("/graphql")
            .header(header::ORIGIN, origin)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
            .body(Body::empty());
        let answer = server.send(request.unwrap()).await;
        assert_eq!(answer.header("access-control-allow-origin"), expected);
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
    // What a page may read of an answer, and only there.
    let request = Request::get("/graphql").header(header::ORIGIN, "https://desk.example");
    let answer = server.send(request.body(Body::empty()).unwrap()).await;
    let exposed = answer.header("access-control-expose-headers");
    assert_eq!(exposed, "retry-after,www-authenticate");
    let request = Request::get("/health/live").header(header::ORIGIN, "https://desk.example");
    let answer = server.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn metrics_count_requests_under_bounded_labels() {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let server = Server::with(HttpOptions {
        metrics: Some(recorder.handle()),
        ..HttpOptions::default()
    });
    let _guard = metrics::set_default_local_recorder(&recorder);
    server
        .post(JSON, query("query Chosen { __typename }"))
        .await;
    let request = Request::get("/some/path").body(Body::empty()).unwrap();
    server.send(request).await;
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let text = String::from_utf8(server.send(request).await.body).unwrap();
    for line in [
        "regie_http_requests_total{method=\"POST\",path=\"/graphql\",status=\"200\"} 1",
        "regie_http_requests_total{method=\"GET\",path=\"other\",status=\"404\"} 1",
        "regie_operations_total{kind=\"query\",outcome=\"ok\"} 1",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("Chosen") && !text.contains("/some/path"));
}
