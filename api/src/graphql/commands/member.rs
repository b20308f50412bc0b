//! What `addQueueMember` and `removeQueueMember` take.

use async_graphql::{ID, InputObject};

use super::input::id;
use domain::{AgentId, QueueId, Refusal};

/// Which agent and which queue.
#[derive(InputObject)]
pub struct QueueMemberInput {
    /// The agent (`agent_…`).
    agent_id: ID,
    /// The queue (`queue_…`).
    queue_id: ID,
    /// Why, in your words; kept in the audit trail.
    pub(super) reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    pub(super) idempotency_key: Option<String>,
}

impl QueueMemberInput {
    /// The agent and the queue.
    pub(super) fn member(&self) -> Result<(AgentId, QueueId), Refusal> {
        Ok((
            id("agentId", &self.agent_id)?,
            id("queueId", &self.queue_id)?,
        ))
    }
}
