//! `updateSupervisorSettings`: what the organisation allows its supervisors. Acts at once, and on every conversation
//! within seconds (`Command::Reassess`).

use std::sync::Arc;

use serde::Serialize;

use crate::action::AuditedAction;
use crate::case::organisation::plain;
use crate::case::{OrganisationCase, OrganisationCommand, Recorder, in_order};
use crate::patch::SettingsPatch;
use crate::{After, AuditDetail, Change, Decision, Left, Managed, MonitoringEnd, Outcome, Refusal};

/// New organisation settings.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UpdateSettings(pub SettingsPatch);

impl OrganisationCommand for UpdateSettings {
    fn audited(&self) -> AuditedAction {
        AuditedAction::UpdateSupervisorSettings
    }

    fn decide(&self, case: &OrganisationCase<'_>) -> Result<Decision, Refusal> {
        let before = case.draft.settings();
        let after = Arc::new(self.0.apply_to(before));
        let outcome = Outcome {
            settings: Some(after.clone()),
            ..Outcome::default()
        };
        if *after == **before {
            return Ok(case.done((vec![], outcome)));
        }
        let changed = After::Settings(after.clone());
        let mut events = vec![plain(Change::SupervisorSettingsChanged, changed)];
        if before.supervisor_monitor && !after.supervisor_monitor {
            for conversation in in_order(case.draft.watched()) {
                let actor = case.actor.clone();
                let mut recorder = Recorder::new(case.draft, conversation, actor, case.now);
                recorder.stop_monitoring(MonitoringEnd::SettingDisabled, |_| true);
                events.extend(recorder.into_events());
            }
        }
        let unanalysed = before.sentiment_analysis && !after.sentiment_analysis;
        let moved = before.sentiment_alert_threshold != after.sentiment_alert_threshold;
        Ok(Decision {
            left: (unanalysed || moved).then_some(Left::After(None)),
            ..case.done((events, outcome))
        })
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }

    fn managed(&self) -> Managed {
        Managed::Settings
    }
}
