//! `receiveCustomerMessage`: the customer wrote, and what that does to the sentiment (domain.md sections 2 and 6).

use std::sync::Arc;

use serde::Serialize;

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec};
use crate::policy::Needs;
use crate::sentiment::at_or_below;
use crate::{
    AuditDetail, Author, CancelReason, Change, Decision, MessageId, MessageScore, Outcome,
    Presence, Refusal, SentimentLevel, State, Text, Visibility,
};

/// A message of the customer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CustomerMessage {
    /// The message's id.
    #[serde(skip)]
    pub id: MessageId,
    /// Its text.
    pub text: Arc<str>,
    /// Its score; none when analysis is off.
    pub score: Option<MessageScore>,
}

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::CustomerMessage,
    audited: AuditedAction::ReceiveCustomerMessage,
    needs: Needs::Gateway,
    in_closed: false,
    meets: |_, _| Ok(()),
    viewer_can: None,
};

impl ConversationCommand for CustomerMessage {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let before = case.conversation().sentiment.level;
        let settings = case.draft.settings();
        let analysed = settings.sentiment_analysis;
        let mut recorder = case.recorder();
        recorder.add_text(Text::Message(self.id, self.text.clone()));
        recorder.push(Change::MessagePosted {
            message: self.id,
            author: Author::Customer,
            visibility: Visibility::Public,
            system: None,
            score: self.score.clone().filter(|_| analysed),
            analysed,
        });
        let level = recorder.current.sentiment.level;
        let threshold = settings.sentiment_alert_threshold;
        let low = at_or_below(level, threshold);
        // NOT_AVAILABLE is no recovery: nothing says that the customer feels better.
        let above = |level| level != SentimentLevel::NotAvailable && !at_or_below(level, threshold);
        if level != before {
            recorder.push(Change::SentimentChanged {
                from: before,
                to: level,
                recovered: above(level),
                analysed,
            });
        }
        // By the threshold of now: it may have moved since this conversation was looked at.
        let alerted = if before == SentimentLevel::NotAvailable {
            recorder.current.alerted
        } else {
            at_or_below(before, threshold)
        };
        if low && !alerted {
            let reachable = [Presence::Available, Presence::Busy];
            recorder.push(Change::SentimentAlertRaised {
                level,
                threshold,
                unreachable: case.draft.supervisors_not_in(&reachable).collect(),
            });
        }
        if recorder.current.state == State::Waiting {
            let reactivated = Change::Reactivated { by_agent: false };
            recorder.enter(reactivated, CancelReason::CustomerWrote);
        }
        Ok(recorder.done_with(Outcome {
            message: Some(self.id),
            ..Outcome::default()
        }))
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }
}
