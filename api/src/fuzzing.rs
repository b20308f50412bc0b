//! What anybody can send, read by what reads it first: the bodies of the fuzz targets.
//!
//! Each takes any bytes and panics where a promise is broken: what is accepted reads back as itself,
//! what nobody signed is nobody's, and no input makes a reader panic. `fuzz/` drives them with
//! libFuzzer, and a test of this module drives them with a fixed number of mutations of the same
//! corpus. Compiled for tests and with the feature `fuzzing` only; no part of the library's interface.

#![allow(
    clippy::missing_panics_doc,
    clippy::expect_used,
    reason = "a panic is how a target tells"
)]

#[cfg(test)]
mod tests;

use std::fmt::Display;
use std::str::FromStr;
use std::sync::LazyLock;

use async_graphql::Variables;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde::Deserialize;

use crate::graphql::gate::{Gate, Limits};
use crate::graphql::validation::of_any_server;
use crate::http::parse_socket_message;
use auth::{AuthConfig, Authenticator, Secret, VerifyingKey, bearer_token};
use engine::board::view::{Order, OrderField};
use engine::log::GivenCursor;

/// A target's name, and what it does with an input.
pub type Target = (&'static str, fn(&[u8]));

/// The targets by name.
pub const TARGETS: [Target; 5] = [
    ("cursor", cursor),
    ("id", id),
    ("token", token),
    ("message", message),
    ("gate", gate),
];

const SECRET: &str = "a secret that only the fuzz targets have";

const ORDERS: [OrderField; 6] = [
    OrderField::WaitingTime,
    OrderField::Start,
    OrderField::Sentiment,
    OrderField::LastActivity,
    OrderField::Attention,
    OrderField::Priority,
];

/// What is accepted reads back from its own text as the same.
fn reads_back<T: FromStr + Display + PartialEq>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        let again = value.to_string().parse::<T>();
        assert!(again.is_ok_and(|again| again == value), "{text:?}");
    }
}

/// A cursor of the event log, and of each order of the ongoing view.
pub fn cursor(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    reads_back::<GivenCursor>(text);
    for field in ORDERS {
        for descending in [false, true] {
            let order = Order { field, descending };
            if let Ok(place) = order.decode(text) {
                assert_eq!(order.encode(place), text);
            }
        }
    }
}

/// An id of every kind; no text is an id of two kinds.
pub fn id(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut kinds = 0;
    macro_rules! each {
        ($($kind:ident)*) => {$(
            if let Ok(id) = text.parse::<domain::ids::$kind>() {
                assert_eq!(id.to_string(), text);
                kinds += 1;
            }
        )*};
    }
    each! { ConversationId AgentId QueueId WorkstreamId CustomerId MessageId OfferId MonitorSessionId }
    assert!(kinds <= 1, "{text:?}");
}

/// A token: as it is; as a payload that the right key signed; and as a header line above one.
pub fn token(data: &[u8]) {
    static DOOR: LazyLock<Authenticator> = LazyLock::new(|| {
        let secret = Secret::new(SECRET).expect("long enough");
        Authenticator::new(AuthConfig::new(VerifyingKey::secret(&secret)))
    });
    let now = DateTime::<Utc>::from_timestamp(1_800_000_000, 0).expect("an instant");
    if let Ok(text) = std::str::from_utf8(data) {
        let bare = bearer_token(text).unwrap_or(text);
        assert!(DOOR.authenticate(bare, now).is_err(), "nobody signed this");
    }
    let end = data.iter().position(|byte| *byte == b'\n');
    let (header, payload) = end.map_or((HEADER, data), |at| (&data[..at], &data[at + 1..]));
    if let Ok(viewer) = DOOR.authenticate(&signed(header, payload), now) {
        assert!(viewer.expires_at() > now, "it has ended");
        // What else the header holds was skipped, and may be no text at all.
        let header: Header = serde_json::from_slice(header).expect("it was read");
        assert_eq!(header.alg, "HS256", "the key decides the algorithm");
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

const HEADER: &[u8] = br#"{"alg":"HS256","typ":"JWT"}"#;

fn signed(header: &[u8], payload: &[u8]) -> String {
    let mut text = URL_SAFE_NO_PAD.encode(header);
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(payload, &mut text);
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let signature = crypto::sign(text.as_bytes(), &key, Algorithm::HS256).expect("it signs");
    format!("{text}.{signature}")
}

/// A message of a WebSocket.
pub fn message(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let problem = parse_socket_message(text).err();
        // It becomes the reason of a close frame.
        assert!(problem.is_none_or(|problem| !problem.is_empty()));
    }
}

/// A document, after a zero byte its variables: small enough, well-formed and valid, or refused with a
/// code, and the same the next time, when it is remembered.
pub fn gate(data: &[u8]) {
    static GATE: LazyLock<Gate> =
        LazyLock::new(|| Gate::new(Limits::default()).with_validator(of_any_server()));
    let end = data.iter().position(|byte| *byte == 0);
    let (document, variables) = end.map_or((data, &b"{}"[..]), |at| (&data[..at], &data[at + 1..]));
    let Ok(document) = std::str::from_utf8(document) else {
        return;
    };
    let variables: Variables = serde_json::from_slice(variables).unwrap_or_default();
    let first = GATE.pass(document, None, &variables);
    let second = GATE.pass(document, None, &variables);
    match (first, second) {
        (Ok(first), Ok(second)) => assert_eq!(first.kind, second.kind),
        (Err(first), Err(second)) => {
            assert!(!first.errors.is_empty(), "refused without a reason");
            assert_eq!(first.errors.len(), second.errors.len());
            for error in first.errors {
                let code = error.extensions.as_ref().and_then(|more| more.get("code"));
                assert!(code.is_some(), "refused without a code");
            }
        }
        (first, second) => panic!("{first:?}, then {second:?}"),
    }
}
