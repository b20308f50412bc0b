//! `revokeSubject`: every token of a subject is taken back.

use chrono::TimeDelta;
use serde::Serialize;

use super::revoke::revoke;
use crate::action::AuditedAction;
use crate::case::{OrganisationCase, OrganisationCommand};
use crate::{AuditDetail, Decision, Managed, Outcome, Refusal, Revoked, Subject};

/// Every token of this subject that may have been issued until now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RevokeSubject {
    /// Whose.
    pub subject: Subject,
    /// How long any token that is accepted now may go on: for so long the revocation is kept at most.
    #[serde(skip)]
    pub longest_life: TimeDelta,
}

impl OrganisationCommand for RevokeSubject {
    fn audited(&self) -> AuditedAction {
        AuditedAction::RevokeSubject
    }

    fn decide(&self, case: &OrganisationCase<'_>) -> Result<Decision, Refusal> {
        let subject = Revoked::Subject(self.subject.clone());
        revoke(case, &subject, None, self.longest_life)
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::target(&self.subject)
    }

    fn managed(&self) -> Managed {
        Managed::Nothing
    }
}
