//! `closeConversation`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::conversation_inputs;
use super::{act, payloads};
use domain::{Act, Action};

conversation_inputs! {
    /// What to close.
    CloseConversationInput {}
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
        #[graphql(desc = "What to close.")] input: CloseConversationInput,
    ) -> Result<CloseConversationPayload> {
        Ok(act(ctx, Action::Close, &input, |_| Ok(Act::Close))
            .await?
            .into())
    }
}
