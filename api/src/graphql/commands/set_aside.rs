//! `setAsideConversation`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::conversation_inputs;
use super::{act, payloads};
use domain::{Act, Action};

conversation_inputs! {
    /// What to set aside.
    SetAsideConversationInput {}
}

payloads! {
    /// What came of setting aside.
    SetAsideConversationPayload {}
}

#[derive(Default)]
pub(super) struct SetAsideMutation;

#[Object]
impl SetAsideMutation {
    /// Set your ACTIVE conversation aside until the customer writes; asynchronous channels only. Frees
    /// your capacity. For its primary agent.
    async fn set_aside_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to set aside.")] input: SetAsideConversationInput,
    ) -> Result<SetAsideConversationPayload> {
        Ok(act(ctx, Action::SetAside, &input, |_| Ok(Act::SetAside))
            .await?
            .into())
    }
}
