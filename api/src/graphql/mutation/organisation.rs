//! What administrators change and delete of agents, queues and workstreams.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};

use super::administrator::manage;
use super::attention::{AttentionThresholdsInput, thresholds};
use super::input::id;
use super::resource::{
    AutoCloseInput, MOST_UNITS, at_most, auto_close, directory_payloads, given, name, seconds,
    wrap_up_capacity,
};
use crate::graphql::enums::{MonitoringNotice, Presence, QueueKind};
use crate::graphql::types::agent::Agent;
use crate::graphql::types::queue::Queue;
use crate::graphql::types::workstream::Workstream;
use domain::patch::{AgentPatch, QueuePatch, WorkstreamPatch};
use domain::{self, Manage, Refusal};

/// New values for an agent; what is left out stays, and null is refused with INVALID_INPUT.
#[derive(InputObject)]
pub struct UpdateAgentInput {
    /// The agent (`agent_…`).
    agent_id: ID,
    /// The name that colleagues see, 1 to 200 characters.
    name: MaybeUndefined<String>,
    /// Total capacity units of a person, 0 to 1,000; a bot has none, whatever is given. Less than is consumed now
    /// makes the available units negative, and ends nothing.
    capacity: MaybeUndefined<u32>,
    /// Why, in your words; kept in the audit trail.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

/// Which agent to delete.
#[derive(InputObject)]
pub struct DeleteAgentInput {
    /// The agent (`agent_…`).
    agent_id: ID,
    /// Why, in your words; kept in the audit trail.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

/// New values for a queue; what is left out stays, and null is refused with INVALID_INPUT.
#[derive(InputObject)]
pub struct UpdateQueueInput {
    /// The queue (`queue_…`).
    queue_id: ID,
    /// Its name, 1 to 200 characters.
    name: MaybeUndefined<String>,
    /// What it is for. Only a queue without ongoing conversations and members can be for something else:
    /// RESOURCE_IN_USE otherwise.
    kind: MaybeUndefined<QueueKind>,
    /// Why, in your words; kept in the audit trail.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

/// Which queue to delete.
#[derive(InputObject)]
pub struct DeleteQueueInput {
    /// The queue (`queue_…`).
    queue_id: ID,
    /// Why, in your words; kept in the audit trail.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

/// New values for a workstream; what is left out stays. Null is refused with INVALID_INPUT, but where it is said
/// what it means. The kind never changes.
#[derive(InputObject)]
pub struct UpdateWorkstreamInput {
    /// The workstream (`ws_…`).
    workstream_id: ID,
    /// Its name, 1 to 200 characters.
    name: MaybeUndefined<String>,
    /// Presences in which an agent may be given work without override; never INACTIVE. Offers that wait run on.
    allowed_presences: MaybeUndefined<Vec<Presence>>,
    /// Capacity units that one conversation takes, 1 to 1,000, from its next assignment on.
    units: MaybeUndefined<u32>,
    /// Seconds until an unanswered offer or transfer request times out; 1 or more. For those made from now on.
    offer_timeout_seconds: MaybeUndefined<u32>,
    /// Seconds for which WRAP_UP keeps the agent's capacity; 0: not at all; null: until CLOSED. For conversations that
    /// come to WRAP_UP from now on.
    wrap_up_capacity_seconds: MaybeUndefined<u32>,
    /// What must have happened before monitoring. Ends running monitor sessions at once where that is lacking.
    monitoring_notice: MaybeUndefined<MonitoringNotice>,
    /// Seconds for which a live-chat customer may be away; 1 or more. For those who leave from now on.
    customer_grace_seconds: MaybeUndefined<u32>,
    /// Own auto-close times. Clocks that run keep the due time they started with.
    auto_close: MaybeUndefined<AutoCloseInput>,
    /// When its conversations need attention.
    attention: MaybeUndefined<AttentionThresholdsInput>,
    /// Why, in your words; kept in the audit trail.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

/// Which workstream to delete.
#[derive(InputObject)]
pub struct DeleteWorkstreamInput {
    /// The workstream (`ws_…`).
    workstream_id: ID,
    /// Why, in your words; kept in the audit trail.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

directory_payloads! {
    /// What came of changing an agent.
    UpdateAgentPayload {
        /// The agent right after; null when refused.
        agent: Agent
    }
    /// What came of deleting an agent.
    DeleteAgentPayload {
        /// The agent as they were, with `deletedAt`; null when refused.
        agent: Agent
    }
    /// What came of changing a queue.
    UpdateQueuePayload {
        /// The queue right after; null when refused.
        queue: Queue
    }
    /// What came of deleting a queue.
    DeleteQueuePayload {
        /// The queue as it was, with `deletedAt`; null when refused.
        queue: Queue
    }
    /// What came of changing a workstream.
    UpdateWorkstreamPayload {
        /// The workstream right after; null when refused.
        workstream: Workstream
    }
    /// What came of deleting a workstream.
    DeleteWorkstreamPayload {
        /// The workstream as it was, with `deletedAt`; null when refused.
        workstream: Workstream
    }
}

#[derive(Default)]
pub(super) struct OrganisationMutations;

/// What administrators change and delete. Each needs the role ADMINISTRATOR, acts at once, and is refused with
/// TARGET_NOT_FOUND when what it names is not there (any more).
#[Object]
impl OrganisationMutations {
    /// Change an agent's name or capacity. The subject never changes: who has another is another agent. Nothing
    /// happens when all is so already. For administrators.
    async fn update_agent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "New values for an agent; what is left out stays.")]
        input: UpdateAgentInput,
    ) -> Result<UpdateAgentPayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, reason, key, || {
            let patch = AgentPatch {
                name: given("name", &input.name, |it| name(it))?,
                capacity: given("capacity", &input.capacity, |units| {
                    at_most("capacity", *units, MOST_UNITS)
                })?,
            };
            Ok(Manage::UpdateAgent(id("agentId", &input.agent_id)?, patch))
        })
        .await
    }

    /// Delete an agent. Refused with RESOURCE_IN_USE while they have, are offered or advise an ongoing conversation.
    /// They are gone from lists, queues and `node`; closed conversations, events and the audit trail go on showing
    /// the name. Their tokens are AGENT_UNKNOWN, until another agent gets the subject. For administrators.
    async fn delete_agent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which agent to delete.")] input: DeleteAgentInput,
    ) -> Result<DeleteAgentPayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, reason, key, || {
            Ok(Manage::DeleteAgent(id("agentId", &input.agent_id)?))
        })
        .await
    }

    /// Change a queue's name or kind. Nothing happens when all is so already. For administrators.
    async fn update_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "New values for a queue; what is left out stays.")]
        input: UpdateQueueInput,
    ) -> Result<UpdateQueuePayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, reason, key, || {
            let patch = QueuePatch {
                name: given("name", &input.name, |it| name(it))?,
                kind: given("kind", &input.kind, |kind| Ok((*kind).into()))?,
            };
            Ok(Manage::UpdateQueue(id("queueId", &input.queue_id)?, patch))
        })
        .await
    }

    /// Delete a queue. Refused with RESOURCE_IN_USE while ongoing conversations are in it, or agents are members. It
    /// is gone from lists and `node`; closed conversations, events and the audit trail go on showing the name. The
    /// last queue may go too: then no conversation can start. For administrators.
    async fn delete_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which queue to delete.")] input: DeleteQueueInput,
    ) -> Result<DeleteQueuePayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, reason, key, || {
            Ok(Manage::DeleteQueue(id("queueId", &input.queue_id)?))
        })
        .await
    }

    /// Change a workstream's settings. Clocks that run keep the due time they started with, and offers that wait run
    /// on. Nothing happens when all is so already. For administrators.
    async fn update_workstream(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "New values for a workstream; what is left out stays.")]
        input: UpdateWorkstreamInput,
    ) -> Result<UpdateWorkstreamPayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, reason, key, || {
            let workstream = id("workstreamId", &input.workstream_id)?;
            Ok(Manage::UpdateWorkstream(
                workstream,
                workstream_patch(&input)?,
            ))
        })
        .await
    }

    /// Delete a workstream. Refused with RESOURCE_IN_USE while it has ongoing conversations. It is gone from lists and
    /// `node`; closed conversations and the audit trail go on showing the name. For administrators.
    async fn delete_workstream(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which workstream to delete.")] input: DeleteWorkstreamInput,
    ) -> Result<DeleteWorkstreamPayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, reason, key, || {
            let workstream = id("workstreamId", &input.workstream_id)?;
            Ok(Manage::DeleteWorkstream(workstream))
        })
        .await
    }
}

/// One line for each setting.
fn workstream_patch(input: &UpdateWorkstreamInput) -> Result<WorkstreamPatch, Refusal> {
    let limit = |path, value: &MaybeUndefined<u32>| given(path, value, |it| seconds(path, *it));
    let units = |units: &u32| at_most("units", *units, MOST_UNITS);
    let presences =
        |presences: &Vec<Presence>| Ok(presences.iter().map(|it| (*it).into()).collect());
    let wrap_up = input.wrap_up_capacity_seconds.as_opt_ref();
    Ok(WorkstreamPatch {
        name: given("name", &input.name, |it| name(it))?,
        allowed_presences: given("allowedPresences", &input.allowed_presences, presences)?,
        units: given("units", &input.units, units)?,
        offer_seconds: limit("offerTimeoutSeconds", &input.offer_timeout_seconds)?,
        wrap_up_capacity: wrap_up
            .map(|it| wrap_up_capacity(it.copied()))
            .transpose()?,
        monitoring_notice: given("monitoringNotice", &input.monitoring_notice, |notice| {
            Ok(domain::MonitoringNotice::from(*notice))
        })?,
        customer_grace_seconds: limit("customerGraceSeconds", &input.customer_grace_seconds)?,
        auto_close: given("autoClose", &input.auto_close, auto_close)?.unwrap_or_default(),
        attention: given("attention", &input.attention, thresholds)?.unwrap_or_default(),
    })
}
