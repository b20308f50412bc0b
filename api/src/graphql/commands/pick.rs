//! `pickConversation`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::conversation_inputs;
use super::{act, payloads};
use domain::{Act, Action};

conversation_inputs! {
    /// What to pick.
    PickConversationInput {}
}

payloads! {
    /// What came of picking.
    PickConversationPayload {}
}

#[derive(Default)]
pub(super) struct PickMutation;

#[Object]
impl PickMutation {
    /// Take an OPEN conversation from one of your queues. Ignores capacity and presence. For agents and bots.
    async fn pick_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to pick.")] input: PickConversationInput,
    ) -> Result<PickConversationPayload> {
        Ok(act(ctx, Action::Pick, &input, |_| Ok(Act::Pick))
            .await?
            .into())
    }
}
