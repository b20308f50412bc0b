//! `deleteQueue`: a queue goes, unless something ongoing is in it, or agents are members.

use serde::Serialize;

use crate::action::AuditedAction;
use crate::case::organisation::{queue, queue_event};
use crate::case::{OrganisationCase, OrganisationCommand};
use crate::{AuditDetail, Decision, Edit, InUse, Managed, Outcome, Queue, QueueId, Refusal};

/// A queue goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DeleteQueue(pub QueueId);

impl OrganisationCommand for DeleteQueue {
    fn audited(&self) -> AuditedAction {
        AuditedAction::DeleteQueue
    }

    fn decide(&self, case: &OrganisationCase<'_>) -> Result<Decision, Refusal> {
        let before = queue(case.draft, self.0)?;
        InUse::of_queue(case.draft, self.0).none()?;
        let after = Queue {
            deleted_at: Some(case.now),
            ..(**before).clone()
        };
        Ok(case.done(queue_event(Edit::Deleted, after)))
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::target(self.0)
    }

    fn managed(&self) -> Managed {
        Managed::Queue(self.0)
    }
}
