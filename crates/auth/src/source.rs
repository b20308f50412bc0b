//! Where the keys come from that tokens are verified with: one that is configured, or an issuer's.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::TokenRefused;
use super::jwks::RemoteKeys;
use super::keys::VerifyingKey;
use super::token::Parts;

/// The keys that tokens are verified with.
#[derive(Clone, Debug)]
pub enum Keys {
    /// One, as long as the server runs.
    One(VerifyingKey),
    /// Those that an issuer publishes.
    Remote(Arc<RemoteKeys>),
}

impl From<VerifyingKey> for Keys {
    fn from(key: VerifyingKey) -> Self {
        Self::One(key)
    }
}

impl Keys {
    /// The issuer's, when they are.
    pub const fn remote(&self) -> Option<&Arc<RemoteKeys>> {
        match self {
            Self::One(_) => None,
            Self::Remote(keys) => Some(keys),
        }
    }

    /// Changes whenever a key goes; refused when there are no keys to be had.
    pub(super) fn generation(&self, now: DateTime<Utc>) -> Result<u64, TokenRefused> {
        self.remote().map_or(Ok(0), |keys| keys.generation(now))
    }

    /// Whether the signature of these parts is by the key that they are due to be signed with.
    pub(super) fn verify(&self, parts: &Parts<'_>) -> Result<(), TokenRefused> {
        match self {
            Self::One(key) => key.verify(parts),
            Self::Remote(keys) => keys.verify(parts),
        }
    }
}
