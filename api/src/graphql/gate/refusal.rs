//! What the gate answers when an operation does not pass.

use std::fmt::Display;

use async_graphql::{Pos, ServerError};
use metrics::counter;
use uuid::Uuid;

use super::{Limit, Limits};
use domain::refusal::Code;

/// How far the request came; it decides the HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// It is no GraphQL request, since it has no document: 400 in every media type.
    NotWellFormed,
    /// A request error of the GraphQL specification: no `data`; 400 as
    /// `application/graphql-response+json`, 200 as `application/json`.
    RequestError,
}

/// An operation that did not pass. Nothing of it was executed.
#[derive(Clone, Debug)]
pub struct GateRefusal {
    /// How far the request came.
    pub kind: RefusalKind,
    /// The response's `errors`; at least one, each with `extensions.code`.
    pub errors: Vec<ServerError>,
}

impl GateRefusal {
    /// The request has no document.
    pub fn no_document() -> Self {
        Self {
            kind: RefusalKind::NotWellFormed,
            errors: vec![coded(
                Code::InvalidInput,
                "The parameter query is missing.",
                None,
            )],
        }
    }

    /// The document or the choice of its operation is wrong.
    pub(super) fn invalid(message: impl Into<String>, at: Option<Pos>) -> Self {
        Self {
            kind: RefusalKind::RequestError,
            errors: vec![coded(Code::InvalidInput, message, at)],
        }
    }

    /// The text is no GraphQL document.
    ///
    /// The parser draws the line with an arrow below it; `locations` says where, so the drawing, as
    /// long as the document may be, is left out.
    pub(super) fn syntax(error: async_graphql::parser::Error) -> Self {
        let mut error = ServerError::from(error);
        if let Some((_, reason)) = error.message.rsplit_once("\n  = ") {
            error.message = format!("Syntax error: {}.", reason.trim_end());
        }
        error
            .extensions
            .get_or_insert_default()
            .set("code", Code::InvalidInput.as_str());
        Self {
            kind: RefusalKind::RequestError,
            errors: vec![error],
        }
    }

    /// The text has a block string that begins at this byte and does not end.
    pub(super) fn unended(text: &str, begin: usize) -> Self {
        let before = &text[..begin];
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let at = Pos {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        };
        let message = "Syntax error: the block string that begins here does not end.";
        Self::invalid(message, Some(at))
    }

    /// The document is not valid against the schema.
    pub(super) const fn not_valid(errors: Vec<ServerError>) -> Self {
        Self {
            kind: RefusalKind::RequestError,
            errors,
        }
    }

    /// Too large. `found` may be where counting stopped.
    pub(super) fn limit(limit: Limit, limits: &Limits, found: u64) -> Self {
        Self {
            kind: RefusalKind::RequestError,
            errors: vec![limit_exceeded(
                limit.as_str(),
                limit.unit(),
                limit.allowed(limits),
                found,
            )],
        }
    }
}

/// A `LIMIT_EXCEEDED` error: `extensions` has the limit's name, what it allows, what was found.
pub fn limit_exceeded(limit: &str, unit: &str, allowed: u64, found: u64) -> ServerError {
    let message = format!("Too large: {found} {unit}, where {allowed} are allowed.");
    let mut error = coded(Code::LimitExceeded, message, None);
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("limit", limit);
    extensions.set("allowed", allowed);
    extensions.set("found", found);
    error
}

/// An error with `extensions.code`.
pub fn coded(code: Code, message: impl Into<String>, at: Option<Pos>) -> ServerError {
    let mut error = ServerError::new(message, at);
    error
        .extensions
        .get_or_insert_default()
        .set("code", code.as_str());
    error
}

/// A fault of ours, the only maker of INTERNAL: the client gets an id (in `extensions.id` and in the message), the
/// log gets the same id and what happened, and the metrics count it.
pub fn internal_error(what: &dyn Display) -> ServerError {
    let id = Uuid::now_v7().to_string();
    tracing::error!(id, error = %what, "internal error");
    counter!("regie_internal_errors_total").increment(1);
    let message = format!("Something went wrong on our side; id {id}.");
    let mut error = coded(Code::Internal, message, None);
    error.extensions.get_or_insert_default().set("id", id);
    error
}

/// Whether this is a fault of ours.
pub fn is_internal(error: &ServerError) -> bool {
    let code = error.extensions.as_ref().and_then(|all| all.get("code"));
    code == Some(&async_graphql::Value::from(Code::Internal.as_str()))
}

/// Gives a code to errors that have none: those of the library, which validates the document and
/// parses the arguments. What resolvers raise has a code.
pub fn with_codes(mut errors: Vec<ServerError>) -> Vec<ServerError> {
    for error in &mut errors {
        let extensions = error.extensions.get_or_insert_default();
        if extensions.get("code").is_none() {
            extensions.set("code", Code::InvalidInput.as_str());
        }
    }
    errors
}
