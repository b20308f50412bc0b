//! `updateQueue`: a queue's name, kind or hours.

use serde::Serialize;

use crate::action::AuditedAction;
use crate::case::organisation::{queue, queue_event, unchanged};
use crate::case::{OrganisationCase, OrganisationCommand};
use crate::patch::QueuePatch;
use crate::{AuditDetail, Decision, Edit, InUse, Managed, Outcome, QueueId, Refusal};

/// New values for a queue.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UpdateQueue(pub QueueId, pub QueuePatch);

impl OrganisationCommand for UpdateQueue {
    fn audited(&self) -> AuditedAction {
        AuditedAction::UpdateQueue
    }

    fn decide(&self, case: &OrganisationCase<'_>) -> Result<Decision, Refusal> {
        let Self(id, patch) = self;
        let before = queue(case.draft, *id)?;
        let after = patch.apply_to(before);
        if after.kind != before.kind {
            InUse::of_queue(case.draft, *id).none()?;
        }
        if after == **before {
            return Ok(case.done(unchanged(|outcome| outcome.queue = Some(before.clone()))));
        }
        Ok(case.done(queue_event(Edit::Updated, after)))
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::target(self.0)
    }

    fn managed(&self) -> Managed {
        Managed::Queue(self.0)
    }
}
