//! `assignConversation`: its input, its payload and its resolver.

use async_graphql::{Context, ID, Object, OneofObject, Result};

use super::input::{conversation_inputs, id};
use super::offers::pending_offer;
use super::{act, payloads};
use crate::graphql::context::Request;
use crate::graphql::types::offer::Offer;
use domain::commands::Target;
use domain::{Act, Action, OfferId, Refusal, commands};

/// To whom a conversation is given: exactly one of the two.
#[derive(OneofObject)]
pub enum AssignmentTarget {
    /// An agent (`agent_…`): any person, member of the queue or not, whose presence the workstream
    /// allows and who has capacity left. They get an offer.
    AgentId(ID),
    /// Another queue (`queue_…`) of the kind that fits the channel, in your scope or not.
    QueueId(ID),
}

conversation_inputs! {
    /// What to give to whom.
    AssignConversationInput {
        /// To whom.
        target: AssignmentTarget,
        /// Whatever the agent's presence.
        #[graphql(default)]
        override_presence: bool,
        /// Whatever the agent's capacity; `capacityExceededBy` says by how much.
        #[graphql(default)]
        override_capacity: bool,
        /// However often the agent declined this conversation.
        #[graphql(default)]
        override_declines: bool,
    }
}

payloads! {
    /// What came of assigning.
    AssignConversationPayload {
        /// The offer to the agent; null for a queue.
        offer: Option<Offer> = pending_offer,
        /// By how many units the agent's capacity is exceeded; null for a queue.
        capacity_exceeded_by: Option<u32> = |done| done.outcome.capacity_exceeded_by,
    }
}

#[derive(Default)]
pub(super) struct AssignMutation;

#[Object]
impl AssignMutation {
    /// Give an OPEN, unassigned conversation to an agent (who gets an offer) or to another queue. Of
    /// several at once exactly one wins; the others get ALREADY_ASSIGNED with who has it. Needs
    /// `supervisorAssign` and `conversation:assign`, and a token without API_ACCESS.
    async fn assign_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to give to whom.")] input: AssignConversationInput,
    ) -> Result<AssignConversationPayload> {
        let offer = OfferId::new(ctx.app()?.clock.now());
        let parse = |input: &AssignConversationInput| -> Result<Act, Refusal> {
            Ok(match &input.target {
                AssignmentTarget::QueueId(queue) => {
                    Act::AssignToQueue(commands::AssignToQueue(id("target.queueId", queue)?))
                }
                AssignmentTarget::AgentId(agent) => {
                    Act::AssignToAgent(commands::AssignToAgent(Target {
                        offer,
                        agent: id("target.agentId", agent)?,
                        override_presence: input.override_presence,
                        override_capacity: input.override_capacity,
                        override_declines: input.override_declines,
                    }))
                }
            })
        };
        Ok(act(ctx, Action::Assign, &input, parse).await?.into())
    }
}
