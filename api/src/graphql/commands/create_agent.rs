//! `createAgent`: its input, its payload and its resolver.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::input::{LONGEST_NAME, id, text};
use super::manage;
use super::resource::{MOST_UNITS, at_most, directory_payloads, subject};
use crate::graphql::context::Request;
use crate::graphql::types::agent::Agent;
use domain::AgentKind;
use domain::{AgentId, AuditedAction, Manage, commands};

/// A new agent.
#[derive(InputObject)]
pub struct CreateAgentInput {
    /// The `sub` of the agent's tokens; unique, 1 to 255 characters.
    subject: String,
    /// The name that colleagues see, 1 to 200 characters.
    name: String,
    /// A person (default) or a bot.
    kind: Option<AgentKind>,
    /// Total capacity units of a person, 0 to 1,000; a bot has none. Default 3.
    capacity: Option<u32>,
    /// The queues the agent becomes a member of (`queue_…`).
    #[graphql(default)]
    queue_ids: Vec<ID>,
    /// Why, in your words; kept in the audit trail.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

directory_payloads! {
    /// What came of creating an agent.
    CreateAgentPayload {
        /// The agent; null when refused.
        agent: Agent
    }
}

#[derive(Default)]
pub(super) struct CreateAgentMutation;

#[Object]
impl CreateAgentMutation {
    /// Create an agent, OFFLINE until they set their presence. For administrators.
    async fn create_agent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A new agent.")] input: CreateAgentInput,
    ) -> Result<CreateAgentPayload> {
        let now = ctx.app()?.clock.now();
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, AuditedAction::CreateAgent, reason, key, || {
            Ok(Manage::CreateAgent(commands::CreateAgent {
                id: AgentId::new(now),
                subject: subject(&input.subject)?,
                name: text("name", &input.name, LONGEST_NAME)?,
                kind: input.kind.map_or(domain::AgentKind::Human, Into::into),
                capacity: at_most("capacity", input.capacity.unwrap_or(3), MOST_UNITS)?,
                queues: input
                    .queue_ids
                    .iter()
                    .map(|queue| id("queueIds", queue))
                    .collect::<Result<_, _>>()?,
            }))
        })
        .await
    }
}
