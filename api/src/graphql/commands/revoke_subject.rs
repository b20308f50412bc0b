//! `revokeSubject`: its input, its payload and its resolver.

use async_graphql::{Context, InputObject, Object, Result};

use super::manage;
use super::resource::subject;
use super::revocation::revocation_payload;
use crate::graphql::context::Request;
use domain::{AuditedAction, Manage, commands};

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

revocation_payload! {
    /// What came of taking a subject's tokens back.
    RevokeSubjectPayload
}

#[derive(Default)]
pub(super) struct RevokeSubjectMutation;

#[Object]
impl RevokeSubjectMutation {
    /// Take back every token of a subject that may have been issued until now. From now on this server accepts none, and no server of this database
    /// carries out a mutation for one; within a second none accepts one, WebSockets that go by one close with 4403, event streams end with
    /// UNAUTHENTICATED, and the subject's monitor sessions end with TOKEN_EXPIRED. Since an issuer's clock may run ahead, tokens that are issued in the
    /// seconds after it are refused too, 30 unless the server sets another number (`jwt_clock_skew_seconds`): who is to go on working signs in again after
    /// that. A token that is issued later is accepted: to keep somebody out, let the identity provider issue none. For administrators.
    async fn revoke_subject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose tokens to take back.")] input: RevokeSubjectInput,
    ) -> Result<RevokeSubjectPayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        let longest_life = ctx.app()?.longest_life;
        manage(ctx, AuditedAction::RevokeSubject, reason, key, || {
            Ok(Manage::RevokeSubject(commands::RevokeSubject {
                subject: subject(&input.subject)?,
                longest_life,
            }))
        })
        .await
    }
}
