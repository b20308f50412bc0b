//! From a result to a response: body, status, headers.
//!
//! Invariant: a request error (GraphQL specification section 7.1) has no `data` key; everything
//! that was executed has one, also when it is null.

use async_graphql::ServerError;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use serde::Serialize;

use super::event_stream;
use super::fault::Fault;
use super::negotiate::MediaType;
use crate::graphql::engine::Answer;
use crate::graphql::gate::{GateRefusal, RefusalKind, internal_error, is_internal, with_codes};
use domain::refusal::Code;

/// A body without `data`.
#[derive(Serialize)]
struct Refused<'a> {
    errors: &'a [ServerError],
}

/// What came of a query or mutation.
pub(super) enum Outcome {
    /// It was executed: the result as JSON, and whether fields of it failed.
    Executed(Bytes, Fields),
    /// A request error: it did not start.
    Refused(Vec<ServerError>),
}

/// How the fields of a result fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fields {
    /// All of them are there.
    Whole,
    /// Some failed.
    Failed,
    /// Some failed by a fault of ours.
    Ours,
}

impl Outcome {
    /// Tells them apart. What has no data and blames no field did not start.
    pub(super) fn of(answer: Answer) -> Result<Self, Fault> {
        let mut response = match answer {
            Answer::Ready(json) => return Ok(Self::Executed(json, Fields::Whole)),
            Answer::Executed(response) => response,
        };
        response.errors = with_codes(response.errors);
        let started = response.errors.is_empty()
            || response.data != async_graphql::Value::Null
            || response.errors.iter().any(|error| !error.path.is_empty());
        if !started {
            return Ok(Self::Refused(response.errors));
        }
        let fields = if response.is_ok() {
            Fields::Whole
        } else if response.errors.iter().any(is_internal) {
            Fields::Ours
        } else {
            Fields::Failed
        };
        match serde_json::to_vec(&response) {
            Ok(json) => Ok(Self::Executed(json.into(), fields)),
            Err(error) => Err(Fault::Internal(internal_error(&error))),
        }
    }

    /// For the metrics.
    pub(super) fn label(&self) -> &'static str {
        match self {
            Self::Executed(_, Fields::Whole) => "ok",
            Self::Executed(_, Fields::Failed) => "field_errors",
            Self::Executed(_, Fields::Ours) => "internal",
            Self::Refused(_) => "refused",
        }
    }
}

/// The response to an operation.
pub(super) fn outcome(media: MediaType, outcome: &Outcome) -> Response {
    match outcome {
        Outcome::Executed(result, _) => json(media, StatusCode::OK, result.clone()),
        Outcome::Refused(refused) => refusal(media, refused),
    }
}

/// The response to an operation that the gate refused.
pub(super) fn gate_refusal(media: MediaType, refusal: &GateRefusal) -> Response {
    match refusal.kind {
        RefusalKind::NotWellFormed => errors(media, StatusCode::BAD_REQUEST, &refusal.errors),
        RefusalKind::RequestError => self::refusal(media, &refusal.errors),
    }
}

/// The response to a request error. An event stream that only its operation is refused for is accepted, and says so
/// itself: a browser's `EventSource` cannot read any other answer (graphql-sse, distinct connections).
fn refusal(media: MediaType, refused: &[ServerError]) -> Response {
    let status = status_of(media, refused);
    if media == MediaType::EventStream && status == StatusCode::BAD_REQUEST {
        return event_stream::refused(refused);
    }
    errors(media, status, refused)
}

/// The response to a request that ends without a GraphQL result.
pub(super) fn fault(media: MediaType, fault: Fault) -> Response {
    let (status, header) = (fault.status(), fault.header());
    let mut response = errors(media, status, &[fault.error()]);
    if let Some((name, value)) = header {
        response.headers_mut().insert(name, value);
    }
    response
}

/// The same response, and the last on its connection: what is left of the request is not read, and its client
/// shall not send another after it.
pub(super) fn closing(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// The status of a request error.
fn status_of(media: MediaType, errors: &[ServerError]) -> StatusCode {
    let has = |code: Code| {
        let code = async_graphql::Value::from(code.as_str());
        errors.iter().any(|error| {
            let extensions = error.extensions.as_ref();
            extensions.and_then(|extensions| extensions.get("code")) == Some(&code)
        })
    };
    if has(Code::Internal) {
        StatusCode::INTERNAL_SERVER_ERROR
    } else if has(Code::Unauthenticated) {
        StatusCode::UNAUTHORIZED
    } else if has(Code::RateLimited) {
        StatusCode::TOO_MANY_REQUESTS
    } else if media == MediaType::Json {
        // Whoever asks for application/json may know GraphQL clients of before the specification.
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    }
}

fn errors(media: MediaType, status: StatusCode, errors: &[ServerError]) -> Response {
    json(media, status, errors_body(errors).into())
}

/// `{"errors":[…]}`.
pub(super) fn errors_body(errors: &[ServerError]) -> Vec<u8> {
    // Errors are strings, numbers and lists of them, which can always be written.
    serde_json::to_vec(&Refused { errors }).unwrap_or_else(|_| b"{\"errors\":[]}".to_vec())
}

/// A list of errors as JSON, for a message's payload.
pub(super) fn errors_list(errors: &[ServerError]) -> Vec<u8> {
    serde_json::to_vec(errors).unwrap_or_else(|_| b"[]".to_vec())
}

fn json(media: MediaType, status: StatusCode, body: Bytes) -> Response {
    let media = match media {
        // A stream that did not start is answered as its client's plain requests would be.
        MediaType::EventStream => MediaType::GraphQlResponse,
        other => other,
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media.content_type());
    guard(headers);
    response
}

/// Answers are for one viewer, and are JSON whatever a browser makes of them.
pub(super) fn guard(headers: &mut axum::http::HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.append(header::VARY, HeaderValue::from_static("Accept"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
}
