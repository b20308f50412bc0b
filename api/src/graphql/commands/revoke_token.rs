//! `revokeToken`: its input, its payload and its resolver.

use async_graphql::{Context, InputObject, Object, Result};
use chrono::{DateTime, Utc};

use super::input::text;
use super::manage;
use super::revocation::revocation_payload;
use crate::graphql::context::Request;
use domain::{AuditedAction, Manage, Revocation, commands};

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

revocation_payload! {
    /// What came of taking a token back.
    RevokeTokenPayload
}

#[derive(Default)]
pub(super) struct RevokeTokenMutation;

#[Object]
impl RevokeTokenMutation {
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
        manage(ctx, AuditedAction::RevokeToken, reason, key, || {
            let id = text("tokenId", &input.token_id, Revocation::MAX_TOKEN_ID)?;
            Ok(Manage::RevokeToken(commands::RevokeToken {
                token: id,
                expires_at: input.expires_at,
                longest_life,
            }))
        })
        .await
    }
}
