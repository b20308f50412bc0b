//! The gate, through [`Gate::pass`].

mod limits;
mod linear;
mod lists;
mod once;
mod scans;
mod shape;

use async_graphql::{ServerError, Value, Variables};
use serde_json::json;

use super::{Gate, GateRefusal, Limits, Passed, RefusalKind};

fn pass(document: &str) -> Result<Passed, GateRefusal> {
    pass_with(document, &json!({}))
}

fn pass_with(document: &str, variables: &serde_json::Value) -> Result<Passed, GateRefusal> {
    let variables = Variables::from_json(variables.clone());
    Gate::new(Limits::default()).pass(document, None, &variables)
}

/// The one error of a request error.
fn refused(document: &str) -> ServerError {
    refused_with(document, &json!({}))
}

fn refused_with(document: &str, variables: &serde_json::Value) -> ServerError {
    let mut refusal = pass_with(document, variables).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::RequestError);
    assert_eq!(refusal.errors.len(), 1);
    refusal.errors.remove(0)
}

fn extension(error: &ServerError, name: &str) -> Value {
    let extensions = error.extensions.as_ref().unwrap();
    extensions.get(name).cloned().unwrap_or_default()
}

fn assert_invalid(document: &str, message: &str) {
    let error = refused(document);
    assert_eq!(extension(&error, "code"), Value::from("INVALID_INPUT"));
    assert!(error.message.contains(message), "{}", error.message);
}

fn assert_limit(document: &str, limit: &str, allowed: u64, found: u64) {
    assert_limit_with(document, &json!({}), limit, allowed, found);
}

fn assert_limit_with(
    document: &str,
    variables: &serde_json::Value,
    limit: &str,
    allowed: u64,
    found: u64,
) {
    let error = refused_with(document, variables);
    assert_eq!(extension(&error, "code"), Value::from("LIMIT_EXCEEDED"));
    assert_eq!(extension(&error, "limit"), Value::from(limit));
    assert_eq!(extension(&error, "allowed"), Value::from(allowed));
    assert_eq!(extension(&error, "found"), Value::from(found));
}
