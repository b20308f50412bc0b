//! `/graphql` over GET and POST.
//!
//! A page of another site cannot make a browser send these: a POST must be `application/json`, and
//! every request needs the `Authorization` header; neither is possible without CORS consent.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{FromRequestParts, Query, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use futures_util::FutureExt;

use super::event_stream;
use super::fault::Fault;
use super::metrics;
use super::negotiate::{self, MediaType};
use super::operations::Operations;
use super::request;
use super::respond::{self, Outcome};
use super::websocket;
use super::{App, internal_error};
use crate::graphql::engine::{GraphQlRequest, OperationKind};
use auth::bearer_token;
use domain::Viewer;
use engine::log::GivenCursor;

const NOT_ACCEPTABLE: &str =
    "Accept application/graphql-response+json, application/json or text/event-stream.";

/// What a method may carry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Get,
    Post,
}

/// `POST /graphql`: every operation; subscriptions as an event stream.
pub(super) async fn post<E: Operations>(
    State(app): State<Arc<App<E>>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(media) = negotiate::accepted(&headers) else {
        return unread(not_acceptable(), &headers, body).await;
    };
    let viewer = match begin(&app, &headers).await {
        Ok(viewer) => viewer,
        Err(fault) => return unread(respond::fault(media, fault), &headers, body).await,
    };
    let body = match request::read_body(body, &app.options).await {
        Ok(body) => body,
        // The rest of it is not waited for.
        Err(fault) => return respond::closing(respond::fault(media, fault)),
    };
    match request::of_body(&body) {
        Ok(request) => {
            let how = (Method::Post, media, &headers);
            answer(&app, how, viewer, request).await
        }
        Err(fault) => respond::fault(media, fault),
    }
}

/// Whose a POST is; or why it is refused before its body is read.
async fn begin<E: Operations>(app: &App<E>, headers: &HeaderMap) -> Result<Arc<Viewer>, Fault> {
    if !negotiate::is_json_body(headers) {
        return Err(Fault::MediaType);
    }
    let viewer = viewer(app, headers).await?;
    match declared_length(headers) {
        Some(length) if length > app.options.body_bytes as u64 => {
            Err(request::too_large(&app.options, length))
        }
        _ => Ok(viewer),
    }
}

/// A refusal of a request whose body nobody has read.
async fn unread(refusal: Response, headers: &HeaderMap, body: Body) -> Response {
    if request::pass_over(headers, body).await {
        refusal
    } else {
        respond::closing(refusal)
    }
}

/// `GET /graphql`: queries, subscriptions as an event stream, and the way to the WebSocket.
pub(super) async fn get<E: Operations>(
    State(app): State<Arc<App<E>>>,
    request: Request,
) -> Response {
    let (mut parts, _) = request.into_parts();
    if websocket::is_upgrade(&parts.headers) {
        return websocket::upgrade(app, &mut parts).await;
    }
    let Some(media) = negotiate::accepted(&parts.headers) else {
        return not_acceptable();
    };
    let viewer = match viewer(&app, &parts.headers).await {
        Ok(viewer) => viewer,
        Err(fault) => return respond::fault(media, fault),
    };
    let pairs = Query::<Vec<(String, String)>>::from_request_parts(&mut parts, &()).await;
    let request = pairs
        .map_err(|_| Fault::Malformed("The query string cannot be read.".to_owned()))
        .and_then(|Query(pairs)| request::of_query_string(pairs));
    match request {
        Ok(request) => {
            let how = (Method::Get, media, &parts.headers);
            answer(&app, how, viewer, request).await
        }
        Err(fault) => respond::fault(media, fault),
    }
}

/// Any other method.
pub(super) async fn other_method() -> Response {
    respond::fault(
        MediaType::Json,
        Fault::Method {
            allow: "GET, HEAD, POST",
            message: "Send operations by POST, or queries by GET.",
        },
    )
}

async fn answer<E: Operations>(
    app: &Arc<App<E>>,
    (method, media, headers): (Method, MediaType, &HeaderMap),
    viewer: Arc<Viewer>,
    mut request: GraphQlRequest,
) -> Response {
    if media == MediaType::EventStream {
        match last_event(headers) {
            Ok(resume) => request.resume = resume,
            Err(fault) => return respond::fault(media, fault),
        }
    }
    let prepared = match app.engine.prepare(request) {
        Ok(prepared) => prepared,
        Err(refusal) => {
            metrics::refused_at_gate("http");
            return respond::gate_refusal(media, &refusal);
        }
    };
    let kind = E::kind(&prepared);
    if let Err(fault) = carries(method, media, kind) {
        return respond::fault(media, fault);
    }
    if media == MediaType::EventStream {
        if kind == OperationKind::Subscription && app.options.shutdown.is_cancelled() {
            return respond::fault(media, Fault::Stopping);
        }
        return event_stream::answer(app, prepared, viewer).await;
    }
    match run(app, prepared, viewer).await {
        Ok(outcome) => respond::outcome(media, &outcome),
        Err(fault) => respond::fault(media, fault),
    }
}

/// The event after which a stream goes on that was cut. Whoever sends it has that event, so it counts
/// more than an `after` in the document, which is that of the first request and stays the same when a
/// browser connects again.
fn last_event(headers: &HeaderMap) -> Result<Option<GivenCursor>, Fault> {
    let Some(id) = headers.get("last-event-id").filter(|id| !id.is_empty()) else {
        return Ok(None);
    };
    let cursor = id.to_str().ok().and_then(|id| id.parse().ok());
    cursor.map(Some).ok_or(Fault::LastEventId)
}

/// Whether the operation may come this way.
fn carries(method: Method, media: MediaType, kind: OperationKind) -> Result<(), Fault> {
    const ELSEWHERE: &str = "Subscriptions run over WebSocket (graphql-transport-ws), or with \
                             Accept: text/event-stream.";
    match (kind, method) {
        (OperationKind::Mutation, Method::Get) => Err(Fault::Method {
            allow: "POST",
            message: "Mutations cannot be sent by GET; use POST.",
        }),
        (OperationKind::Subscription, _) if media == MediaType::EventStream => Ok(()),
        (OperationKind::Subscription, Method::Get) => Err(Fault::Method {
            allow: "POST",
            message: ELSEWHERE,
        }),
        (OperationKind::Subscription, Method::Post) => Err(Fault::NotAcceptable(ELSEWHERE)),
        (OperationKind::Query | OperationKind::Mutation, _) => Ok(()),
    }
}

/// Executes a query or mutation within the time-out. A panic becomes a fault with an id.
pub(super) async fn run<E: Operations>(
    app: &App<E>,
    prepared: E::Prepared,
    viewer: Arc<Viewer>,
) -> Result<Outcome, Fault> {
    let (kind, started) = (E::kind(&prepared), Instant::now());
    let execution = AssertUnwindSafe(app.engine.execute(prepared, viewer)).catch_unwind();
    let allowed = app.options.request_timeout;
    let outcome = match tokio::time::timeout(allowed, execution).await {
        Ok(Ok(answer)) => Outcome::of(answer),
        Ok(Err(_panic)) => Err(Fault::Internal(internal_error(&"an operation panicked"))),
        Err(_elapsed) => Err(Fault::TimedOut {
            kind,
            allowed_millis: allowed.as_millis(),
        }),
    };
    let label = outcome.as_ref().map_or("failed", Outcome::label);
    metrics::operation(kind, label, started.elapsed());
    outcome
}

fn not_acceptable() -> Response {
    respond::fault(MediaType::Json, Fault::NotAcceptable(NOT_ACCEPTABLE))
}

/// Who sends this, if they may send more. Nothing but the one `Authorization` header says who.
async fn viewer<E: Operations>(app: &App<E>, headers: &HeaderMap) -> Result<Arc<Viewer>, Fault> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Err(Fault::NoToken);
    };
    if values.next().is_some() {
        return Err(Fault::Token(auth::TokenRefused::NotBearer));
    }
    let text = value.to_str().unwrap_or_default();
    let token = bearer_token(text).map_err(Fault::Token)?;
    let known = app.engine.authenticate(token).await;
    let viewer = known.map_err(Fault::Token)?;
    app.admission.ask(&viewer).map_err(Fault::TooOften)?;
    Ok(viewer)
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}
