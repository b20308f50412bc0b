//! `recordConsent`: what the customer was told and answered about being watched (domain.md section 2).

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::start::not_in_the_future;
use crate::action::{Action, AuditedAction};
use crate::case::organisation::invalid;
use crate::case::{Case, ConversationCommand, Spec};
use crate::policy::Needs;
use crate::{
    AuditDetail, Change, Consent, Decision, MonitoringEnd, MonitoringNotice, Outcome, Refusal,
};

/// What is recorded; at least one of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RecordConsent {
    /// When the customer was told; none leaves what is recorded.
    pub notice_given_at: Option<DateTime<Utc>>,
    /// The answer; none leaves what is recorded.
    pub consent: Option<Consent>,
}

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::RecordConsent,
    audited: AuditedAction::RecordConsent,
    needs: Needs::Gateway,
    in_closed: true,
    meets: |_, _| Ok(()),
    viewer_can: None,
};

impl ConversationCommand for RecordConsent {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        if self.notice_given_at.is_none() && self.consent.is_none() {
            return Err(invalid("input", "give noticeGivenAt, consent or both"));
        }
        not_in_the_future(self.notice_given_at, case.standing.now)?;
        let conversation = case.conversation();
        let known = (conversation.notice_given_at, conversation.consent);
        let recorded = (
            self.notice_given_at.or(known.0),
            self.consent.unwrap_or(known.1),
        );
        let mut recorder = case.recorder();
        if recorded == known {
            return Ok(recorder.done());
        }
        let (notice_given_at, consent) = recorded;
        recorder.push(Change::ConsentRecorded {
            notice_given_at,
            consent,
        });
        let needed = recorder.workstream().monitoring_notice == MonitoringNotice::ConsentRequired;
        if needed && recorder.current.consent != Consent::Granted {
            recorder.stop_monitoring(MonitoringEnd::ConsentWithdrawn, |_| true);
        }
        if recorder.current.consent == Consent::Denied {
            // Who was refused outright reads on nothing that is past.
            recorder.stop_reviews(MonitoringEnd::ConsentWithdrawn);
        }
        Ok(recorder.done())
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }
}
