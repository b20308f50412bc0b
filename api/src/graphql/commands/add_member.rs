//! `addQueueMember`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::manage;
use super::member::QueueMemberInput;
use super::resource::directory_payloads;
use crate::graphql::types::agent::Agent;
use domain::{AuditedAction, Manage, commands};

directory_payloads! {
    /// What came of adding a member.
    AddQueueMemberPayload {
        /// The agent right after; null when refused.
        agent: Agent
    }
}

#[derive(Default)]
pub(super) struct AddMemberMutation;

#[Object]
impl AddMemberMutation {
    /// Make an agent a member of a queue. Nothing happens when they are one already. For administrators, and for supervisors
    /// with `agent:manage` and `supervisorManageAgents`: of agents who have a queue in their scope and are not themselves, and
    /// of queues in it.
    async fn add_queue_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which agent and which queue.")] input: QueueMemberInput,
    ) -> Result<AddQueueMemberPayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, AuditedAction::AddQueueMember, reason, key, || {
            let (agent, queue) = input.member()?;
            Ok(Manage::AddMember(commands::AddMember { agent, queue }))
        })
        .await
    }
}
