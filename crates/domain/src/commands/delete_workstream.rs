//! `deleteWorkstream`: a workstream goes, unless it has ongoing conversations.

use serde::Serialize;

use crate::action::AuditedAction;
use crate::case::organisation::{workstream, workstream_event};
use crate::case::{OrganisationCase, OrganisationCommand};
use crate::{
    AuditDetail, Decision, Edit, InUse, Managed, Outcome, Refusal, Workstream, WorkstreamId,
};

/// A workstream goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DeleteWorkstream(pub WorkstreamId);

impl OrganisationCommand for DeleteWorkstream {
    fn audited(&self) -> AuditedAction {
        AuditedAction::DeleteWorkstream
    }

    fn decide(&self, case: &OrganisationCase<'_>) -> Result<Decision, Refusal> {
        let before = workstream(case.draft, self.0)?;
        InUse::of_workstream(case.draft, self.0).none()?;
        let after = Workstream {
            deleted_at: Some(case.now),
            ..(**before).clone()
        };
        Ok(case.done(workstream_event(Edit::Deleted, None, after)))
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::target(self.0)
    }

    fn managed(&self) -> Managed {
        Managed::Workstream(self.0)
    }
}
