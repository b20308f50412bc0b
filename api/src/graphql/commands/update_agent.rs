//! `updateAgent`: its input, its payload and its resolver.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};

use super::input::id;
use super::manage;
use super::resource::{MOST_UNITS, at_most, directory_payloads, given, name};
use crate::graphql::types::agent::Agent;
use domain::patch::AgentPatch;
use domain::{AuditedAction, Manage, commands};

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

directory_payloads! {
    /// What came of changing an agent.
    UpdateAgentPayload {
        /// The agent right after; null when refused.
        agent: Agent
    }
}

#[derive(Default)]
pub(super) struct UpdateAgentMutation;

#[Object]
impl UpdateAgentMutation {
    /// Change an agent's name or capacity. The subject never changes: who has another is another agent. Nothing
    /// happens when all is so already. For administrators.
    async fn update_agent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "New values for an agent; what is left out stays.")]
        input: UpdateAgentInput,
    ) -> Result<UpdateAgentPayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, AuditedAction::UpdateAgent, reason, key, || {
            let patch = AgentPatch {
                name: given("name", &input.name, |it| name(it))?,
                capacity: given("capacity", &input.capacity, |units| {
                    at_most("capacity", *units, MOST_UNITS)
                })?,
            };
            Ok(Manage::UpdateAgent(commands::UpdateAgent(
                id("agentId", &input.agent_id)?,
                patch,
            )))
        })
        .await
    }
}
