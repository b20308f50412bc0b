//! `releaseConversation`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::conversation_inputs;
use super::{act, payloads};
use domain::{Act, Action};

conversation_inputs! {
    /// What to give back.
    ReleaseConversationInput {}
}

payloads! {
    /// What came of releasing.
    ReleaseConversationPayload {}
}

#[derive(Default)]
pub(super) struct ReleaseMutation;

#[Object]
impl ReleaseMutation {
    /// Give your ACTIVE conversation back to its queue; a bot hands over to people this way. For its primary agent or bot.
    async fn release_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to give back.")] input: ReleaseConversationInput,
    ) -> Result<ReleaseConversationPayload> {
        Ok(act(ctx, Action::Release, &input, |_| Ok(Act::Release))
            .await?
            .into())
    }
}
