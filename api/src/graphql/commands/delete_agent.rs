//! `deleteAgent`: its input, its payload and its resolver.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::input::id;
use super::manage;
use super::resource::directory_payloads;
use crate::graphql::types::agent::Agent;
use domain::{AuditedAction, Manage, commands};

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

directory_payloads! {
    /// What came of deleting an agent.
    DeleteAgentPayload {
        /// The agent as they were, with `deletedAt`; null when refused.
        agent: Agent
    }
}

#[derive(Default)]
pub(super) struct DeleteAgentMutation;

#[Object]
impl DeleteAgentMutation {
    /// Delete an agent. Refused with RESOURCE_IN_USE while they have, are offered or advise an ongoing conversation.
    /// They are gone from lists, queues and `node`; closed conversations, events and the audit trail go on showing
    /// the name. Their tokens are AGENT_UNKNOWN, until another agent gets the subject. For administrators.
    async fn delete_agent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which agent to delete.")] input: DeleteAgentInput,
    ) -> Result<DeleteAgentPayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, AuditedAction::DeleteAgent, reason, key, || {
            Ok(Manage::DeleteAgent(commands::DeleteAgent(id(
                "agentId",
                &input.agent_id,
            )?)))
        })
        .await
    }
}
