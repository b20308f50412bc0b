//! `takeOverConversation`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::conversation_inputs;
use super::{act, payloads};
use domain::{Act, Action};

conversation_inputs! {
    /// What to take over.
    TakeOverConversationInput {}
}

payloads! {
    /// What came of taking over.
    TakeOverConversationPayload {}
}

#[derive(Default)]
pub(super) struct TakeOverMutation;

#[Object]
impl TakeOverMutation {
    /// Become the primary agent of a conversation at once, whatever your presence and capacity: of one that is ACTIVE and
    /// accepted, or WAITING, in mode TEXT. For supervisors who have the role AGENT too and are a person among the agents
    /// (AGENT_ROW_NEEDED). The agent who had it becomes a consultant; of a WAITING one they leave, and so does a bot. Agent
    /// and customer are told. The way back is to transfer, release or requeue it. Needs `supervisorTakeOver` and
    /// `conversation:take_over`.
    async fn take_over_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to take over.")] input: TakeOverConversationInput,
    ) -> Result<TakeOverConversationPayload> {
        Ok(act(ctx, Action::TakeOver, &input, |_| Ok(Act::TakeOver))
            .await?
            .into())
    }
}
