//! `removeCustomerMessage`: its input, its payload and its resolver.

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};

use super::content::MessageReference;
use super::on_message::{Named, on_message};
use super::payloads;
use domain::{Action, Channel, MessageAct, commands};

/// A message that its customer removed.
#[derive(InputObject)]
pub struct RemoveCustomerMessageInput {
    /// The channel; needed where the message is named by its `externalId`.
    channel: Option<Channel>,
    /// The message.
    message: MessageReference,
    /// When the customer removed it, by the channel's clock. Default: now; what lies in the future is now.
    at: Option<DateTime<Utc>>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours. It is safe without, too.
    idempotency_key: Option<String>,
}

payloads! {
    /// What came of a removal.
    RemoveCustomerMessagePayload {
        /// The message's id (`msg_…`). Null when refused.
        message_id: Option<ID> = |done| done.outcome.message.map(|id| ID(id.to_string())),
        /// Whether it took effect; false also when refused. What is older than what is recorded of the message has none, nor has what is so
        /// already.
        applied: bool = |done| done.outcome.applied,
    }
}

#[derive(Default)]
pub(super) struct RemoveCustomerMessageMutation;

#[Object]
impl RemoveCustomerMessageMutation {
    /// The customer removed a message: the transcript shows nothing of it but `removedAt`. Supervisors in a session read what it
    /// said for 30 days (a setting of the server). It leaves the sentiment's window, and no older message comes back; if the
    /// customer was unanswered since it, they are since the next. It wins over edits, earlier or later. Also in CLOSED, where it
    /// changes the message alone. No version, no activity, no clock. A message that is not there yet, or was erased, is
    /// MESSAGE_NOT_FOUND: deliver it again later. For the gateway of its channel and source.
    async fn remove_customer_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A message that its customer removed.")] input: RemoveCustomerMessageInput,
    ) -> Result<RemoveCustomerMessagePayload> {
        let named = Named {
            message: &input.message,
            path: "message",
            channel: input.channel,
            reason: None,
            key: input.idempotency_key.as_ref(),
        };
        let parse = || Ok(MessageAct::Remove(commands::Remove { at: input.at }));
        let done = on_message(ctx, Action::RemoveCustomerMessage, named, parse);
        Ok(done.await?.into())
    }
}
