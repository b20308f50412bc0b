//! From a token to a [`Viewer`]: the only place that makes one (domain.md section 3).
//!
//! Invariants: the signature is checked before a single claim is read; the key decides which
//! algorithms are accepted, never the token; a refusal tells no content of the token; a cached
//! token is still held against the `now` of every call. There is no clock in here.
//!
//! `VerifyingKey::verify` is the one question asked of keys, and it sees the token's header: a
//! source of several keys (by `kid`, renewed while the server runs) takes its place there, calls
//! [`Authenticator::clear`] when a key goes, and changes nothing for those who call
//! [`Authenticator::authenticate`].
//!
//! What it must not do: decide what a viewer may do (`domain::policy`), or know HTTP.

mod cache;
mod claims;
mod keys;
mod refused;
mod sign;
mod token;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::domain::Viewer;
use cache::{Fingerprint, TokenCache, Verified};
use claims::Payload;
use token::Parts;

pub use keys::{KeyRefused, Secret, VerifyingKey};
pub use refused::TokenRefused;
pub use sign::{SignRefused, Signer, TokenRequest};
pub use token::bearer_token;

/// The longest token, in bytes. A token that names a hundred queues has about 5,500.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// How far, in seconds, a token's `nbf` may lie ahead of this server's clock, since an issuer's
/// clock may run ahead. `exp` has no such leeway: a token must end at one instant, the same for a
/// request and for a stream that is already running.
pub const CLOCK_LEEWAY_SECONDS: i64 = 30;

/// How many verified tokens are remembered.
const REMEMBERED_TOKENS: usize = 10_000;

/// What a token must show to be accepted.
#[derive(Clone, Debug)]
pub struct AuthConfig {
    /// The key its signature is checked with.
    pub key: VerifyingKey,
    /// The `iss` it must carry; none accepts any issuer and tokens without one.
    pub issuer: Option<String>,
    /// What its `aud` must be, or have among others. Without one, a token that names an audience
    /// is refused, for it was made for somebody else (RFC 7519 section 4.1.3).
    pub audience: Option<String>,
}

/// Whose token it is.
#[derive(Clone, Debug)]
pub struct Recognised {
    /// The viewer that it stands for.
    pub viewer: Arc<Viewer>,
    /// Whether it is not remembered: never seen, or crowded out or dropped since.
    pub first_sight: bool,
}

/// Verifies tokens, and remembers those it verified.
#[derive(Debug)]
pub struct Authenticator {
    config: AuthConfig,
    cache: TokenCache,
}

impl Authenticator {
    /// An authenticator that remembers up to 10,000 verified tokens.
    pub fn new(config: AuthConfig) -> Self {
        Self {
            config,
            cache: TokenCache::new(REMEMBERED_TOKENS),
        }
    }

    /// The viewer that this token stands for, at this instant.
    ///
    /// A hit in the cache costs one SHA-256; else the signature is checked (some 140 microseconds
    /// with RSA). A refused token is not remembered.
    pub fn authenticate(
        &self,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<Arc<Viewer>, TokenRefused> {
        self.recognise(token, now).map(|known| known.viewer)
    }

    /// The same, and whether the token is new here.
    pub fn recognise(&self, token: &str, now: DateTime<Utc>) -> Result<Recognised, TokenRefused> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenRefused::TooLong);
        }
        let fingerprint = Fingerprint::of(token);
        if let Some(verified) = self.cache.get(&fingerprint) {
            let viewer = verified
                .at(now)
                .inspect_err(|_| self.cache.remove(&fingerprint))?;
            let first_sight = false;
            return Ok(Recognised {
                viewer,
                first_sight,
            });
        }
        let verified = self.verify(token)?;
        let viewer = verified.at(now)?;
        self.cache.put(fingerprint, verified);
        let first_sight = true;
        Ok(Recognised {
            viewer,
            first_sight,
        })
    }

    /// Drops the remembered tokens of these viewers, so that the next use of each is verified
    /// anew. It does not make a valid token invalid.
    pub fn forget(&self, whose: impl Fn(&Viewer) -> bool) {
        self.cache.forget(whose);
    }

    /// Drops every remembered token.
    pub fn clear(&self) {
        self.cache.clear();
    }

    /// Everything but the time.
    fn verify(&self, token: &str) -> Result<Verified, TokenRefused> {
        let parts = Parts::of(token)?;
        self.config.key.verify(&parts)?;
        let payload = Payload::parse(&parts.payload()?)?;
        payload.check_issuer(self.config.issuer.as_deref())?;
        payload.check_audience(self.config.audience.as_deref())?;
        let not_before = payload.not_before()?;
        let viewer = Viewer::of_verified_token(payload.claims()?);
        Ok(Verified::new(viewer, not_before))
    }
}
