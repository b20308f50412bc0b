//! `reopenConversation`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::conversation_inputs;
use super::{act, payloads};
use domain::{Act, Action};

conversation_inputs! {
    /// What to take up again.
    ReopenConversationInput {}
}

payloads! {
    /// What came of reopening.
    ReopenConversationPayload {}
}

#[derive(Default)]
pub(super) struct ReopenMutation;

#[Object]
impl ReopenMutation {
    /// Take up again what you set aside or, on asynchronous channels, ended too early (WAITING or WRAP_UP to ACTIVE).
    /// Ignores capacity and presence. For its primary agent, who is a person.
    async fn reopen_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to take up again.")] input: ReopenConversationInput,
    ) -> Result<ReopenConversationPayload> {
        Ok(act(ctx, Action::Reopen, &input, |_| Ok(Act::Reopen))
            .await?
            .into())
    }
}
