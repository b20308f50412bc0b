//! The messages of `graphql-transport-ws`, read strictly and written as text.

use async_graphql::ServerError;
use serde_json::{Map, Value, json};

use super::super::request::of_parameters;
use super::super::respond::errors_list;
use crate::graphql::engine::GraphQlRequest;
use domain::Code;

/// The longest id of an operation, in bytes.
const LONGEST_ID: usize = 256;

/// What a client may send.
#[derive(Debug)]
pub(super) enum ClientMessage {
    /// The first message.
    ConnectionInit(Option<Map<String, Value>>),
    /// Wants a pong with the same payload.
    Ping(Option<Map<String, Value>>),
    /// Answers a ping.
    Pong,
    /// Starts an operation.
    Subscribe(String, Box<GraphQlRequest>),
    /// Ends an operation.
    Complete(String),
}

impl ClientMessage {
    /// Reads a message, or says in a few words what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let message: Value =
            serde_json::from_str(text).map_err(|_| "Invalid message: not JSON".to_owned())?;
        let Value::Object(mut message) = message else {
            return Err("Invalid message: not an object".to_owned());
        };
        let Some(Value::String(kind)) = message.remove("type") else {
            return Err("Invalid message: type must be a string".to_owned());
        };
        match kind.as_str() {
            "connection_init" => Ok(Self::ConnectionInit(payload(&mut message)?)),
            "ping" => Ok(Self::Ping(payload(&mut message)?)),
            "pong" => payload(&mut message).map(|_| Self::Pong),
            "subscribe" => {
                let id = id(&mut message)?;
                let parameters =
                    payload(&mut message)?.ok_or("Invalid message: subscribe needs a payload")?;
                let request = of_parameters(parameters)
                    .map_err(|problem| format!("Invalid message: {problem}"))?;
                if !request.names_a_document() {
                    return Err("Invalid message: payload.query must be a string".to_owned());
                }
                Ok(Self::Subscribe(id, Box::new(request)))
            }
            "complete" => id(&mut message).map(Self::Complete),
            "connection_ack" | "next" | "error" => {
                Err(format!("Invalid message: only servers send {kind}"))
            }
            _ => Err("Invalid message: unknown type".to_owned()),
        }
    }
}

fn payload(message: &mut Map<String, Value>) -> Result<Option<Map<String, Value>>, String> {
    match message.remove("payload") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(payload)) => Ok(Some(payload)),
        Some(_) => Err("Invalid message: payload must be an object".to_owned()),
    }
}

fn id(message: &mut Map<String, Value>) -> Result<String, String> {
    match message.remove("id") {
        Some(Value::String(id)) if (1..=LONGEST_ID).contains(&id.len()) => Ok(id),
        Some(Value::String(_)) => Err(format!(
            "Invalid message: id must have 1 to {LONGEST_ID} bytes"
        )),
        _ => Err("Invalid message: id must be a string".to_owned()),
    }
}

/// Accepts the connection.
pub(super) fn connection_ack() -> Vec<u8> {
    b"{\"type\":\"connection_ack\"}".to_vec()
}

/// Answers a ping.
pub(super) fn pong(payload: Option<Map<String, Value>>) -> Vec<u8> {
    let mut message = Map::new();
    message.insert("type".to_owned(), "pong".into());
    if let Some(payload) = payload {
        message.insert("payload".to_owned(), Value::Object(payload));
    }
    Value::Object(message).to_string().into_bytes()
}

/// Answers a ping that brought a token: the connection goes on by it.
pub(super) fn token_accepted() -> Vec<u8> {
    b"{\"type\":\"pong\",\"payload\":{\"accepted\":true}}".to_vec()
}

/// Answers a ping that brought a token: the connection goes on by the one that it has.
pub(super) fn token_refused(code: Code, why: &str) -> Vec<u8> {
    let payload = json!({ "accepted": false, "code": code.as_str(), "message": why });
    json!({ "type": "pong", "payload": payload })
        .to_string()
        .into_bytes()
}

/// A result of an operation; the payload is ready JSON.
pub(super) fn next(id: &str, payload: &[u8]) -> Vec<u8> {
    of_operation("next", id, Some(payload))
}

/// Ends an operation with errors. No `complete` follows.
pub(super) fn error(id: &str, errors: &[ServerError]) -> Vec<u8> {
    of_operation("error", id, Some(&errors_list(errors)))
}

/// Ends an operation.
pub(super) fn complete(id: &str) -> Vec<u8> {
    of_operation("complete", id, None)
}

fn of_operation(kind: &str, id: &str, payload: Option<&[u8]>) -> Vec<u8> {
    let length = payload.map_or(0, <[u8]>::len);
    let mut message = Vec::with_capacity(length + id.len() + 48);
    message.extend_from_slice(b"{\"id\":");
    // Text can always be written, and so can anything into memory.
    let _ = serde_json::to_writer(&mut message, id);
    message.extend_from_slice(b",\"type\":\"");
    message.extend_from_slice(kind.as_bytes());
    message.push(b'"');
    if let Some(payload) = payload {
        message.extend_from_slice(b",\"payload\":");
        message.extend_from_slice(payload);
    }
    message.push(b'}');
    message
}
