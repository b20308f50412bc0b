//! `removeCustomerMessage`: the customer removed a message (domain.md section 10).

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::customer_message::feel;
use super::on_message::{OfMessage, applied, at, of_customer, without_effect};
use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec};
use crate::policy::Needs;
use crate::{AuditDetail, Change, Decision, Outcome, Refusal};

/// The message goes from the transcript.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Remove {
    /// When it was removed, by the channel's clock; none: as this came in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
}

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::RemoveCustomerMessage,
    audited: AuditedAction::RemoveCustomerMessage,
    needs: Needs::Gateway,
    in_closed: true,
    meets: |_, _| Ok(()),
    viewer_can: None,
};

impl ConversationCommand for OfMessage<Remove> {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        // It wins over an edit, whichever is the later.
        if of_customer(case, self.message)?.removed_at.is_some() {
            return Ok(without_effect(case, self.message));
        }
        let before = case.conversation().sentiment.level;
        let mut recorder = case.recorder();
        recorder.push(Change::MessageRemoved {
            message: self.message,
            at: at(self.act.at, case.standing.now),
        });
        let analysed = case.standing.settings.sentiment_analysis;
        feel(&mut recorder, case.draft, before, analysed);
        Ok(recorder.done_with(applied(self.message)))
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::target(self.message)
    }
}
