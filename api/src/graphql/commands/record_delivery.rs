//! `recordDelivery`: its input, its payload and its resolver.

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};

use super::content::{MessageReference, external_id};
use super::input::text;
use super::on_message::{Named, on_message};
use super::payloads;
use domain::fold::name;
use domain::{Action, Channel, DeliveryState, MessageAct, Refusal, commands};

/// The longest code, in characters.
const LONGEST_CODE: usize = 64;
/// The longest description, in characters; what is longer is cut.
const LONGEST_DESCRIPTION: usize = 500;

/// How far a message came on its way to the customer.
#[derive(InputObject)]
pub struct RecordDeliveryInput {
    /// The channel; needed where the message is named by its `externalId`.
    channel: Option<Channel>,
    /// The message.
    message: MessageReference,
    /// How far. PENDING changes nothing, and serves to give an `externalId` alone.
    state: DeliveryState,
    /// The id that the channel's provider gave the message, 1 to 255 characters: from then on reports, reactions and `replyTo` may
    /// name it so. INVALID_INPUT where it is another message's.
    external_id: Option<String>,
    /// Of FAILED: the provider's code, 1 to 64 characters.
    error_code: Option<String>,
    /// Of FAILED: the provider's words. Text, shown with the transcript and erased with it. What is longer than 500 characters is cut.
    error_description: Option<String>,
    /// When, by the channel's clock. Default: now; what lies in the future is now.
    at: Option<DateTime<Utc>>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours. With `at` it is not needed.
    idempotency_key: Option<String>,
}

payloads! {
    /// What came of a report of delivery.
    RecordDeliveryPayload {
        /// The message's id (`msg_…`). Null when refused.
        message_id: Option<ID> = |done| done.outcome.message.map(|id| ID(id.to_string())),
        /// Whether it took effect; false also when refused. What is behind what is recorded of the message has none, nor has what is
        /// so already.
        applied: bool = |done| done.outcome.applied,
    }
}

#[derive(Default)]
pub(super) struct RecordDeliveryMutation;

#[Object]
impl RecordDeliveryMutation {
    /// Say how far a PUBLIC message of the organisation came: PENDING, SENT, DELIVERED, READ, forward only; FAILED only over PENDING
    /// or SENT, and a later SENT, DELIVERED or READ replaces it. Of SENT and FAILED the later by `at` counts; DELIVERED and READ count
    /// whatever the clocks say. What has no effect is answered with `applied: false`. FAILED tells the author by `notifications`; of an agent's, bot's or supervisor's newest message it is attention
    /// (DELIVERY_FAILED), and the customer is unanswered since what it answered. Also in CLOSED, where it changes the message alone.
    /// No version, no activity, no clock. A message that is not there, or was erased, is MESSAGE_NOT_FOUND; one of the customer's
    /// INVALID_INPUT. For the gateway of its channel and source.
    async fn record_delivery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How far a message came on its way to the customer.")]
        input: RecordDeliveryInput,
    ) -> Result<RecordDeliveryPayload> {
        let named = Named {
            message: &input.message,
            path: "message",
            channel: input.channel,
            reason: None,
            key: input.idempotency_key.as_ref(),
        };
        let parse = || parse(&input);
        let done = on_message(ctx, Action::RecordDelivery, named, parse);
        Ok(done.await?.into())
    }
}

fn parse(input: &RecordDeliveryInput) -> Result<MessageAct, Refusal> {
    let external = input.external_id.as_deref();
    let code = input.error_code.as_deref();
    let description = input.error_description.as_deref();
    Ok(MessageAct::RecordDelivery(commands::RecordDelivery {
        state: input.state,
        external_id: external
            .map(|given| external_id("externalId", given))
            .transpose()?,
        code: code
            .map(|given| text("errorCode", given, LONGEST_CODE))
            .transpose()?,
        description: description.and_then(|given| name(given, LONGEST_DESCRIPTION)),
        at: input.at,
    }))
}
