//! `removeQueueMember`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::manage;
use super::member::QueueMemberInput;
use super::resource::directory_payloads;
use crate::graphql::types::agent::Agent;
use domain::{AuditedAction, Manage, commands};

directory_payloads! {
    /// What came of removing a member.
    RemoveQueueMemberPayload {
        /// The agent right after; null when refused.
        agent: Agent
    }
}

#[derive(Default)]
pub(super) struct RemoveMemberMutation;

#[Object]
impl RemoveMemberMutation {
    /// End an agent's membership of a queue; transfer requests to them in that queue are cancelled.
    /// For administrators, and for supervisors as with `addQueueMember`.
    async fn remove_queue_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which agent and which queue.")] input: QueueMemberInput,
    ) -> Result<RemoveQueueMemberPayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, AuditedAction::RemoveQueueMember, reason, key, || {
            let (agent, queue) = input.member()?;
            Ok(Manage::RemoveMember(commands::RemoveMember {
                agent,
                queue,
            }))
        })
        .await
    }
}
