//! `reviewConversation`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::conversation_inputs;
use super::{act, payloads};
use crate::graphql::context::Request;
use crate::graphql::types::participant::ReviewSession;
use domain::{Act, Action, MonitorSessionId, commands};

conversation_inputs! {
    /// What to review.
    ReviewConversationInput {}
}

payloads! {
    /// What came of reviewing.
    ReviewConversationPayload {
        /// Your session; the one that ran already when you reviewed before.
        session: Option<ReviewSession> = |done| done.outcome.session.as_ref().map(Into::into),
    }
}

#[derive(Default)]
pub(super) struct ReviewMutation;

#[Object]
impl ReviewMutation {
    /// Read a conversation that is not there to be monitored: OPEN, ACTIVE while it is offered, WAITING or CLOSED, on any channel
    /// (RECORD only CLOSED), not your own. Nobody but supervisors in scope, administrators and the audit learns of it.
    /// While the session runs you may read the transcript: for 60 minutes at most, until the conversation is ACTIVE (accepted) or
    /// in WRAP_UP (monitor it then) or moves to another queue, and no longer than token, scope, setting and consent
    /// allow it. Starting again returns the running session; of more than 100 at once the oldest ends. It restarts no
    /// clock. Needs `supervisorMonitor` and `conversation:review`, and the notice or consent that the workstream asks for.
    async fn review_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to review.")] input: ReviewConversationInput,
    ) -> Result<ReviewConversationPayload> {
        let session = MonitorSessionId::new(ctx.app()?.clock.now());
        Ok(act(ctx, Action::Review, &input, |_| {
            Ok(Act::Review(commands::Review { session }))
        })
        .await?
        .into())
    }
}
