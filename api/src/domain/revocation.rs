//! Tokens that are taken back before they end (docs/identity.md).
//!
//! A revocation names a token by its id, or every token of a subject that was issued before it. It is
//! kept for as long as a token that it hits can be alive, and no longer.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Subject, Viewer};

/// Which tokens are taken back.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Revoked {
    /// The one with this `jti`.
    Token(Arc<str>),
    /// Every one of this subject that was issued before the revocation.
    Subject(Subject),
}

/// Tokens that were taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// Which.
    pub what: Revoked,
    /// When.
    pub at: DateTime<Utc>,
    /// Until when a token that it hits can be alive.
    pub until: DateTime<Utc>,
}

impl Revocation {
    /// The longest id of a token, in bytes.
    pub const MAX_TOKEN_ID: usize = 255;

    /// Whether this viewer's token is taken back. `iat` has whole seconds, cut off, so a token that was
    /// issued in the second of the revocation counts as issued before it.
    pub fn hits(&self, viewer: &Viewer) -> bool {
        match &self.what {
            Revoked::Token(id) => viewer.token_id() == Some(&**id),
            Revoked::Subject(subject) => {
                viewer.subject() == subject && viewer.issued_at() < self.at
            }
        }
    }
}
