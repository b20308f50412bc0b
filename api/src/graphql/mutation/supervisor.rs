//! What supervisors do.

use async_graphql::{Context, ID, Object, OneofObject, Result};

use super::input::{conversation_inputs, id};
use super::{act, payloads};
use crate::graphql::types::offer::Offer;
use crate::graphql::types::participant::MonitorSession;
use domain::command::Target;
use domain::{Act, MonitorSessionId, OfferId, Refusal};

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
    /// What to watch.
    MonitorConversationInput {}
    /// What to stop watching.
    StopMonitoringInput {}
    /// What to join.
    JoinConversationInput {}
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
    /// Whose assignment to withdraw.
    CancelOfferInput {}
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
    /// Whose transfer request to cancel.
    CancelTransferInput {}
    /// What to end.
    ForceCloseConversationInput {}
}

payloads! {
    /// What came of monitoring.
    MonitorConversationPayload {
        /// Your session; the one that ran already when you monitored before.
        session: Option<MonitorSession> = |done| done.outcome.session.as_ref().map(Into::into),
    }
    /// What came of stopping.
    StopMonitoringPayload {
        /// The session that ended.
        session: Option<MonitorSession> = ended_session,
    }
    /// What came of joining.
    JoinConversationPayload {
        /// Your session.
        session: Option<MonitorSession> = |done| done.outcome.session.as_ref().map(Into::into),
    }
    /// What came of assigning.
    AssignConversationPayload {
        /// The offer to the agent; null for a queue.
        offer: Option<Offer> = pending_offer,
        /// By how many units the agent's capacity is exceeded; null for a queue.
        capacity_exceeded_by: Option<u32> = |done| done.outcome.capacity_exceeded_by,
    }
    /// What came of withdrawing.
    CancelOfferPayload {
        /// The id of the offer that was withdrawn.
        offer_id: Option<ID> = offer_id,
    }
    /// What came of transferring.
    TransferConversationPayload {
        /// The request to the agent.
        offer: Option<Offer> = pending_offer,
        /// By how many units the agent's capacity is exceeded.
        capacity_exceeded_by: Option<u32> = |done| done.outcome.capacity_exceeded_by,
    }
    /// What came of cancelling.
    CancelTransferPayload {
        /// The id of the request that was cancelled.
        offer_id: Option<ID> = offer_id,
    }
    /// What came of force-closing.
    ForceCloseConversationPayload {}
}

fn ended_session(done: &super::Done) -> Option<MonitorSession> {
    let session = done.outcome.session.as_ref().map(MonitorSession::from)?;
    Some(match done.outcome.session_ended {
        Some((at, by)) => session.ended(at, by),
        None => session,
    })
}

fn pending_offer(done: &super::Done) -> Option<Offer> {
    let conversation = done.outcome.conversation.as_ref()?;
    let made = done.outcome.offer?;
    Offer::of(conversation).filter(|offer| offer.offer_id() == made)
}

pub(super) fn offer_id(done: &super::Done) -> Option<ID> {
    done.outcome.offer.map(|id| ID(id.to_string()))
}

#[derive(Default)]
pub(super) struct SupervisorMutations;

/// What supervisors do. Each needs the role SUPERVISOR, the conversation's queue in scope, the
/// organisation's setting on, and the token's permission, checked in that order.
#[Object]
impl SupervisorMutations {
    /// Watch a conversation silently: ACTIVE (accepted) or WRAP_UP, any channel but RECORD, not your
    /// own. Nobody but supervisors and the audit learns of it. While the session runs you may read the
    /// transcript. Starting again returns the running session. Needs `supervisorMonitor` and
    /// `conversation:monitor`, and the notice or consent that the workstream asks for.
    async fn monitor_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to watch.")] input: MonitorConversationInput,
    ) -> Result<MonitorConversationPayload> {
        let session = MonitorSessionId::new();
        Ok(act(ctx, &input, |_| Ok(Act::Monitor { session }))
            .await?
            .into())
    }

    /// Stop watching; a joined supervisor leaves as well.
    async fn stop_monitoring(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to stop watching.")] input: StopMonitoringInput,
    ) -> Result<StopMonitoringPayload> {
        Ok(act(ctx, &input, |_| Ok(Act::StopMonitoring)).await?.into())
    }

    /// Become a participant of an ACTIVE conversation that you monitor. Agent and customer are told.
    /// Needs `supervisorMonitor` and `conversation:join`.
    async fn join_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to join.")] input: JoinConversationInput,
    ) -> Result<JoinConversationPayload> {
        Ok(act(ctx, &input, |_| Ok(Act::Join)).await?.into())
    }

    /// Give an OPEN, unassigned conversation to an agent (who gets an offer) or to another queue. Of
    /// several at once exactly one wins; the others get ALREADY_ASSIGNED with who has it. Needs
    /// `supervisorAssign` and `conversation:assign`, and a token without API_ACCESS.
    async fn assign_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to give to whom.")] input: AssignConversationInput,
    ) -> Result<AssignConversationPayload> {
        let offer = OfferId::new();
        let parse = |input: &AssignConversationInput| -> Result<Act, Refusal> {
            Ok(match &input.target {
                AssignmentTarget::QueueId(queue) => {
                    Act::AssignToQueue(id("target.queueId", queue)?)
                }
                AssignmentTarget::AgentId(agent) => Act::AssignToAgent(Target {
                    offer,
                    agent: id("target.agentId", agent)?,
                    override_presence: input.override_presence,
                    override_capacity: input.override_capacity,
                    override_declines: input.override_declines,
                }),
            })
        };
        Ok(act(ctx, &input, parse).await?.into())
    }

    /// Withdraw an assignment that its agent has not answered; the conversation is OPEN again. Counts
    /// as no decline. Needs `supervisorAssign` and `conversation:assign`.
    async fn cancel_offer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose assignment to withdraw.")] input: CancelOfferInput,
    ) -> Result<CancelOfferPayload> {
        Ok(act(ctx, &input, |_| Ok(Act::CancelOffer)).await?.into())
    }

    /// Ask another agent of the same queue to take a running conversation over (ACTIVE accepted, or
    /// WAITING; messaging channels in mode TEXT; between people). Until the target answers, the first
    /// agent stays primary. Needs `supervisorTransfer` and `conversation:transfer`.
    async fn transfer_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to move to whom.")] input: TransferConversationInput,
    ) -> Result<TransferConversationPayload> {
        let offer = OfferId::new();
        let parse = |input: &TransferConversationInput| -> Result<Act, Refusal> {
            Ok(Act::Transfer(Target {
                offer,
                agent: id("agentId", &input.agent_id)?,
                override_presence: false,
                override_capacity: input.override_capacity,
                override_declines: input.override_declines,
            }))
        };
        Ok(act(ctx, &input, parse).await?.into())
    }

    /// Cancel a transfer request that its agent has not answered; the first agent stays primary.
    /// Needs `supervisorTransfer` and `conversation:transfer`.
    async fn cancel_transfer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose transfer request to cancel.")] input: CancelTransferInput,
    ) -> Result<CancelTransferPayload> {
        Ok(act(ctx, &input, |_| Ok(Act::CancelTransfer)).await?.into())
    }

    /// End a conversation from outside, in any ongoing state, on any channel but RECORD. Everybody in
    /// it is cut off and told so; offers, transfer requests and monitor sessions end. Use it
    /// sparingly, as a last resort. Needs `supervisorForceClose` and `conversation:force_close`.
    async fn force_close_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to end.")] input: ForceCloseConversationInput,
    ) -> Result<ForceCloseConversationPayload> {
        Ok(act(ctx, &input, |_| Ok(Act::ForceClose)).await?.into())
    }
}
