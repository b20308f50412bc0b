//! What is done to a message that is named: it says what conversation that is in (domain.md section 10).

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::correct_sentiment::CorrectSentiment;
use super::edit_customer_message::Edit;
use super::react::React;
use super::record_delivery::RecordDelivery;
use super::remove_customer_message::Remove;
use super::{Act, Command};
use crate::action::Action;
use crate::case::Case;
use crate::decide::on_conversation;
use crate::message::MessageRecord;
use crate::policy;
use crate::{
    Author, Channel, Decision, Draft, ExternalId, MessageHead, MessageId, MessageName, Outcome,
    Refusal, Viewer, Visibility,
};

/// Something that is done to a message.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OnMessage {
    /// Which.
    pub message: MessageName,
    /// On which channel: what a provider's id needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// What.
    pub act: MessageAct,
}

/// What is done to a message.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum MessageAct {
    /// The customer edited it.
    Edit(Edit),
    /// The customer removed it.
    Remove(Remove),
    /// Somebody reacts to it, or takes it back.
    React(React),
    /// How far it came on its way to the customer.
    RecordDelivery(RecordDelivery),
    /// A supervisor says how it feels.
    CorrectSentiment(CorrectSentiment),
}

/// What is done to this message, as what is done to its conversation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OfMessage<T> {
    /// Which.
    pub message: MessageId,
    /// What.
    pub act: T,
}

impl MessageAct {
    /// Its name for the policy.
    pub const fn action(&self) -> Action {
        match self {
            Self::Edit(_) => Action::EditCustomerMessage,
            Self::Remove(_) => Action::RemoveCustomerMessage,
            Self::React(_) => Action::React,
            Self::RecordDelivery(_) => Action::RecordDelivery,
            Self::CorrectSentiment(_) => Action::CorrectSentiment,
        }
    }

    /// The same, done to this message.
    pub fn on(self, message: MessageId) -> Act {
        match self {
            Self::Edit(act) => Act::EditCustomerMessage(OfMessage { message, act }),
            Self::Remove(act) => Act::RemoveCustomerMessage(OfMessage { message, act }),
            Self::React(act) => Act::React(OfMessage { message, act }),
            Self::RecordDelivery(act) => Act::RecordDelivery(OfMessage { message, act }),
            Self::CorrectSentiment(act) => Act::CorrectSentiment(OfMessage { message, act }),
        }
    }
}

impl From<OnMessage> for Command {
    fn from(on: OnMessage) -> Self {
        Self::OnMessage(Box::new(on))
    }
}

impl OnMessage {
    /// The provider's id by which it is named, as this viewer's.
    pub fn external(&self, viewer: &Viewer) -> Option<ExternalId> {
        let MessageName::External(id) = &self.message else {
            return None;
        };
        Some(ExternalId {
            source: viewer.access().source()?.clone(),
            channel: self.channel?,
            id: id.clone(),
        })
    }

    /// The message that is named, as far as it was not erased.
    pub fn find<'d>(&self, draft: &'d Draft<'_>, viewer: &Viewer) -> Option<&'d MessageRecord> {
        let id = match &self.message {
            MessageName::Id(id) => *id,
            MessageName::External(_) => draft.delivered(&self.external(viewer)?)?.id,
        };
        draft.record(id).filter(|record| !record.erased)
    }
}

/// Whether the viewer may name a message as it is named: a provider's id belongs to the gateways of the channel.
fn may_name(on: &OnMessage, viewer: &Viewer) -> Result<(), Refusal> {
    let (MessageName::External(_), Some(channel)) = (&on.message, on.channel) else {
        return Ok(());
    };
    policy::require_channel(viewer, channel)
}

/// What comes of it. A message that is not there, was erased, or is in a conversation that the viewer does not see
/// is answered alike.
pub(crate) fn decide(
    on: &OnMessage,
    draft: &Draft<'_>,
    viewer: &Viewer,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let agent = draft.agent_of(viewer.subject()).map(|agent| &**agent);
    policy::known_agent(viewer, agent, on.act.action().spec().needs)?;
    may_name(on, viewer)?;
    let record = on.find(draft, viewer).ok_or(Refusal::MessageNotFound)?;
    if !is_there_for(draft, viewer, &record.head, now) {
        return Err(Refusal::MessageNotFound);
    }
    let act = on.act.clone().on(record.head.id);
    let decided = on_conversation(draft, viewer, record.head.conversation, &act, None, now);
    decided.map_err(|refusal| match refusal {
        Refusal::NotFound => Refusal::MessageNotFound,
        other => other,
    })
}

/// Whether the viewer may know of this message, where it coaches an agent: who does not read it learns nothing of it, not
/// even what they lack. Of other messages the command says it.
fn is_there_for(
    draft: &Draft<'_>,
    viewer: &Viewer,
    head: &MessageHead,
    now: DateTime<Utc>,
) -> bool {
    if head.visibility != Visibility::Coaching {
        return true;
    }
    let agent = draft.agent_of(viewer.subject()).map(|agent| &**agent);
    let conversation = draft.conversation(head.conversation);
    let reading = conversation.and_then(|c| policy::reads_transcript(viewer, agent, c, now));
    reading.is_some_and(|reading| reading.reads(head.visibility, head.coached))
}

/// The message that a command is about.
pub(super) fn record<'a>(
    case: &Case<'a>,
    message: MessageId,
) -> Result<&'a MessageRecord, Refusal> {
    case.draft.record(message).ok_or(Refusal::MessageNotFound)
}

/// The message that a command is about, which the customer must have written.
pub(super) fn of_customer<'a>(
    case: &Case<'a>,
    message: MessageId,
) -> Result<&'a MessageRecord, Refusal> {
    let record = record(case, message)?;
    match (record.author, record.head.visibility) {
        (Author::Customer, _) => Ok(record),
        (_, Visibility::Public) => Err(Refusal::InvalidInput {
            path: "message",
            problem: "it is no message of the customer".to_owned(),
        }),
        // Whoever asks is a gateway, which must not learn of it.
        _ => Err(Refusal::MessageNotFound),
    }
}

/// When it was done by the channel's clock: not after it came in.
pub(super) fn at(given: Option<DateTime<Utc>>, now: DateTime<Utc>) -> DateTime<Utc> {
    given.map_or(now, |at| at.min(now))
}

/// Nothing happens: what is recorded of the message is newer, or the same.
pub(super) fn without_effect(case: &Case<'_>, message: MessageId) -> Decision {
    Decision::repeated(
        case.actor(),
        Outcome {
            conversation: Some(case.conversation().clone()),
            message: Some(message),
            ..Outcome::default()
        },
    )
}

/// What an answer shows of a change that took effect.
pub(super) fn applied(message: MessageId) -> Outcome {
    Outcome {
        message: Some(message),
        applied: true,
        ..Outcome::default()
    }
}
