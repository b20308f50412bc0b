//! `updateWorkstream`: a workstream's settings. Clocks keep the due time they started with, and offers that
//! wait run on.

use serde::Serialize;

use crate::action::AuditedAction;
use crate::case::organisation::{unchanged, well_formed, workstream, workstream_event};
use crate::case::standing::noticed;
use crate::case::{OrganisationCase, OrganisationCommand, Recorder, in_order};
use crate::patch::WorkstreamPatch;
use crate::{AuditDetail, Decision, Edit, Managed, MonitoringEnd, Outcome, Refusal, WorkstreamId};

/// New values for a workstream.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UpdateWorkstream(pub WorkstreamId, pub WorkstreamPatch);

impl OrganisationCommand for UpdateWorkstream {
    fn audited(&self) -> AuditedAction {
        AuditedAction::UpdateWorkstream
    }

    fn decide(&self, case: &OrganisationCase<'_>) -> Result<Decision, Refusal> {
        let Self(id, patch) = self;
        let before = workstream(case.draft, *id)?;
        let after = patch.apply_to(before);
        well_formed(&after)?;
        if after == **before {
            return Ok(case.done(unchanged(|outcome| {
                outcome.workstream = Some(before.clone());
            })));
        }
        let notice = after.monitoring_notice;
        let (mut events, outcome) = workstream_event(Edit::Updated, Some(before), after);
        if notice != before.monitoring_notice {
            let watched = case.draft.watched().filter(|conversation| {
                conversation.workstream == *id && noticed(notice, conversation).is_err()
            });
            for conversation in in_order(watched) {
                let actor = case.actor.clone();
                let mut recorder = Recorder::new(case.draft, conversation, actor, case.now);
                recorder.stop_monitoring(MonitoringEnd::ConsentWithdrawn, |_| true);
                events.extend(recorder.into_events());
            }
        }
        Ok(case.done((events, outcome)))
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::target(self.0)
    }

    fn managed(&self) -> Managed {
        Managed::Workstream(self.0)
    }
}
