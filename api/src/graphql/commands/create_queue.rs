//! `createQueue`: its input, its payload and its resolver.

use async_graphql::{Context, InputObject, Object, Result};

use super::hours::{OpeningHoursInput, hours};
use super::input::{LONGEST_NAME, text};
use super::manage;
use super::resource::directory_payloads;
use crate::graphql::context::Request;
use crate::graphql::types::queue::Queue;
use domain::QueueKind;
use domain::{AuditedAction, Manage, QueueId, commands};

/// A new queue.
#[derive(InputObject)]
pub struct CreateQueueInput {
    /// Its name, 1 to 200 characters.
    name: String,
    /// What it is for. Default MESSAGING.
    kind: Option<QueueKind>,
    /// When it is open. Left out: always.
    hours: Option<OpeningHoursInput>,
    /// Why, in your words; kept in the audit trail.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

directory_payloads! {
    /// What came of creating a queue.
    CreateQueuePayload {
        /// The queue; null when refused.
        queue: Queue
    }
}

#[derive(Default)]
pub(super) struct CreateQueueMutation;

#[Object]
impl CreateQueueMutation {
    /// Create a queue. For administrators.
    async fn create_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A new queue.")] input: CreateQueueInput,
    ) -> Result<CreateQueuePayload> {
        let now = ctx.app()?.clock.now();
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, AuditedAction::CreateQueue, reason, key, || {
            Ok(Manage::CreateQueue(commands::CreateQueue {
                id: QueueId::new(now),
                name: text("name", &input.name, LONGEST_NAME)?,
                kind: input.kind.unwrap_or(QueueKind::Messaging),
                hours: input.hours.as_ref().map(hours).transpose()?,
            }))
        })
        .await
    }
}
