//! From a token to a [`Viewer`]: the only place that makes one (domain.md section 3).
//!
//! Invariants: the signature is checked before a single claim is read; the key decides which
//! algorithms are accepted, never the token; a refusal tells no content of the token; a cached
//! token is still held against the `now` of every call. There is no clock in here.
//!
//! [`Keys`] are one key that is configured, or those that an issuer publishes (`jwks`); then a token that
//! names a key that is not known waits for one fetch ([`Authenticator::identify`]).
//!
//! What it must not do: decide what a viewer may do (`domain::policy`), or know HTTP.

mod cache;
mod claims;
mod jwks;
mod keys;
mod members;
mod refusal_log;
mod refused;
mod rules;
mod sign;
mod source;
mod token;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use cache::{Fingerprint, TokenCache, Verified};
use claims::Payload;
use domain::{Revocations, Viewer};
use refusal_log::RefusalLog;
use token::Parts;

pub use jwks::{BETWEEN_FETCHES, KeyTimes, KeysAddressRefused, RemoteKeys};
pub use keys::{KeyRefused, Secret, VerifyingKey};
pub use refused::TokenRefused;
pub use rules::{ClaimPath, ClaimPaths, RoleMap, TokenRules};
pub use sign::{SignRefused, Signer, TokenRequest};
pub use source::Keys;
pub use token::bearer_token;

/// The longest token, in bytes. A token that names a hundred queues has about 5,500.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// How many verified tokens are remembered.
const REMEMBERED_TOKENS: usize = 10_000;

/// What a token must show to be accepted.
#[derive(Clone, Debug)]
pub struct AuthConfig {
    /// The keys its signature is checked with.
    pub keys: Keys,
    /// The `iss` it must carry; none accepts any issuer and tokens without one.
    pub issuer: Option<String>,
    /// What its `aud` must be, or have among others. Without one, a token that names an audience
    /// is refused, for it was made for somebody else (RFC 7519 section 4.1.3).
    pub audience: Option<String>,
    /// What its claims are called, and how long it may live.
    pub rules: TokenRules,
}

impl AuthConfig {
    /// Accepts what these keys verify, of any issuer and for no audience, by the default rules.
    pub fn new(keys: impl Into<Keys>) -> Self {
        Self {
            keys: keys.into(),
            issuer: None,
            audience: None,
            rules: TokenRules::default(),
        }
    }
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
    refusals: RefusalLog,
}

impl Authenticator {
    /// An authenticator that remembers up to 10,000 verified tokens.
    pub fn new(config: AuthConfig) -> Self {
        Self {
            config,
            cache: TokenCache::new(REMEMBERED_TOKENS),
            refusals: RefusalLog::default(),
        }
    }

    /// Whose token it is, at this instant: what transports ask. A token that names a key that is not
    /// known waits for one fetch of the issuer's keys, which is bounded in time and rate. One that was
    /// taken back is refused. Refusals are told to the operator.
    pub async fn identify(
        &self,
        token: &str,
        revocations: &Revocations,
        now: DateTime<Utc>,
    ) -> Result<Recognised, TokenRefused> {
        // Before the token is looked at: a fetch that ends from then on brings something new for it.
        let remote = self.config.keys.remote().map(|keys| (keys, keys.seen()));
        let mut known = self.recognise(token, now);
        if let Some((keys, seen)) = remote
            && let Err(TokenRefused::UnknownKey | TokenRefused::KeysUnavailable) = known
            && keys.refetch(&seen, now).await
        {
            known = self.recognise(token, now);
        }
        known
            .and_then(|known| {
                // It stays remembered: its next use costs no signature either.
                if revocations.hit(&known.viewer) {
                    return Err(TokenRefused::Revoked);
                }
                Ok(known)
            })
            .inspect_err(|why| self.refusals.refused(*why, now))
    }

    /// Fetches an issuer's keys, where they are to be had from one, and goes on doing so in time.
    /// Returns after the first attempt, whatever came of it.
    pub async fn keep_keys(&self, now: impl Fn() -> DateTime<Utc> + Send + 'static) {
        if let Some(keys) = self.config.keys.remote() {
            keys.keep(now).await;
        }
    }

    /// Whether tokens can be verified at this instant. They cannot be while an issuer's keys are not to
    /// be had.
    pub fn has_keys(&self, now: DateTime<Utc>) -> bool {
        self.config.keys.generation(now).is_ok()
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
        let (leeway, generation) = (
            self.config.rules.clock_skew,
            self.config.keys.generation(now)?,
        );
        let fingerprint = Fingerprint::of(token);
        let remembered = self.cache.get(&fingerprint);
        if let Some(verified) = remembered.filter(|verified| verified.is_of(generation)) {
            let viewer = verified
                .at(now, leeway)
                .inspect_err(|_| self.cache.remove(&fingerprint))?;
            let first_sight = false;
            return Ok(Recognised {
                viewer,
                first_sight,
            });
        }
        let verified = self.verify(token, generation)?;
        let viewer = verified.at(now, leeway)?;
        self.cache.put(fingerprint, verified);
        let first_sight = true;
        Ok(Recognised {
            viewer,
            first_sight,
        })
    }

    /// Drops the remembered tokens of these viewers, so that the next use of each is verified
    /// again. It does not make a valid token invalid.
    pub fn forget(&self, whose: impl Fn(&Viewer) -> bool) {
        self.cache.forget(whose);
    }

    /// Drops every remembered token.
    pub fn clear(&self) {
        self.cache.clear();
    }

    /// Everything but the time, by the keys of this generation or later ones.
    fn verify(&self, token: &str, generation: u64) -> Result<Verified, TokenRefused> {
        let parts = Parts::of(token)?;
        self.config.keys.verify(&parts)?;
        let payload = Payload::parse(&parts.payload()?)?;
        payload.check_issuer(self.config.issuer.as_deref())?;
        payload.check_audience(self.config.audience.as_deref())?;
        let not_before = payload.not_before()?;
        let dated = payload.has_issue_date();
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that makes viewers"
        )]
        let viewer = Viewer::of_verified_token(payload.claims(&self.config.rules)?);
        Ok(Verified::new(viewer, not_before, dated, generation))
    }
}
