//! From a body, a query string or a message to a request, with the wrong types named.

use std::time::Duration;

use async_graphql::Variables;
use axum::body::{Body, HttpBody as _, to_bytes};
use axum::http::{HeaderMap, header};
use futures_util::StreamExt;
use serde_json::{Map, Value};

use super::fault::Fault;
use super::options::HttpOptions;
use crate::graphql::engine::GraphQlRequest;

/// The longest body that is read although nobody wants it.
const PASSED_OVER: usize = 64 * 1024;
/// How long it may take to arrive.
const PASSING: Duration = Duration::from_secs(3);

/// Reads a body that nobody wants, so that the connection can go on with the next request. Says whether that is so: not where
/// it is long, slow, of no declared length, or only sent when asked for.
pub(super) async fn pass_over(headers: &HeaderMap, body: Body) -> bool {
    let short = |length| length <= PASSED_OVER as u64;
    if headers.contains_key(header::EXPECT) || !body.size_hint().upper().is_some_and(short) {
        return false;
    }
    let read = tokio::time::timeout(PASSING, to_bytes(body, PASSED_OVER));
    matches!(read.await, Ok(Ok(_)))
}

/// The whole body, within its limits of size and time.
pub(super) async fn read_body(body: Body, options: &HttpOptions) -> Result<Vec<u8>, Fault> {
    let read = async {
        let mut bytes = Vec::new();
        let mut parts = body.into_data_stream();
        while let Some(part) = parts.next().await {
            let part =
                part.map_err(|_| Fault::Malformed("The body could not be read.".to_owned()))?;
            let length = bytes.len() + part.len();
            if length > options.body_bytes {
                return Err(too_large(options, length as u64));
            }
            bytes.extend_from_slice(&part);
        }
        Ok(bytes)
    };
    tokio::time::timeout(options.body_timeout, read)
        .await
        .unwrap_or(Err(Fault::BodyTimeout))
}

/// The refusal of a body of this size.
pub(super) const fn too_large(options: &HttpOptions, found: u64) -> Fault {
    Fault::BodyTooLarge {
        allowed: options.body_bytes,
        found,
    }
}

/// The request of a POST.
pub(super) fn of_body(body: &[u8]) -> Result<GraphQlRequest, Fault> {
    let json = serde_json::from_slice(body)
        .map_err(|error| Fault::Malformed(format!("The body is not JSON: {error}.")))?;
    match json {
        Value::Object(parameters) => of_parameters(parameters).map_err(Fault::Malformed),
        Value::Array(_) => Err(Fault::Malformed(
            "Batches are not supported: send one operation a request.".to_owned(),
        )),
        _ => Err(Fault::Malformed(
            "The body must be a JSON object with the key query.".to_owned(),
        )),
    }
}

/// The request of a GET.
pub(super) fn of_query_string(pairs: Vec<(String, String)>) -> Result<GraphQlRequest, Fault> {
    let mut parameters = Map::new();
    for (name, text) in pairs {
        let value = match name.as_str() {
            "operationName" | "documentId" | "variables" | "extensions" if text.is_empty() => {
                Value::Null
            }
            "query" | "operationName" | "documentId" => Value::String(text),
            "variables" | "extensions" => serde_json::from_str(&text).map_err(|error| {
                Fault::Malformed(format!("The parameter {name} is not JSON: {error}."))
            })?,
            _ => continue,
        };
        if parameters.contains_key(&name) {
            return Err(Fault::Malformed(format!(
                "The parameter {name} is given twice."
            )));
        }
        parameters.insert(name, value);
    }
    of_parameters(parameters).map_err(Fault::Malformed)
}

/// The request of these parameters; unknown ones are ignored, as the specification asks.
pub(super) fn of_parameters(mut parameters: Map<String, Value>) -> Result<GraphQlRequest, String> {
    Ok(GraphQlRequest {
        query: text(&mut parameters, "query")?,
        document_id: text(&mut parameters, "documentId")?,
        operation_name: text(&mut parameters, "operationName")?,
        variables: match map(&mut parameters, "variables")? {
            Some(variables) => serde_json::from_value::<Variables>(variables)
                .map_err(|error| format!("The parameter variables cannot be read: {error}."))?,
            None => Variables::default(),
        },
        extensions: match map(&mut parameters, "extensions")? {
            Some(extensions) => serde_json::from_value(extensions)
                .map_err(|error| format!("The parameter extensions cannot be read: {error}."))?,
            None => async_graphql::Extensions::default(),
        },
        resume: None,
    })
}

fn text(parameters: &mut Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match parameters.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("The parameter {name} must be a string.")),
    }
}

fn map(parameters: &mut Map<String, Value>, name: &str) -> Result<Option<Value>, String> {
    match parameters.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(object @ Value::Object(_)) => Ok(Some(object)),
        Some(_) => Err(format!("The parameter {name} must be an object.")),
    }
}
