//! What a token must be, attack by attack, with the exact refusal.

mod attacks;
mod cache;
mod claims;
mod keys;
mod rules;
mod signing;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

use super::*;

const SECRET: &str = "a secret for tests, of forty-two bytes ...";
const ISSUER: &str = "https://issuer.example";
const AUDIENCE: &str = "regie";
const HS256: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

fn now() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn secret() -> Secret {
    Secret::new(SECRET).unwrap()
}

/// An authenticator for HS256 that demands issuer and audience.
fn authenticator() -> Authenticator {
    Authenticator::new(AuthConfig {
        issuer: Some(ISSUER.into()),
        audience: Some(AUDIENCE.into()),
        ..AuthConfig::new(VerifyingKey::secret(&secret()))
    })
}

/// An authenticator with this key that demands neither.
fn authenticator_with(key: VerifyingKey) -> Authenticator {
    Authenticator::new(AuthConfig::new(key))
}

/// Claims that [`authenticator`] accepts, for an hour.
fn good_claims() -> Value {
    json!({
        "sub": "sanne",
        "iss": ISSUER,
        "aud": AUDIENCE,
        "exp": (now() + TimeDelta::hours(1)).timestamp(),
        "roles": ["SUPERVISOR"],
    })
}

/// The good claims with one of them set to something else.
fn claims_with(name: &str, value: Value) -> Value {
    let mut claims = good_claims();
    claims[name] = value;
    claims
}

/// The good claims without one of them.
fn claims_without(name: &str) -> Value {
    let mut claims = good_claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn base64url(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// A token of exactly this header and payload, truly signed.
fn forge(header: &str, payload: &str, algorithm: Algorithm, key: &EncodingKey) -> String {
    let signed = format!("{}.{}", base64url(header), base64url(payload));
    let signature = crypto::sign(signed.as_bytes(), key, algorithm).unwrap();
    format!("{signed}.{signature}")
}

/// A token with this header and payload, signed with the authenticator's own secret.
fn hs256(header: &str, payload: &str) -> String {
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    forge(header, payload, Algorithm::HS256, &key)
}

fn accepted(claims: &Value) -> Arc<Viewer> {
    let token = hs256(HS256, &claims.to_string());
    authenticator().authenticate(&token, now()).unwrap()
}

fn refusal_of_token(token: &str) -> TokenRefused {
    let authenticator = authenticator();
    let refusal = authenticator.authenticate(token, now()).unwrap_err();
    assert_eq!(
        authenticator.cache.len(),
        0,
        "a refused token is remembered"
    );
    refusal
}

fn refusal(claims: &Value) -> TokenRefused {
    refusal_of_token(&hs256(HS256, &claims.to_string()))
}
