//! `requeueConversation`: its input, its payload and its resolver.

use async_graphql::{Context, ID, Object, Result};

use super::input::{conversation_inputs, maybe_id};
use super::{act, payloads};
use domain::{Act, Action, commands};

conversation_inputs! {
    /// What to give back to a queue.
    RequeueConversationInput {
        /// To which queue (`queue_…`) of the kind that fits the channel, in your scope or not; left out, to the one that it
        /// is in.
        queue_id: Option<ID>,
    }
}

payloads! {
    /// What came of requeueing.
    RequeueConversationPayload {}
}

#[derive(Default)]
pub(super) struct RequeueMutation;

#[Object]
impl RequeueMutation {
    /// Take a conversation from its agent or bot and give it back to a queue, OPEN and waiting from now on: one that is ACTIVE
    /// and accepted, WAITING, or on an asynchronous channel in WRAP_UP; a call too, of which this is the signal. A transfer
    /// request is cancelled, consultants leave, monitor sessions end. The agent is told that they have it no more, and not
    /// by whom. Needs `supervisorAssign` and `conversation:assign`.
    async fn requeue_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to give back to a queue.")] input: RequeueConversationInput,
    ) -> Result<RequeueConversationPayload> {
        let parse = |input: &RequeueConversationInput| {
            let queue = maybe_id("queueId", input.queue_id.as_ref())?;
            Ok(Act::Requeue(commands::Requeue { queue }))
        };
        Ok(act(ctx, Action::Requeue, &input, parse).await?.into())
    }
}
