//! `forceCloseConversation`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::conversation_inputs;
use super::{act, payloads};
use domain::{Act, Action};

conversation_inputs! {
    /// What to end.
    ForceCloseConversationInput {}
}

payloads! {
    /// What came of force-closing.
    ForceCloseConversationPayload {}
}

#[derive(Default)]
pub(super) struct ForceCloseMutation;

#[Object]
impl ForceCloseMutation {
    /// End a conversation from outside, in any ongoing state, on any channel but RECORD. Everybody in
    /// it is cut off and told so; offers, transfer requests and monitor sessions end. Use it
    /// sparingly, as a last resort. Needs `supervisorForceClose` and `conversation:force_close`.
    async fn force_close_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to end.")] input: ForceCloseConversationInput,
    ) -> Result<ForceCloseConversationPayload> {
        Ok(
            act(ctx, Action::ForceClose, &input, |_| Ok(Act::ForceClose))
                .await?
                .into(),
        )
    }
}
