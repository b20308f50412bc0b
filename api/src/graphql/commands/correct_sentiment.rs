//! `correctSentiment`: its input, its payload and its resolver.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::content::MessageReference;
use super::on_message::{Named, on_message};
use super::payloads;
use domain::{Action, MessageAct, Refusal, SentimentLevel, commands};

/// How a message feels.
#[derive(InputObject)]
pub struct CorrectSentimentInput {
    /// The customer's message (`msg_…`).
    message_id: ID,
    /// How the customer feels in it. Not NOT_AVAILABLE.
    level: SentimentLevel,
    /// Why, for the audit trail; up to 500 characters.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

payloads! {
    /// What came of a correction.
    CorrectSentimentPayload {
        /// The message's id (`msg_…`). Null when refused.
        message_id: Option<ID> = |done| done.outcome.message.map(|id| ID(id.to_string())),
        /// Whether it took effect; false also when refused. What a supervisor has said already has none.
        applied: bool = |done| done.outcome.applied,
    }
}

#[derive(Default)]
pub(super) struct CorrectSentimentMutation;

#[Object]
impl CorrectSentimentMutation {
    /// Say how a message of the customer feels, where a scorer got it wrong, while you monitor or review the conversation
    /// (NOT_MONITORING). The message's score and with it the conversation's level follow what you say, whoever scored it
    /// before or scores it later; an edit of the message takes your word away with the text. In CLOSED, and while
    /// `sentimentAnalysis` is off, it changes the message only. The event SentimentCorrected is for supervisors; that a level
    /// changed everybody who sees the level is shown, as Regie's own doing, but a level that changes without a message can
    /// make an agent think of a supervisor. Only a message of the customer with text can be corrected (INVALID_INPUT).
    /// `regie sentiment export` writes what was corrected, for Regie to learn from.
    async fn correct_sentiment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How a message feels.")] input: CorrectSentimentInput,
    ) -> Result<CorrectSentimentPayload> {
        let message = MessageReference::MessageId(input.message_id.clone());
        let named = Named {
            message: &message,
            path: "messageId",
            channel: None,
            reason: input.reason.as_ref(),
            key: input.idempotency_key.as_ref(),
        };
        let parse = || parse(&input);
        Ok(on_message(ctx, Action::CorrectSentiment, named, parse)
            .await?
            .into())
    }
}

fn parse(input: &CorrectSentimentInput) -> Result<MessageAct, Refusal> {
    if input.level == SentimentLevel::NotAvailable {
        return Err(Refusal::InvalidInput {
            path: "level",
            problem: "say how the customer feels".to_owned(),
        });
    }
    let correct = commands::CorrectSentiment(input.level);
    Ok(MessageAct::CorrectSentiment(correct))
}
