//! `closeConversation`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::dispositions::LONGEST_CODE;
use super::input::{conversation_inputs, maybe_text};
use super::{act, payloads};
use domain::{Act, Action, Refusal, commands};

/// The longest note, in characters.
const LONGEST_NOTE: usize = 2_000;

conversation_inputs! {
    /// What to close, and how it ended.
    CloseConversationInput {
        /// How it ended: the code of one of `workstream { dispositions }` (DISPOSITION_UNKNOWN). People must give it where the
        /// workstream says so (DISPOSITION_REQUIRED).
        disposition_code: Option<String>,
        /// What to note of it, 1 to 2,000 characters: text, like an INTERNAL message, and erased with the customer.
        note: Option<String>,
    }
}

payloads! {
    /// What came of closing.
    CloseConversationPayload {}
}

#[derive(Default)]
pub(super) struct CloseMutation;

#[Object]
impl CloseMutation {
    /// Close your conversation when the after-work is done (WRAP_UP to CLOSED, which is final). For its primary agent or bot.
    async fn close_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to close, and how it ended.")] input: CloseConversationInput,
    ) -> Result<CloseConversationPayload> {
        Ok(act(ctx, Action::Close, &input, parse).await?.into())
    }
}

fn parse(input: &CloseConversationInput) -> Result<Act, Refusal> {
    let (code, note) = (input.disposition_code.as_ref(), input.note.as_ref());
    if code.is_none() && note.is_none() {
        return Ok(Act::Close);
    }
    Ok(Act::CloseAs(commands::Close {
        disposition: maybe_text("dispositionCode", code, LONGEST_CODE)?,
        note: maybe_text("note", note, LONGEST_NOTE)?,
    }))
}
