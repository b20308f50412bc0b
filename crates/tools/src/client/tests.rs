//! The client against a server that behaves badly.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use tokio::net::TcpListener;

use super::*;

/// What the server was asked, in order.
type Asked = Arc<Mutex<Vec<Value>>>;

/// A server that gives these answers one after the other, and the last one for ever.
async fn server(answers: Vec<fn() -> Response>) -> (Caller, Asked) {
    let asked = Asked::default();
    let seen = asked.clone();
    let handler = move |body: axum::Json<Value>| async move {
        let mut seen = seen.lock().unwrap();
        seen.push(body.0);
        let answer = answers[seen.len().min(answers.len()) - 1];
        answer()
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/graphql", post(handler));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let url = Url::parse(&format!("http://{address}/graphql")).unwrap();
    let caller = Client::new(url).unwrap().caller("token").unwrap();
    (caller, asked)
}

fn json_answer(text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

fn busy() -> Response {
    let headers = [(header::RETRY_AFTER, "0")];
    (StatusCode::TOO_MANY_REQUESTS, headers).into_response()
}

fn starting() -> Response {
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

fn picked() -> Response {
    json_answer(r#"{"data":{"pickConversation":{"errors":[]}}}"#)
}

fn refused() -> Response {
    json_answer(
        r#"{"data":{"pickConversation":{"errors":[{"code":"INVALID_STATE","message":"No."}]}}}"#,
    )
}

fn unauthenticated() -> Response {
    let body = r#"{"errors":[{"message":"Who?","extensions":{"code":"UNAUTHENTICATED"}}]}"#;
    (StatusCode::UNAUTHORIZED, body).into_response()
}

fn foreign() -> Response {
    "<html>".into_response()
}

async fn pick(caller: &Caller) -> Result<Value, ClientError> {
    let input = json!({ "conversationId": "conv_1" });
    caller.mutate(&Mutation::PICK, input, "key").await
}

#[tokio::test]
async fn a_busy_server_is_asked_again_with_the_same_key() {
    let (caller, asked) = server(vec![busy, starting, busy, picked]).await;
    pick(&caller).await.unwrap();
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 4);
    for body in asked.iter() {
        assert_eq!(body, &asked[0]);
        assert_eq!(body["variables"]["input"]["idempotencyKey"], "key");
    }
}

#[tokio::test]
async fn a_refusal_is_told_with_its_code_and_not_asked_again() {
    let (caller, asked) = server(vec![refused]).await;
    let error = pick(&caller).await.unwrap_err();
    assert!(matches!(error, ClientError::Refused { .. }), "{error}");
    assert_eq!(error.code(), "INVALID_STATE");
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_token_that_is_not_accepted_fails_at_once() {
    let (caller, asked) = server(vec![unauthenticated]).await;
    let error = pick(&caller).await.unwrap_err();
    assert!(matches!(error, ClientError::Failed { .. }), "{error}");
    assert_eq!(error.code(), "UNAUTHENTICATED");
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn what_does_not_speak_graphql_is_not_understood() {
    let (caller, _) = server(vec![foreign]).await;
    let error = pick(&caller).await.unwrap_err();
    assert!(matches!(error, ClientError::NotUnderstood(_)), "{error}");
}
