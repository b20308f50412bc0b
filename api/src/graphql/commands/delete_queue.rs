//! `deleteQueue`: its input, its payload and its resolver.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::input::id;
use super::manage;
use super::resource::directory_payloads;
use crate::graphql::types::queue::Queue;
use domain::{AuditedAction, Manage, commands};

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

directory_payloads! {
    /// What came of deleting a queue.
    DeleteQueuePayload {
        /// The queue as it was, with `deletedAt`; null when refused.
        queue: Queue
    }
}

#[derive(Default)]
pub(super) struct DeleteQueueMutation;

#[Object]
impl DeleteQueueMutation {
    /// Delete a queue. Refused with RESOURCE_IN_USE while ongoing conversations are in it, or agents are members. It
    /// is gone from lists and `node`; closed conversations, events and the audit trail go on showing the name. The
    /// last queue may go too: then no conversation can start. For administrators.
    async fn delete_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which queue to delete.")] input: DeleteQueueInput,
    ) -> Result<DeleteQueuePayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, AuditedAction::DeleteQueue, reason, key, || {
            Ok(Manage::DeleteQueue(commands::DeleteQueue(id(
                "queueId",
                &input.queue_id,
            )?)))
        })
        .await
    }
}
