//! `monitorConversation`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::conversation_inputs;
use super::{act, payloads};
use crate::graphql::context::Request;
use crate::graphql::types::participant::MonitorSession;
use domain::{Act, Action, MonitorSessionId, commands};

conversation_inputs! {
    /// What to watch.
    MonitorConversationInput {}
}

payloads! {
    /// What came of monitoring.
    MonitorConversationPayload {
        /// Your session; the one that ran already when you monitored before.
        session: Option<MonitorSession> = |done| done.outcome.session.as_ref().map(Into::into),
    }
}

#[derive(Default)]
pub(super) struct MonitorMutation;

#[Object]
impl MonitorMutation {
    /// Watch a conversation silently: ACTIVE (accepted) or WRAP_UP, any channel but RECORD, not your
    /// own. Nobody but supervisors and the audit learns of it. While the session runs you may read the
    /// transcript. Starting again returns the running session. Needs `supervisorMonitor` and
    /// `conversation:monitor`, and the notice or consent that the workstream asks for.
    async fn monitor_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to watch.")] input: MonitorConversationInput,
    ) -> Result<MonitorConversationPayload> {
        let session = MonitorSessionId::new(ctx.app()?.clock.now());
        Ok(act(ctx, Action::Monitor, &input, |_| {
            Ok(Act::Monitor(commands::Monitor { session }))
        })
        .await?
        .into())
    }
}
