//! Verified tokens, remembered until they expire or are crowded out.
//!
//! Invariants: bounded; keyed by a hash, so that the memory holds no usable token; an entry
//! answers only for the instant it is asked about.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use lru::LruCache;
use sha2::{Digest, Sha256};

use super::TokenRefused;
use domain::Viewer;

/// SHA-256 of a token.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(super) fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }
}

/// A token that was verified in everything but the time.
#[derive(Clone, Debug)]
pub(super) struct Verified {
    viewer: Arc<Viewer>,
    not_before: Option<DateTime<Utc>>,
    /// Whether it says so itself when it was issued.
    dated: bool,
    /// Of the keys that it was verified with.
    generation: u64,
}

impl Verified {
    pub(super) fn new(
        viewer: Viewer,
        not_before: Option<DateTime<Utc>>,
        dated: bool,
        generation: u64,
    ) -> Self {
        Self {
            viewer: Arc::new(viewer),
            not_before,
            dated,
            generation,
        }
    }

    /// Whether all keys of then are still there.
    pub(super) const fn is_of(&self, generation: u64) -> bool {
        self.generation == generation
    }

    /// The viewer, when the token is valid at this instant.
    pub(super) fn at(
        &self,
        now: DateTime<Utc>,
        leeway: TimeDelta,
    ) -> Result<Arc<Viewer>, TokenRefused> {
        if now >= self.viewer.expires_at() {
            return Err(TokenRefused::Expired);
        }
        // Differences, not sums: a sum may leave the calendar.
        if self.not_before.is_some_and(|start| start - now > leeway) {
            return Err(TokenRefused::NotYetValid);
        }
        if self.viewer.issued_at() - now > leeway {
            return Err(if self.dated {
                TokenRefused::IssuedInFuture
            } else {
                TokenRefused::LivesTooLong
            });
        }
        Ok(Arc::clone(&self.viewer))
    }
}

/// The verified tokens used last.
#[derive(Debug)]
pub(super) struct TokenCache(Mutex<LruCache<Fingerprint, Verified>>);

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fingerprint")
    }
}

impl TokenCache {
    pub(super) fn new(capacity: usize) -> Self {
        let capacity = NonZeroUsize::new(capacity).unwrap_or(NonZeroUsize::MIN);
        Self(Mutex::new(LruCache::sparse(capacity)))
    }

    pub(super) fn get(&self, fingerprint: &Fingerprint) -> Option<Verified> {
        self.lock().get(fingerprint).cloned()
    }

    pub(super) fn put(&self, fingerprint: Fingerprint, verified: Verified) {
        self.lock().put(fingerprint, verified);
    }

    pub(super) fn remove(&self, fingerprint: &Fingerprint) {
        self.lock().pop(fingerprint);
    }

    pub(super) fn forget(&self, whose: impl Fn(&Viewer) -> bool) {
        self.lock().retain(|_, verified| !whose(&verified.viewer));
    }

    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    /// A panic under the lock leaves a cache that is whole, at worst without an entry.
    fn lock(&self) -> MutexGuard<'_, LruCache<Fingerprint, Verified>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
