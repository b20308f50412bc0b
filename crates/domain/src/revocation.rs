//! Tokens that are taken back before they end (docs/identity.md).
//!
//! A revocation names a token by its id, or every token of a subject that was issued before it. It is
//! kept for as long as a token that it hits can be alive, and no longer.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

mod revocations;

use super::{Subject, Viewer};

pub use revocations::Revocations;

/// Which tokens are taken back.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Revoked {
    /// The one with this `jti`.
    Token(Arc<str>),
    /// Every one of this subject that may have been issued before the revocation.
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

/// How far an issuer's clock may run ahead where nobody sets another, in seconds.
pub const CLOCK_SKEW_SECONDS: i64 = 30;
/// How long a token may live where nobody sets another: 31 days, in hours.
pub const MAX_TOKEN_LIFETIME_HOURS: i64 = 31 * 24;

impl Revocation {
    /// The longest id of a token, in bytes.
    pub const MAX_TOKEN_ID: usize = 255;

    /// Whether this viewer's token is taken back. An issuer's clock may run ahead by `clock_skew`, and what it
    /// issued just before then bears a later instant than the revocation: whatever may have been issued
    /// before counts as issued before.
    pub fn hits(&self, viewer: &Viewer, clock_skew: TimeDelta) -> bool {
        match &self.what {
            Revoked::Token(id) => viewer.token_id() == Some(&**id),
            Revoked::Subject(subject) => {
                // A difference, not a sum: a sum may leave the calendar.
                viewer.subject() == subject && viewer.issued_at() - self.at <= clock_skew
            }
        }
    }
}
