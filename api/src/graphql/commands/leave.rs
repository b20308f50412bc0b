//! `leaveConversation`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::conversation_inputs;
use super::{act, payloads};
use domain::{Act, Action};

conversation_inputs! {
    /// What to leave.
    LeaveConversationInput {}
}

payloads! {
    /// What came of leaving.
    LeaveConversationPayload {}
}

#[derive(Default)]
pub(super) struct LeaveMutation;

#[Object]
impl LeaveMutation {
    /// Leave as a participant: a joined supervisor goes on monitoring (agent and customer are told), a
    /// consultant is out. For joined supervisors and consultants.
    async fn leave_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to leave.")] input: LeaveConversationInput,
    ) -> Result<LeaveConversationPayload> {
        Ok(act(ctx, Action::Leave, &input, |_| Ok(Act::Leave))
            .await?
            .into())
    }
}
