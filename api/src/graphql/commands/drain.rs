//! `drainAgent`: its input, its payload and its resolver.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use super::bulk::BulkResult;
use super::input::{id, terms};
use super::{answered, refuse};
use crate::graphql::context::{Request, internal};
use crate::graphql::errors::CommandError;
use crate::graphql::scalars::Cursor;
use crate::graphql::types::agent::Agent;
use domain::commands::Drain;
use domain::{AuditedAction, Command};

/// Whose work to take.
#[derive(InputObject)]
pub struct DrainAgentInput {
    /// The agent (`agent_…`): a person with a queue in your scope, not you.
    agent_id: ID,
    /// True: they are OFFLINE from now on. False: AWAY, unless they are OFFLINE already.
    #[graphql(default)]
    go_offline: bool,
    /// Why, in your words, up to 500 characters; kept in the audit trail with each conversation.
    reason: Option<String>,
    /// Makes it safe to repeat: a repeat with the same input goes on with what was not decided. 1 to 128 characters, kept for
    /// 24 hours.
    idempotency_key: Option<String>,
}

/// What came of draining an agent.
#[derive(SimpleObject)]
pub struct DrainAgentPayload {
    /// The agent as they are now; null when refused.
    agent: Option<Agent>,
    /// The conversations (`conv_…`) of which an offer or transfer request to them was withdrawn, without a decline.
    withdrawn: Vec<ID>,
    /// What came of requeueing each conversation in your scope that they had. What was refused stays theirs.
    results: Vec<BulkResult>,
    /// Where in the event log this is. Null when refused.
    as_of: Option<Cursor>,
    /// Why it was refused as a whole; empty otherwise, whatever came of the conversations.
    errors: Vec<CommandError>,
}

#[derive(Default)]
pub(super) struct DrainMutation;

#[Object]
impl DrainMutation {
    /// Take all work from an agent who is gone or has too much: first their presence, then every offer and transfer request
    /// that waits for their answer is withdrawn, then what they are primary agent of is requeued, one by one, as
    /// `requeueConversation` would. Conversations out of your scope are neither touched nor counted. Needs
    /// `supervisorAssign` and `conversation:assign`.
    async fn drain_agent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose work to take.")] input: DrainAgentInput,
    ) -> Result<DrainAgentPayload> {
        let asked = AuditedAction::DrainAgent;
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        let terms = terms(asked.as_str(), None, reason, key);
        let why = terms.as_ref().ok().and_then(|terms| terms.reason.clone());
        let agent = id("agentId", &input.agent_id);
        let (drain, mut terms) = match agent.and_then(|agent| Ok((agent, terms?))) {
            Ok((agent, terms)) => {
                let go_offline = input.go_offline;
                (Drain { agent, go_offline }, terms)
            }
            Err(refusal) => {
                let refused = refuse(ctx, Some(asked), refusal, None, why).await?;
                return Ok(DrainAgentPayload {
                    agent: None,
                    withdrawn: Vec::new(),
                    results: Vec::new(),
                    as_of: None,
                    errors: refused.errors,
                });
            }
        };
        terms
            .bind(&Command::Drain(drain))
            .map_err(|error| internal(&error))?;
        let app = ctx.app()?;
        let came = app.drain(ctx.viewer()?, drain, terms).await;
        let (results, done) = answered(ctx, came)?;
        let now = app.board.read(|board| {
            let id = done.outcome.agent.as_ref()?.id;
            board.world.named_agent(id).cloned()
        });
        let withdrawn = done.outcome.withdrawn.iter();
        Ok(DrainAgentPayload {
            agent: now.map(Agent),
            withdrawn: withdrawn.map(|id| ID(id.to_string())).collect(),
            results,
            as_of: done.as_of,
            errors: done.errors,
        })
    }
}
