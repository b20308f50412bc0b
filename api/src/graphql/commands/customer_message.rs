//! `receiveCustomerMessage`: its input, its payload and its resolver.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::input::{LONGEST_MESSAGE, conversation_inputs, text};
use super::{act, payloads};
use crate::graphql::context::Request;
use domain::{Act, Action, MessageId, MessageScore, Refusal, commands};

conversation_inputs! {
    /// What the customer wrote.
    ReceiveCustomerMessageInput {
        /// What the customer wrote: 1 to 10,000 characters.
        text: String,
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
        /// The message's id; null when refused.
        message_id: Option<ID> = |done| done.outcome.message.map(|id| ID(id.to_string())),
    }
}

#[derive(Default)]
pub(super) struct CustomerMessageMutation;

#[Object]
impl CustomerMessageMutation {
    /// The customer wrote. Appended in every ongoing state; a WAITING conversation comes back to its
    /// queue. After CLOSED start a new conversation.
    async fn receive_customer_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the customer wrote.")] input: ReceiveCustomerMessageInput,
    ) -> Result<ReceiveCustomerMessagePayload> {
        let id = MessageId::new(ctx.app()?.clock.now());
        let parse = |input: &ReceiveCustomerMessageInput| {
            let text = text("text", &input.text, LONGEST_MESSAGE)?;
            let score = input.score.as_ref().map(supplied).transpose()?;
            Ok(Act::CustomerMessage(commands::CustomerMessage {
                id,
                text,
                score,
            }))
        };
        Ok(act(ctx, Action::CustomerMessage, &input, parse)
            .await?
            .into())
    }
}

#[allow(clippy::cast_possible_truncation)] // Scores are kept in single precision, to three decimals.
fn supplied(input: &ScoreInput) -> Result<MessageScore, Refusal> {
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
