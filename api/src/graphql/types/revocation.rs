//! Tokens that were taken back, as administrators see them.

use async_graphql::Object;
use chrono::{DateTime, Utc};

use super::paging::connection_names;
use domain::{Revocation, Revoked};

connection_names!(
    TokenRevocationConnectionName = "TokenRevocationConnection",
    TokenRevocationEdgeName = "TokenRevocationEdge"
);

/// Tokens that were taken back.
pub struct TokenRevocation(pub Revocation);

/// Tokens that were taken back before they end: one by its id, or all of a subject. Exactly one of `tokenId` and `subject` is not
/// null. Who did it and why is in the audit trail. For administrators.
#[Object]
impl TokenRevocation {
    /// The token's own id; null when all of a subject were taken back.
    async fn token_id(&self) -> Option<&str> {
        match &self.0.what {
            Revoked::Token(id) => Some(id),
            Revoked::Subject(_) => None,
        }
    }

    /// Whose tokens; null when one was taken back by its id.
    async fn subject(&self) -> Option<&str> {
        match &self.0.what {
            Revoked::Token(_) => None,
            Revoked::Subject(subject) => Some(subject.as_str()),
        }
    }

    /// When; of a subject, tokens issued before this instant are not accepted, nor those that an issuer whose clock runs ahead may have
    /// issued before it: 30 seconds more, unless the server sets another number.
    async fn revoked_at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// Until when it is kept: then every token that it hits has ended by itself.
    async fn kept_until(&self) -> DateTime<Utc> {
        self.0.until
    }
}
