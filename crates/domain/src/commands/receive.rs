//! `receiveFromCustomer`: one call for a gateway, whatever the conversation that its customer's message belongs to
//! (domain.md section 10).

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::customer_message::CustomerMessage;
use super::start::{self, Start};
use super::{Act, Command};
use crate::conversation::is_messaging;
use crate::decide::on_conversation;
use crate::{
    Actor, Channel, Conversation, ConversationId, Decision, Draft, Outcome, Refusal, State, Viewer,
};

/// A message of a customer, and how a conversation starts where it needs one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Receive {
    /// How the conversation starts; what it continues is found.
    pub start: Start,
    /// The message.
    pub message: CustomerMessage,
}

impl From<Receive> for Command {
    fn from(receive: Receive) -> Self {
        Self::Receive(Box::new(receive))
    }
}

/// What comes of it: the answer to the first delivery of this message, the message in the conversation that it belongs
/// to, or a conversation that starts with it.
pub(crate) fn decide(
    receive: &Receive,
    draft: &Draft<'_>,
    viewer: &Viewer,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let Receive { start, message } = receive;
    let workstream = start::fits(start, draft, viewer, now)?;
    if !is_messaging(start.channel) {
        return Err(Refusal::ChannelNotSupported(start.channel));
    }
    if let Some(outcome) = message.repeats(draft, viewer, start.channel) {
        let subject = viewer.subject().clone();
        return Ok(Decision::repeated(Actor::Gateway { subject }, outcome));
    }
    if let Some(running) = running(start, draft, viewer) {
        let act = Act::CustomerMessage(message.clone());
        return on_conversation(draft, viewer, running, &act, None, now);
    }
    let start = Start {
        previous: draft.last_closed(start.customer, start.channel),
        ..start.clone()
    };
    let mut recorder = start::begin(&start, draft, viewer, workstream, now);
    message.post(&mut recorder, draft, viewer);
    Ok(recorder.done_with(Outcome {
        message: Some(message.id),
        started: true,
        ..Outcome::default()
    }))
}

/// Whether what is ongoing takes what its customer writes on this channel of this gateway; if nothing does, another
/// conversation starts.
pub fn takes(conversation: &Conversation, channel: Channel, gateway: &Viewer) -> bool {
    let is_over = conversation.state == State::WrapUp && channel == Channel::LiveChat;
    conversation.channel == channel
        && !is_over
        && crate::policy::carries(gateway.access(), conversation.origin())
}

/// The conversation that a message of this customer belongs to: the newest that is ongoing there, one in `WRAP_UP` only
/// if there is no other, and never a live chat in `WRAP_UP`.
fn running(start: &Start, draft: &Draft<'_>, viewer: &Viewer) -> Option<ConversationId> {
    let is_wrapped_up = |c: &Conversation| c.state == State::WrapUp;
    draft
        .of_customer(start.customer)
        .filter(|c| takes(c, start.channel, viewer))
        .max_by_key(|c| (!is_wrapped_up(c), c.started_at, c.id))
        .map(|c| c.id)
}
