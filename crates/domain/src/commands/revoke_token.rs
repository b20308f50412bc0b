//! `revokeToken`: one token is taken back before it ends.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::revoke::revoke;
use crate::action::AuditedAction;
use crate::case::{OrganisationCase, OrganisationCommand};
use crate::{AuditDetail, Decision, Managed, Outcome, Refusal, Revoked};

/// The token with this id.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RevokeToken {
    /// Its `jti`.
    pub token: Arc<str>,
    /// When it ends by itself, if that is known.
    pub expires_at: Option<DateTime<Utc>>,
    /// How long any token that is accepted now may go on: for so long the revocation is kept at most.
    #[serde(skip)]
    pub longest_life: TimeDelta,
}

impl OrganisationCommand for RevokeToken {
    fn audited(&self) -> AuditedAction {
        AuditedAction::RevokeToken
    }

    fn decide(&self, case: &OrganisationCase<'_>) -> Result<Decision, Refusal> {
        let token = Revoked::Token(self.token.clone());
        revoke(case, &token, self.expires_at, self.longest_life)
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::target(&self.token)
    }

    fn managed(&self) -> Managed {
        Managed::Nothing
    }
}
