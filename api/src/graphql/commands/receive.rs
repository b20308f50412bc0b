//! `receiveFromCustomer`: its input, its payload and its resolver.

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};

use super::content::{AttachmentInput, MessageReference};
use super::customer_message::{ScoreInput, message};
use super::input::{id, terms};
use super::labels::{AttributeInput, attributes, tags};
use super::start::{CustomerInput, customer, subject};
use super::{carry_out, payloads};
use crate::graphql::context::Request;
use domain::commands::{Receive, Start};
use domain::{AuditedAction, ConversationId, MessageId, Refusal};
use domain::{Channel, Consent, Priority};

/// A customer's message, and how a conversation starts where it needs one.
#[derive(InputObject)]
pub struct ReceiveFromCustomerInput {
    /// The channel: a messaging channel, one of your token's.
    channel: Channel,
    /// The queue in which a conversation that starts waits (`queue_…`). It must exist and fit the channel, also when none
    /// starts.
    queue_id: ID,
    /// The workstream of a conversation that starts (`ws_…`). It must exist and fit the channel, also when none starts.
    workstream_id: ID,
    /// The customer; `key` is needed.
    customer: CustomerInput,
    /// What the customer wrote: up to 10,000 characters. Null for attachments alone.
    text: Option<String>,
    /// What is attached, up to 10.
    attachments: Option<Vec<AttachmentInput>>,
    /// When the customer sent it, by the channel's clock. Default: now; what lies in the future is now.
    sent_at: Option<DateTime<Utc>>,
    /// The id that the channel's provider gave the message, 1 to 255 characters, unique for your source and the channel.
    /// Give it: then a message that the provider delivers again, concurrently or years later, is answered as the
    /// duplicate that it is.
    external_id: Option<String>,
    /// The message that it answers. One that is not known in the conversation costs nothing, and stays null.
    reply_to: Option<MessageReference>,
    /// Your own score of it; without it Regie scores the text.
    score: Option<ScoreInput>,
    /// What a conversation that starts is about. What is longer than 500 characters is cut.
    subject: Option<String>,
    /// Of a conversation that starts: when the customer was told that conversations may be watched. Up to 5 minutes ahead of
    /// Regie's clock it is kept as it is; what is further ahead is INVALID_INPUT, also when none starts.
    notice_given_at: Option<DateTime<Utc>>,
    /// Of a conversation that starts: what the customer answered when asked for consent. Default UNKNOWN.
    consent: Option<Consent>,
    /// Of a conversation that starts: its tags, up to 20 of 1 to 50 characters each. No personal data: they outlast the
    /// customer's erasure.
    tags: Option<Vec<String>>,
    /// Of a conversation that starts: its priority. Default NORMAL.
    priority: Option<Priority>,
    /// Of a conversation that starts: what you know of it, up to 30.
    attributes: Option<Vec<AttributeInput>>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours. With `externalId` it is not needed.
    idempotency_key: Option<String>,
}

payloads! {
    /// What came of a customer's message.
    ReceiveFromCustomerPayload {
        /// The message's id; of a duplicate that of the first delivery. Null when refused.
        message_id: Option<ID> = |done| done.outcome.message.map(|id| ID(id.to_string())),
        /// Whether a conversation was started for it.
        started: bool = |done| done.outcome.started,
        /// Whether it had come in before: then nothing happened, and `conversation` is the one that it is in, which
        /// may be CLOSED by now.
        duplicate: bool = |done| done.outcome.duplicate,
    }
}

/// What is asked, for the audit.
const ASKED: AuditedAction = AuditedAction::ReceiveFromCustomer;

#[derive(Default)]
pub(super) struct ReceiveMutation;

#[Object]
impl ReceiveMutation {
    /// The customer wrote, wherever it belongs: the one call that a gateway needs for what its webhook brings. In one
    /// decision: (1) a message with an `externalId` that has come in before is answered as the duplicate, with the
    /// conversation that it is in; nothing starts. (2) Otherwise it is appended to the customer's newest ongoing
    /// conversation on that channel, to one in WRAP_UP only if there is no other, and never to a LIVE_CHAT in WRAP_UP.
    /// (3) Otherwise a conversation starts, whose `previous` is the customer's last closed one there. First messages that
    /// come at once make one conversation.
    async fn receive_from_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "A customer's message, and how a conversation starts where it needs one."
        )]
        input: ReceiveFromCustomerInput,
    ) -> Result<ReceiveFromCustomerPayload> {
        let terms = terms(ASKED.as_str(), None, None, input.idempotency_key.as_ref());
        let now = ctx.app()?.clock.now();
        let parsed = receive(&input, now).and_then(|receive| Ok((receive.into(), terms?)));
        Ok(carry_out(ctx, Some(ASKED), parsed).await?.into())
    }
}

fn receive(input: &ReceiveFromCustomerInput, now: DateTime<Utc>) -> Result<Receive, Refusal> {
    let customer = customer(Some(&input.customer), now)?;
    if customer.key.is_none() {
        return Err(Refusal::InvalidInput {
            path: "customer.key",
            problem: "give your key of the customer".to_owned(),
        });
    }
    let start = Start {
        id: ConversationId::new(now),
        channel: input.channel,
        queue: id("queueId", &input.queue_id)?,
        workstream: id("workstreamId", &input.workstream_id)?,
        customer: customer.id,
        customer_key: customer.key,
        key_scope: customer.scope,
        customer_name: customer.name,
        subject: subject(input.subject.as_ref())?,
        previous: None,
        notice_given_at: input.notice_given_at,
        consent: input.consent.unwrap_or(Consent::Unknown),
        tags: tags("tags", input.tags.as_deref())?,
        priority: input.priority.unwrap_or_default(),
        attributes: attributes("attributes", input.attributes.as_deref())?,
    };
    let message = message(
        MessageId::new(now),
        (input.text.as_ref(), input.attachments.as_ref()),
        input.score.as_ref(),
        (
            input.sent_at,
            input.external_id.as_deref(),
            input.reply_to.as_ref(),
        ),
    )?;
    Ok(Receive { start, message })
}
