//! `updateSupervisorSettings`: what the organisation allows its supervisors. Acts at once.

use std::sync::Arc;

use serde::Serialize;

use crate::action::AuditedAction;
use crate::case::organisation::plain;
use crate::case::{OrganisationCase, OrganisationCommand, Recorder, in_order};
use crate::patch::SettingsPatch;
use crate::{
    After, AuditDetail, Change, Conversation, Decision, Managed, MonitoringEnd, Outcome, Refusal,
    SentimentLevel,
};

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
        let unwatched = before.supervisor_monitor && !after.supervisor_monitor;
        let unanalysed = before.sentiment_analysis && !after.sentiment_analysis;
        let mut ends = Vec::new();
        if unanalysed {
            #[expect(clippy::disallowed_methods, reason = "it concerns every conversation")]
            ends.extend(case.draft.ongoing().filter(|c| is_analysed(c)));
        }
        if unwatched {
            let looked = |c: &&Arc<Conversation>| !(unanalysed && is_analysed(c));
            ends.extend(case.draft.watched().filter(looked));
        }
        for conversation in in_order(ends.into_iter()) {
            let actor = case.actor.clone();
            let mut recorder = Recorder::new(case.draft, conversation, actor, case.now);
            if unwatched {
                recorder.stop_monitoring(MonitoringEnd::SettingDisabled, |_| true);
            }
            if unanalysed && is_analysed(conversation) {
                // No recovery: nothing says that the customer feels better.
                recorder.push(Change::SentimentChanged {
                    from: conversation.sentiment.level,
                    to: SentimentLevel::NotAvailable,
                    recovered: false,
                    analysed: false,
                });
            }
            events.extend(recorder.into_events());
        }
        Ok(case.done((events, outcome)))
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }

    fn managed(&self) -> Managed {
        Managed::Settings
    }
}

fn is_analysed(conversation: &Conversation) -> bool {
    conversation.sentiment.level != SentimentLevel::NotAvailable
}
