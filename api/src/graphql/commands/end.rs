//! `endConversation`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::conversation_inputs;
use super::{act, payloads};
use domain::{Act, Action};

conversation_inputs! {
    /// Which contact to end.
    EndConversationInput {}
}

payloads! {
    /// What came of ending.
    EndConversationPayload {}
}

#[derive(Default)]
pub(super) struct EndMutation;

#[Object]
impl EndMutation {
    /// End the contact of your ACTIVE conversation; it comes to WRAP_UP for after-work. For its primary agent or bot.
    async fn end_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which contact to end.")] input: EndConversationInput,
    ) -> Result<EndConversationPayload> {
        Ok(act(ctx, Action::End, &input, |_| Ok(Act::End))
            .await?
            .into())
    }
}
