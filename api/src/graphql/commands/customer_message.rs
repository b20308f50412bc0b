//! `receiveCustomerMessage`: its input, its payload and its resolver.

use async_graphql::{Context, ID, InputObject, Object, Result};

use chrono::{DateTime, Utc};

use super::content::{AttachmentInput, MessageReference, content, external_id, message_name};
use super::input::conversation_inputs;
use super::{act, payloads};
use crate::graphql::context::Request;
use domain::{Act, Action, Meaning, MessageId, MessageScore, Refusal, commands};

conversation_inputs! {
    /// What the customer wrote.
    ReceiveCustomerMessageInput {
        /// What the customer wrote: up to 10,000 characters. Null for attachments alone.
        text: Option<String>,
        /// What is attached, up to 10.
        attachments: Option<Vec<AttachmentInput>>,
        /// When the customer sent it, by the channel's clock. Default: now; what lies in the future is now.
        sent_at: Option<DateTime<Utc>>,
        /// The id that the channel's provider gave the message, 1 to 255 characters, unique for your source and the
        /// channel. The same id again is answered as the duplicate, with no second effect.
        external_id: Option<String>,
        /// The message that it answers. One that is not known in the conversation costs nothing, and stays null.
        reply_to: Option<MessageReference>,
        /// Your own score of it; without it Regie scores the text.
        score: Option<ScoreInput>,
    }
}

/// A score that the gateway supplies with a message, in place of Regie's own.
#[derive(InputObject)]
pub struct ScoreInput {
    /// From -1 (worst) to 1 (best).
    score: f64,
    /// From 0 to 1.
    confidence: f64,
    /// ISO 639-1, two letters.
    language: Option<String>,
    /// The scorer's name, 1 to 64 characters.
    scorer: String,
    /// The scorer's version, 1 to 64 characters.
    scorer_version: String,
}

payloads! {
    /// What came of a customer's message.
    ReceiveCustomerMessagePayload {
        /// The message's id; of a duplicate that of the first delivery. Null when refused.
        message_id: Option<ID> = |done| done.outcome.message.map(|id| ID(id.to_string())),
        /// Whether it had come in before: then nothing happened, and `conversation` is the one that it is in.
        duplicate: bool = |done| done.outcome.duplicate,
    }
}

#[derive(Default)]
pub(super) struct CustomerMessageMutation;

#[Object]
impl CustomerMessageMutation {
    /// The customer wrote. Appended in every ongoing state; a WAITING conversation comes back to its
    /// queue. After CLOSED start a new conversation, or let `receiveFromCustomer` find it.
    async fn receive_customer_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the customer wrote.")] input: ReceiveCustomerMessageInput,
    ) -> Result<ReceiveCustomerMessagePayload> {
        let id = MessageId::new(ctx.app()?.clock.now());
        let parse = |input: &ReceiveCustomerMessageInput| {
            Ok(Act::CustomerMessage(message(
                id,
                (input.text.as_ref(), input.attachments.as_ref()),
                input.score.as_ref(),
                (
                    input.sent_at,
                    input.external_id.as_deref(),
                    input.reply_to.as_ref(),
                ),
            )?))
        };
        Ok(act(ctx, Action::CustomerMessage, &input, parse)
            .await?
            .into())
    }
}

/// What a channel says of a message: when it was sent, its provider's id, and what it answers.
type Carried<'a> = (
    Option<DateTime<Utc>>,
    Option<&'a str>,
    Option<&'a MessageReference>,
);

/// Parses a customer's message.
pub(super) fn message(
    id: MessageId,
    (text, attachments): (Option<&String>, Option<&Vec<AttachmentInput>>),
    score: Option<&ScoreInput>,
    (sent_at, external, reply_to): Carried<'_>,
) -> Result<commands::CustomerMessage, Refusal> {
    Ok(commands::CustomerMessage {
        id,
        content: content(text, attachments)?,
        score: score.map(supplied).transpose()?,
        meaning: Meaning::default(),
        sent_at,
        external_id: external
            .map(|given| external_id("externalId", given))
            .transpose()?,
        reply_to: reply_to
            .map(|given| message_name("replyTo", given))
            .transpose()?,
    })
}

#[allow(clippy::cast_possible_truncation)] // Scores are kept in single precision, to three decimals.
pub(super) fn supplied(input: &ScoreInput) -> Result<MessageScore, Refusal> {
    MessageScore::supplied(
        input.score as f32,
        input.confidence as f32,
        input.language.as_deref(),
        &input.scorer,
        &input.scorer_version,
    )
    .map_err(|error| Refusal::InvalidInput {
        path: "score",
        problem: error.to_string(),
    })
}
