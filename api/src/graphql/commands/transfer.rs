//! `transferConversation`: its input, its payload and its resolver.

use async_graphql::{Context, ID, Object, Result};

use super::input::{conversation_inputs, id};
use super::offers::pending_offer;
use super::{act, payloads};
use crate::graphql::context::Request;
use crate::graphql::types::offer::Offer;
use domain::commands::Target;
use domain::{Act, Action, OfferId, Refusal, commands};

conversation_inputs! {
    /// What to move to whom.
    TransferConversationInput {
        /// The agent who is to take it over (`agent_…`): a member of the conversation's queue.
        agent_id: ID,
        /// Whatever the agent's capacity.
        #[graphql(default)]
        override_capacity: bool,
        /// However often the agent declined this conversation.
        #[graphql(default)]
        override_declines: bool,
    }
}

payloads! {
    /// What came of transferring.
    TransferConversationPayload {
        /// The request to the agent.
        offer: Option<Offer> = pending_offer,
        /// By how many units the agent's capacity is exceeded.
        capacity_exceeded_by: Option<u32> = |done| done.outcome.capacity_exceeded_by,
    }
}

#[derive(Default)]
pub(super) struct TransferMutation;

#[Object]
impl TransferMutation {
    /// Ask another agent of the same queue to take a running conversation over (ACTIVE accepted, or
    /// WAITING; messaging channels in mode TEXT; between people). Until the target answers, the first
    /// agent stays primary. Needs `supervisorTransfer` and `conversation:transfer`.
    async fn transfer_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to move to whom.")] input: TransferConversationInput,
    ) -> Result<TransferConversationPayload> {
        let offer = OfferId::new(ctx.app()?.clock.now());
        let parse = |input: &TransferConversationInput| -> Result<Act, Refusal> {
            Ok(Act::Transfer(commands::Transfer(Target {
                offer,
                agent: id("agentId", &input.agent_id)?,
                override_presence: false,
                override_capacity: input.override_capacity,
                override_declines: input.override_declines,
            })))
        };
        Ok(act(ctx, Action::Transfer, &input, parse).await?.into())
    }
}
