//! The development signer: makes tokens for a server that verifies with a shared secret.
//!
//! For `regie token`, the demo and tests. In production an identity provider signs, and this is
//! of no use: it has no private keys.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Map, Value, json};

use super::claims::LAST_SECOND;
use super::{MAX_TOKEN_BYTES, Secret};
use domain::{Channel, Permission, QueueId, Role, Scope, Source, Subject};

/// What a token shall say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRequest {
    /// `sub`.
    pub subject: Subject,
    /// `roles`.
    pub roles: BTreeSet<Role>,
    /// `permissions`.
    pub permissions: BTreeSet<Permission>,
    /// `queues`.
    pub queues: Scope<QueueId>,
    /// `channels`.
    pub channels: Scope<Channel>,
    /// `source`.
    pub source: Option<Source>,
    /// How long the token is valid, in whole seconds; at least one.
    pub ttl: Duration,
    /// `jti`.
    pub token_id: Option<String>,
}

impl TokenRequest {
    /// A token that says who its holder is and grants nothing.
    pub fn new(subject: Subject, ttl: Duration) -> Self {
        Self {
            subject,
            roles: BTreeSet::new(),
            permissions: BTreeSet::new(),
            queues: Scope::nothing(),
            channels: Scope::nothing(),
            source: None,
            ttl,
            token_id: None,
        }
    }
}

/// Why a token was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignRefused {
    /// Less than a second, or past the year 9999.
    #[error("a token is valid for at least one second and not past the year 9999")]
    Lifetime,
    /// The server would refuse it.
    #[error("the token would be longer than 8 KiB (name fewer queues, or all of them)")]
    TooLong,
    /// The signature could not be computed.
    #[error("the token could not be signed")]
    Signing,
}

/// Signs tokens with HS256.
#[derive(Clone)]
pub struct Signer {
    key: EncodingKey,
    issuer: Option<String>,
    audience: Option<String>,
}

impl Signer {
    /// A signer; give it the issuer and audience that the server demands.
    pub fn new(secret: &Secret, issuer: Option<String>, audience: Option<String>) -> Self {
        Self {
            key: EncodingKey::from_secret(secret.as_bytes()),
            issuer,
            audience,
        }
    }

    /// A token, valid from now on.
    pub fn sign(&self, request: &TokenRequest, now: DateTime<Utc>) -> Result<String, SignRefused> {
        let claims = self.claims(request, now)?;
        let header = Header::new(Algorithm::HS256);
        let token = encode(&header, &claims, &self.key).map_err(|_| SignRefused::Signing)?;
        if token.len() > MAX_TOKEN_BYTES {
            return Err(SignRefused::TooLong);
        }
        Ok(token)
    }

    /// Claims that would grant nothing are left out.
    fn claims(
        &self,
        request: &TokenRequest,
        now: DateTime<Utc>,
    ) -> Result<Map<String, Value>, SignRefused> {
        let issued_at = now.timestamp();
        let expires_at = i64::try_from(request.ttl.as_secs())
            .ok()
            .filter(|ttl| *ttl > 0)
            .and_then(|ttl| issued_at.checked_add(ttl))
            .filter(|end| *end <= LAST_SECOND)
            .ok_or(SignRefused::Lifetime)?;
        let claims = [
            ("sub", Some(json!(request.subject))),
            ("roles", list(&request.roles)),
            ("permissions", list(&request.permissions)),
            ("queues", scope(&request.queues)),
            ("channels", scope(&request.channels)),
            (
                "source",
                request.source.as_ref().map(|source| json!(source)),
            ),
            ("iat", Some(json!(issued_at))),
            ("exp", Some(json!(expires_at))),
            ("iss", self.issuer.as_ref().map(|issuer| json!(issuer))),
            (
                "aud",
                self.audience.as_ref().map(|audience| json!(audience)),
            ),
            ("jti", request.token_id.as_ref().map(|id| json!(id))),
        ];
        let claims = claims.into_iter();
        Ok(claims
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect())
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}

fn list<T: fmt::Display>(these: &BTreeSet<T>) -> Option<Value> {
    let names: Vec<String> = these.iter().map(ToString::to_string).collect();
    (!names.is_empty()).then(|| json!(names))
}

fn scope<T: fmt::Display + Ord>(scope: &Scope<T>) -> Option<Value> {
    match scope {
        Scope::All => Some(json!("*")),
        Scope::Only(these) => list(these),
    }
}
