//! `joinConversation`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::conversation_inputs;
use super::{act, payloads};
use crate::graphql::types::participant::MonitorSession;
use domain::{Act, Action};

conversation_inputs! {
    /// What to join.
    JoinConversationInput {}
}

payloads! {
    /// What came of joining.
    JoinConversationPayload {
        /// Your session.
        session: Option<MonitorSession> = |done| done.outcome.session.as_ref().map(Into::into),
    }
}

#[derive(Default)]
pub(super) struct JoinMutation;

#[Object]
impl JoinMutation {
    /// Become a participant of an ACTIVE conversation that you monitor. Agent and customer are told.
    /// Needs `supervisorMonitor` and `conversation:join`.
    async fn join_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to join.")] input: JoinConversationInput,
    ) -> Result<JoinConversationPayload> {
        Ok(act(ctx, Action::Join, &input, |_| Ok(Act::Join))
            .await?
            .into())
    }
}
