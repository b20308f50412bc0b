//! `recordRating`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::{conversation_inputs, maybe_text};
use super::{act, payloads};
use domain::commands::record_rating::BEST;
use domain::{Act, Action, Refusal, commands};

/// The longest comment, in characters.
const LONGEST_COMMENT: usize = 2_000;

conversation_inputs! {
    /// How the customer rates a contact.
    RecordRatingInput {
        /// From 1, worst, to 5.
        score: u8,
        /// What the customer said of it, 1 to 2,000 characters: text, which supervisors read in a session only, and erased with
        /// the customer.
        /// Not kept once the customer was erased.
        comment: Option<String>,
    }
}

payloads! {
    /// What came of recording.
    RecordRatingPayload {}
}

#[derive(Default)]
pub(super) struct RecordRatingMutation;

#[Object]
impl RecordRatingMutation {
    /// Record how the customer rates the contact: once, from WRAP_UP until 7 days after it closed (RATING_NOT_POSSIBLE
    /// otherwise). The version stays. For the gateway of its channel.
    async fn record_rating(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How the customer rates a contact.")] input: RecordRatingInput,
    ) -> Result<RecordRatingPayload> {
        Ok(act(ctx, Action::RecordRating, &input, parse).await?.into())
    }
}

fn parse(input: &RecordRatingInput) -> Result<Act, Refusal> {
    if !(1..=BEST).contains(&input.score) {
        return Err(Refusal::InvalidInput {
            path: "score",
            problem: format!("give 1 to {BEST}"),
        });
    }
    Ok(Act::RecordRating(commands::RecordRating {
        score: input.score,
        comment: maybe_text("comment", input.comment.as_ref(), LONGEST_COMMENT)?,
    }))
}
