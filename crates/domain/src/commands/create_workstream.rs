//! `createWorkstream`: an administrator makes a workstream.

use serde::{Serialize, Serializer};

use crate::action::AuditedAction;
use crate::case::organisation::{well_formed, workstream_event};
use crate::case::{OrganisationCase, OrganisationCommand};
use crate::{AuditDetail, Decision, Edit, Managed, Outcome, Refusal, Workstream, WorkstreamId};

/// A new workstream.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CreateWorkstream(#[serde(serialize_with = "but_for_its_id")] pub Workstream);

fn but_for_its_id<S: Serializer>(new: &Workstream, serializer: S) -> Result<S::Ok, S::Error> {
    let id = WorkstreamId(uuid::Uuid::nil());
    Workstream { id, ..new.clone() }.serialize(serializer)
}

impl OrganisationCommand for CreateWorkstream {
    fn audited(&self) -> AuditedAction {
        AuditedAction::CreateWorkstream
    }

    fn decide(&self, case: &OrganisationCase<'_>) -> Result<Decision, Refusal> {
        well_formed(&self.0)?;
        Ok(case.done(workstream_event(Edit::Created, None, self.0.clone())))
    }

    fn audit(&self, outcome: Option<&Outcome>) -> AuditDetail {
        AuditDetail::of(outcome.map(|_| self.0.id))
    }

    fn managed(&self) -> Managed {
        Managed::Nothing
    }
}
