//! `createQueue`: an administrator makes a queue.

use std::sync::Arc;

use serde::Serialize;

use crate::action::AuditedAction;
use crate::case::organisation::queue_event;
use crate::case::{OrganisationCase, OrganisationCommand};
use crate::{
    AuditDetail, Decision, Edit, Managed, OpeningHours, Outcome, Queue, QueueId, QueueKind, Refusal,
};

/// A new queue.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CreateQueue {
    /// Its id.
    #[serde(skip)]
    pub id: QueueId,
    /// Its name.
    pub name: Arc<str>,
    /// What it is for.
    pub kind: QueueKind,
    /// When it is open; none: always.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Arc<OpeningHours>>,
}

impl OrganisationCommand for CreateQueue {
    fn audited(&self) -> AuditedAction {
        AuditedAction::CreateQueue
    }

    fn decide(&self, case: &OrganisationCase<'_>) -> Result<Decision, Refusal> {
        let queue = Queue {
            id: self.id,
            name: self.name.clone(),
            kind: self.kind,
            hours: self.hours.clone(),
            deleted_at: None,
        };
        Ok(case.done(queue_event(Edit::Created, queue)))
    }

    fn audit(&self, outcome: Option<&Outcome>) -> AuditDetail {
        AuditDetail::of(outcome.map(|_| self.id))
    }

    fn managed(&self) -> Managed {
        Managed::Nothing
    }
}
