//! Tokens of an issuer that publishes its keys: an issuer on this machine, a server that trusts it,
//! and what the server says to a token.

mod attacks;
mod issuer;
mod log;
mod providers;
mod rotation;

use std::sync::Arc;

use auth::{AuthConfig, KeyTimes, Keys, RemoteKeys};
use chrono::{DateTime, TimeDelta, Utc};
use engine::clock::Clock;
use serde_json::{Value, json};

use crate::harness::{Database, Server, eventually};
use issuer::{Issuer, Key};

const ISSUER: &str = "https://issuer.example";
const AUDIENCE: &str = "regie";
const WHO: &str = "{ viewer { subject roles permissions scope { isAll queues { id } } } }";
const REFUSED: &str = "Not authenticated: the token is not accepted.";

/// What a server needs to accept an issuer's tokens.
fn trusting(issuer: &Issuer) -> AuthConfig {
    let times = KeyTimes {
        max_age: TimeDelta::hours(1),
        outage: TimeDelta::hours(24),
    };
    let keys = RemoteKeys::new(&issuer.url, times).unwrap();
    AuthConfig {
        issuer: Some(ISSUER.into()),
        audience: Some(AUDIENCE.into()),
        ..AuthConfig::new(Keys::Remote(Arc::new(keys)))
    }
}

async fn server(auth: AuthConfig) -> Server {
    Server::accepting(auth, Database::sqlite(), Clock::system()).await
}

/// Claims that are accepted, for an hour.
fn claims(now: DateTime<Utc>) -> Value {
    json!({
        "sub": "sanne",
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now.timestamp(),
        "exp": (now + TimeDelta::hours(1)).timestamp(),
        "roles": ["SUPERVISOR"],
    })
}

/// A good token by this key.
fn good(key: &Key) -> String {
    key.sign(&claims(Utc::now()))
}

async fn accepts(server: &Server, token: &str) -> bool {
    let answer = server.post(token, WHO, json!({})).await;
    if answer.get("errors").is_none() {
        return true;
    }
    // Whatever is wrong, the answer is the same.
    assert_eq!(answer, refusal(), "one answer for every token");
    false
}

fn refusal() -> Value {
    json!({ "errors": [{
        "message": REFUSED,
        "extensions": { "code": "UNAUTHENTICATED" },
    }] })
}
