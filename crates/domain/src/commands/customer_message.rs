//! `receiveCustomerMessage`: the customer wrote, and what that does to the sentiment (domain.md sections 2 and 6).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Recorder, Spec};
use crate::policy::Needs;
use crate::sentiment::at_or_below;
use crate::{
    AuditDetail, Author, CancelReason, Change, Channel, Content, Conversation, Decision, Draft,
    ExternalId, Meaning, MessageHead, MessageId, MessageName, MessageScore, Outcome, Presence,
    Refusal, SentimentLevel, State, Text, Viewer, Visibility,
};

/// A message of the customer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CustomerMessage {
    /// The message's id.
    #[serde(skip)]
    pub id: MessageId,
    /// What it says.
    #[serde(flatten)]
    pub content: Content,
    /// Its score; none when analysis is off, or it has no text.
    pub score: Option<MessageScore>,
    /// What else Regie reads in it.
    #[serde(skip)]
    pub meaning: Meaning,
    /// When the customer sent it, by the channel's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<DateTime<Utc>>,
    /// The id that the channel's provider gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<Arc<str>>,
    /// The message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageName>,
}

impl CustomerMessage {
    /// A message of text, and nothing else.
    pub fn of_text(id: MessageId, text: impl Into<Arc<str>>) -> Self {
        Self {
            id,
            content: Content::text(text),
            score: None,
            meaning: Meaning::default(),
            sent_at: None,
            external_id: None,
            reply_to: None,
        }
    }

    /// The provider's id, as this gateway's on this channel.
    pub fn external(&self, gateway: &Viewer, channel: Channel) -> Option<ExternalId> {
        Some(ExternalId {
            source: gateway.access().source()?.clone(),
            channel,
            id: self.external_id.clone()?,
        })
    }

    /// What a gateway is answered that brings a message again: what the first delivery came to, with no second
    /// effect.
    pub(super) fn repeats(
        &self,
        draft: &Draft<'_>,
        gateway: &Viewer,
        channel: Channel,
    ) -> Option<Outcome> {
        let known = draft.delivered(&self.external(gateway, channel)?)?;
        Some(Outcome {
            conversation: Some(draft.conversation(known.conversation)?.clone()),
            message: Some(known.id),
            duplicate: true,
            ..Outcome::default()
        })
    }

    /// Adds it to the transcript, with what it does to the sentiment and to what waited for the customer.
    pub(super) fn post(&self, recorder: &mut Recorder<'_>, draft: &Draft<'_>, gateway: &Viewer) {
        let before = recorder.current.sentiment.level;
        let analysed = draft.settings().sentiment_analysis;
        recorder.add_text(Text::Message {
            id: self.id,
            content: self.content.clone(),
            external: self.external(gateway, recorder.current.channel),
        });
        let scored = analysed && self.content.has_text();
        let reply_to = self.reply_to.as_ref().and_then(|name| {
            let message = named(name, draft, gateway, &recorder.current)?;
            (message.visibility == Visibility::Public).then_some(message.id)
        });
        recorder.push(Change::MessagePosted {
            message: self.id,
            author: Author::Customer,
            visibility: Visibility::Public,
            system: None,
            score: self.score.clone().filter(|_| scored),
            meaning: self.meaning.told(scored),
            analysed,
            sent_at: self.sent_at.map(|sent_at| sent_at.min(recorder.now())),
            attachments: self.content.kinds(),
            reply_to,
        });
        if scored {
            signal(recorder, draft, self.id, &self.meaning);
        }
        feel(recorder, draft, before, analysed);
        if recorder.current.state == State::Waiting {
            let reactivated = Change::Reactivated { by_agent: false };
            recorder.enter(reactivated, CancelReason::CustomerWrote);
        }
    }
}

/// The message of this conversation that is named.
fn named(
    name: &MessageName,
    draft: &Draft<'_>,
    gateway: &Viewer,
    conversation: &Conversation,
) -> Option<MessageHead> {
    let message = match name {
        MessageName::Id(id) => draft.message(*id)?,
        MessageName::External(id) => draft.delivered(&ExternalId {
            source: gateway.access().source()?.clone(),
            channel: conversation.channel,
            id: id.clone(),
        })?,
    };
    (message.conversation == conversation.id).then_some(message)
}

/// What of a message should be looked at, where the workstream wants to know.
pub(super) fn signal(
    recorder: &mut Recorder<'_>,
    draft: &Draft<'_>,
    message: MessageId,
    meaning: &Meaning,
) {
    let workstream = draft.workstream(recorder.current.workstream);
    if meaning.signals.is_empty() || workstream.is_some_and(|one| !one.escalation_signals) {
        return;
    }
    recorder.push(Change::EscalationSignalled {
        message,
        signals: meaning.signals.clone(),
    });
}

/// The level that a message left, and whether supervisors are alerted.
pub(super) fn feel(
    recorder: &mut Recorder<'_>,
    draft: &Draft<'_>,
    before: SentimentLevel,
    analysed: bool,
) {
    let level = recorder.current.sentiment.level;
    let threshold = draft.settings().sentiment_alert_threshold;
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
            unreachable: draft.supervisors_not_in(&reachable).collect(),
        });
    }
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

    fn repeats(&self, case: &Case<'_>) -> Option<Outcome> {
        let channel = case.conversation().channel;
        Self::repeats(self, case.draft, case.viewer(), channel)
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let mut recorder = case.recorder();
        self.post(&mut recorder, case.draft, case.viewer());
        Ok(recorder.done_with(Outcome {
            message: Some(self.id),
            ..Outcome::default()
        }))
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }
}
