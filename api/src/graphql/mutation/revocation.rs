//! Taking tokens back.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::administrator::manage;
use super::input::text;
use super::resource::subject;
use crate::graphql::context::Request;
use crate::graphql::errors::CommandError;
use crate::graphql::scalars::Cursor;
use crate::graphql::types::revocation::TokenRevocation;
use domain::{Manage, Revocation, Revoked};

/// Which token to take back.
#[derive(InputObject)]
pub struct RevokeTokenInput {
    /// The token's own id: its `jti`, or the claim that the server takes for it. 1 to 255 bytes.
    token_id: String,
    /// When the token ends by itself (its `exp`), so that the revocation is kept no longer; in the future. Left out, it is
    /// kept for as long as any token may live on this server.
    expires_at: Option<DateTime<Utc>>,
    /// Why, in your words; kept in the audit trail.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

/// Whose tokens to take back.
#[derive(InputObject)]
pub struct RevokeSubjectInput {
    /// The subject, as `viewer { subject }` shows it; 1 to 255 characters. It need not be known to Regie.
    subject: String,
    /// Why, in your words; kept in the audit trail.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

macro_rules! payload {
    ($(#[$doc:meta] $name:ident,)*) => {$(
        #[$doc]
        #[derive(SimpleObject)]
        pub struct $name {
            /// What was taken back; null when refused.
            revocation: Option<TokenRevocation>,
            /// Where in the event log this is: monitor sessions that ended with it come before. Null when refused.
            as_of: Option<Cursor>,
            /// Why it was refused; empty when it was done.
            errors: Vec<CommandError>,
        }

        impl From<super::Done> for $name {
            fn from(done: super::Done) -> Self {
                Self {
                    revocation: done.outcome.revoked.map(TokenRevocation),
                    as_of: done.as_of,
                    errors: done.errors,
                }
            }
        }
    )*};
}

payload! {
    /// What came of taking a token back.
    RevokeTokenPayload,
    /// What came of taking a subject's tokens back.
    RevokeSubjectPayload,
}

#[derive(Default)]
pub(super) struct RevocationMutations;

/// What administrators do when a token is in the wrong hands, or somebody leaves.
#[Object]
impl RevocationMutations {
    /// Take one token back before it ends. From now on this server accepts it no more, and no server of this database carries out a
    /// mutation for it; within a second none accepts it, WebSockets that go by it close with 4403, event streams end with UNAUTHENTICATED, and monitor sessions that it holds end with TOKEN_EXPIRED. Whether there
    /// is such a token is not known here, and not needed. Refused with INVALID_INPUT when `expiresAt` has passed. For administrators.
    async fn revoke_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which token to take back.")] input: RevokeTokenInput,
    ) -> Result<RevokeTokenPayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        let longest_life = ctx.app()?.longest_life;
        manage(ctx, reason, key, || {
            let id = text("tokenId", &input.token_id, Revocation::MAX_TOKEN_ID)?;
            Ok(Manage::Revoke {
                what: Revoked::Token(id),
                expires_at: input.expires_at,
                longest_life,
            })
        })
        .await
    }

    /// Take back every token of a subject that may have been issued until now. From now on this server accepts none, and no server of this database
    /// carries out a mutation for one; within a second none accepts one, WebSockets that go by one close with 4403, event streams end with
    /// UNAUTHENTICATED, and the subject's monitor sessions end with TOKEN_EXPIRED. Since an issuer's clock may run ahead, tokens that are issued in the
    /// seconds after it are refused too, 30 unless the server sets another number (`jwt_clock_skew_seconds`): who is to go on working signs in anew after
    /// that. A token that is issued later is accepted: to keep somebody out, let the identity provider issue none. For administrators.
    async fn revoke_subject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose tokens to take back.")] input: RevokeSubjectInput,
    ) -> Result<RevokeSubjectPayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        let longest_life = ctx.app()?.longest_life;
        manage(ctx, reason, key, || {
            Ok(Manage::Revoke {
                what: Revoked::Subject(subject(&input.subject)?),
                expires_at: None,
                longest_life,
            })
        })
        .await
    }
}
