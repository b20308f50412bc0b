//! `editCustomerMessage`: its input, its payload and its resolver.

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};

use super::content::{AttachmentInput, MessageReference, attachments};
use super::customer_message::{ScoreInput, supplied};
use super::input::text;
use super::on_message::{Named, on_message};
use super::payloads;
use domain::fold::is_blank;
use domain::message::LONGEST_TEXT;
use domain::{Action, Channel, Meaning, MessageAct, Refusal, commands};

/// What a customer's message says now.
#[derive(InputObject)]
pub struct EditCustomerMessageInput {
    /// The channel; needed where the message is named by its `externalId`.
    channel: Option<Channel>,
    /// The message.
    message: MessageReference,
    /// What it says now: up to 10,000 characters; empty where it has attachments alone.
    text: String,
    /// What is attached now, up to 10. Default: what was.
    attachments: Option<Vec<AttachmentInput>>,
    /// When the customer edited it, by the channel's clock. Default: now; what lies in the future is now.
    at: Option<DateTime<Utc>>,
    /// Your own score of the text; without it Regie scores it.
    score: Option<ScoreInput>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours. With `at` it is not needed.
    idempotency_key: Option<String>,
}

payloads! {
    /// What came of an edit.
    EditCustomerMessagePayload {
        /// The message's id (`msg_…`). Null when refused.
        message_id: Option<ID> = |done| done.outcome.message.map(|id| ID(id.to_string())),
        /// Whether it took effect; false also when refused. What is older than what is recorded of the message has none, nor has what is so
        /// already.
        applied: bool = |done| done.outcome.applied,
    }
}

#[derive(Default)]
pub(super) struct EditCustomerMessageMutation;

#[Object]
impl EditCustomerMessageMutation {
    /// The customer edited a message. The transcript shows the present text with `editedAt`; what it said before is a
    /// revision, for supervisors in a session. The new text is scored in its place, and a fall of the level alerts like any
    /// other. Also in CLOSED, where it changes the message alone. An edit older than the last one, or of a removed message, has
    /// no effect (`applied` is false). No version, no activity, no clock. A message that is not there yet, or was erased, is
    /// MESSAGE_NOT_FOUND: deliver it again later. For the gateway of its channel and source.
    async fn edit_customer_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What a customer's message says now.")] input: EditCustomerMessageInput,
    ) -> Result<EditCustomerMessagePayload> {
        let named = Named {
            message: &input.message,
            path: "message",
            channel: input.channel,
            reason: None,
            key: input.idempotency_key.as_ref(),
        };
        let parse = || parse(&input);
        let done = on_message(ctx, Action::EditCustomerMessage, named, parse);
        Ok(done.await?.into())
    }
}

fn parse(input: &EditCustomerMessageInput) -> Result<MessageAct, Refusal> {
    let said = if is_blank(&input.text) {
        "".into()
    } else {
        text("text", &input.text, LONGEST_TEXT)?
    };
    let given = input.attachments.as_ref();
    Ok(MessageAct::Edit(commands::Edit {
        text: said,
        attachments: given.map(|given| attachments(given)).transpose()?,
        score: input.score.as_ref().map(supplied).transpose()?,
        meaning: Meaning::default(),
        at: input.at,
    }))
}
