//! `updateQueue`: its input, its payload and its resolver.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};

use super::hours::{OpeningHoursInput, hours};
use super::input::id;
use super::manage;
use super::resource::{directory_payloads, given, name};
use crate::graphql::types::queue::Queue;
use domain::QueueKind;
use domain::patch::QueuePatch;
use domain::{AuditedAction, Manage, commands};

/// New values for a queue; what is left out stays, and null is refused with INVALID_INPUT but for `hours`.
#[derive(InputObject)]
pub struct UpdateQueueInput {
    /// The queue (`queue_…`).
    queue_id: ID,
    /// Its name, 1 to 200 characters.
    name: MaybeUndefined<String>,
    /// What it is for. Only a queue without ongoing conversations and members can be for something else:
    /// RESOURCE_IN_USE otherwise.
    kind: MaybeUndefined<QueueKind>,
    /// When it is open, the whole of it; null: always. It acts on clocks that start later.
    hours: MaybeUndefined<OpeningHoursInput>,
    /// Why, in your words; kept in the audit trail.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

directory_payloads! {
    /// What came of changing a queue.
    UpdateQueuePayload {
        /// The queue right after; null when refused.
        queue: Queue
    }
}

#[derive(Default)]
pub(super) struct UpdateQueueMutation;

#[Object]
impl UpdateQueueMutation {
    /// Change a queue's name, kind or hours. Nothing happens when all is so already. For administrators.
    async fn update_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "New values for a queue; what is left out stays.")]
        input: UpdateQueueInput,
    ) -> Result<UpdateQueuePayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, AuditedAction::UpdateQueue, reason, key, || {
            let patch = QueuePatch {
                name: given("name", &input.name, |it| name(it))?,
                kind: given("kind", &input.kind, |kind| Ok(*kind))?,
                hours: match &input.hours {
                    MaybeUndefined::Undefined => None,
                    MaybeUndefined::Null => Some(None),
                    MaybeUndefined::Value(given) => Some(Some(hours(given)?)),
                },
            };
            Ok(Manage::UpdateQueue(commands::UpdateQueue(
                id("queueId", &input.queue_id)?,
                patch,
            )))
        })
        .await
    }
}
