//! What can be wrong with a request before GraphQL has a say, and with the server itself.

use async_graphql::ServerError;
use axum::http::{HeaderValue, StatusCode};

use super::admission::{TooManyConnections, TooOften};
use crate::graphql::engine::OperationKind;
use crate::graphql::gate::{coded, limit_exceeded};
use auth::TokenRefused;
use domain::refusal::Code;

/// A request that ends without a GraphQL result.
#[derive(Debug)]
pub(super) enum Fault {
    /// 400: not a well-formed GraphQL request.
    Malformed(String),
    /// 400: `Last-Event-ID` is no cursor.
    LastEventId,
    /// 401: no `Authorization` header.
    NoToken,
    /// 401: the token is refused.
    Token(TokenRefused),
    /// 403: another web origin.
    Origin,
    /// 405: the method, or the operation over this method.
    Method {
        /// `Allow`.
        allow: &'static str,
        /// Why.
        message: &'static str,
    },
    /// 406: no media type in common.
    NotAcceptable(&'static str),
    /// 408: the body did not arrive in time.
    BodyTimeout,
    /// 413: the body is too large.
    BodyTooLarge { allowed: usize, found: u64 },
    /// 415: the body is not JSON.
    MediaType,
    /// 429: too many requests of one viewer.
    TooOften(TooOften),
    /// 429: too many connections of one viewer.
    TooManyConnections(TooManyConnections),
    /// 500: a fault of the server.
    Internal(ServerError),
    /// 503: the operation took too long.
    TimedOut {
        kind: OperationKind,
        allowed_millis: u128,
    },
    /// 503: the server stops, and takes no new live connections.
    Stopping,
}

impl Fault {
    pub(super) const fn status(&self) -> StatusCode {
        match self {
            Self::Malformed(_) | Self::LastEventId => StatusCode::BAD_REQUEST,
            Self::NoToken | Self::Token(_) => StatusCode::UNAUTHORIZED,
            Self::Origin => StatusCode::FORBIDDEN,
            Self::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable(_) => StatusCode::NOT_ACCEPTABLE,
            Self::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooOften(_) | Self::TooManyConnections(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::TimedOut { .. } | Self::Stopping => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// A header that this status asks for.
    pub(super) fn header(&self) -> Option<(&'static str, HeaderValue)> {
        match self {
            Self::NoToken => Some(("www-authenticate", HeaderValue::from_static("Bearer"))),
            Self::Token(_) => Some((
                "www-authenticate",
                HeaderValue::from_static("Bearer error=\"invalid_token\""),
            )),
            Self::Method { allow, .. } => Some(("allow", HeaderValue::from_static(allow))),
            Self::MediaType => Some(("accept", HeaderValue::from_static("application/json"))),
            Self::TooOften(refused) => {
                Some(("retry-after", HeaderValue::from(refused.retry_after)))
            }
            Self::Stopping => Some(("retry-after", HeaderValue::from_static("1"))),
            _ => None,
        }
    }

    /// The one error of the body.
    pub(super) fn error(self) -> ServerError {
        let invalid = |message: String| coded(Code::InvalidInput, message, None);
        match self {
            Self::Malformed(problem) => invalid(problem),
            Self::LastEventId => coded(
                Code::CursorInvalid,
                "Last-Event-ID is not a cursor of this API.",
                None,
            ),
            Self::NoToken => coded(
                Code::Unauthenticated,
                "A token is needed: Authorization: Bearer TOKEN.",
                None,
            ),
            Self::Token(refused) => token_refused(refused),
            Self::Origin => coded(
                Code::Unauthenticated,
                "This web origin is not allowed here.",
                None,
            ),
            Self::Method { message, .. } | Self::NotAcceptable(message) => invalid(message.into()),
            Self::BodyTimeout => invalid("The body did not arrive in time.".into()),
            Self::BodyTooLarge { allowed, found } => {
                limit_exceeded("bodyBytes", "bytes of the body", allowed as u64, found)
            }
            Self::MediaType => invalid("Send the body as application/json, in UTF-8.".into()),
            Self::TooOften(refused) => refused.error(),
            Self::TooManyConnections(refused) => refused.error(),
            Self::Internal(error) => error,
            Self::TimedOut {
                kind,
                allowed_millis,
            } => timed_out(kind, allowed_millis),
            Self::Stopping => coded(
                Code::RateLimited,
                "The server stops. Try again: another one, or this one in a moment.",
                None,
            ),
        }
    }
}

/// `UNAUTHENTICATED`, in the same words whatever is wrong with the token.
pub(super) fn token_refused(refused: TokenRefused) -> ServerError {
    coded(
        Code::Unauthenticated,
        format!("Not authenticated: {}.", refused.shown()),
        None,
    )
}

/// `LIMIT_EXCEEDED` for an operation that is given up; a mutation is not stopped by that.
pub(super) fn timed_out(kind: OperationKind, allowed_millis: u128) -> ServerError {
    let message = match kind {
        OperationKind::Mutation => {
            "The mutation takes too long to wait for, and goes on. Repeat it with the same \
             idempotencyKey to learn what came of it."
        }
        OperationKind::Query | OperationKind::Subscription => "The operation took too long.",
    };
    let mut error = coded(Code::LimitExceeded, message, None);
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("limit", "milliseconds");
    extensions.set("allowed", u64::try_from(allowed_millis).unwrap_or(u64::MAX));
    error
}
