//! `startConversation`: its input, its payload and its resolver.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};

use super::input::{LONGEST_NAME, id, maybe_id, maybe_text, terms, text_to_cut};
use super::labels::{AttributeInput, attributes, tags};
use super::{carry_out, payloads};
use crate::graphql::context::Request;
use domain::commands::Start;
use domain::fold::{cut, name};
use domain::{AuditedAction, Command, ConversationId, CustomerId, Refusal};
use domain::{Channel, Consent, KeyScope, Priority};

/// The longest subject of a conversation, in characters.
const LONGEST_SUBJECT: usize = 500;

/// How a conversation starts.
#[derive(InputObject)]
pub struct StartConversationInput {
    /// The channel; one of your token's.
    channel: Channel,
    /// The queue it waits in (`queue_…`), of the kind that fits the channel.
    queue_id: ID,
    /// Its workstream (`ws_…`), of the kind that fits the channel.
    workstream_id: ID,
    /// The customer.
    customer: Option<CustomerInput>,
    /// What it is about. What is longer than 500 characters is cut.
    subject: Option<String>,
    /// The closed conversation that it continues, on the same channel (`conv_…`).
    previous_conversation_id: Option<ID>,
    /// When the customer was told that conversations may be watched. Up to 5 minutes ahead of Regie's clock it is kept as
    /// it is; what is further ahead is INVALID_INPUT.
    notice_given_at: Option<DateTime<Utc>>,
    /// What the customer answered when asked for consent. Default UNKNOWN.
    consent: Option<Consent>,
    /// The operator's words for what it is, up to 20, of 1 to 50 characters each; never anything of the customer's person:
    /// tags stand in events, and stay when the customer is erased. Agents and supervisors read them, you do not.
    tags: Option<Vec<String>>,
    /// How soon it should be looked after. Default NORMAL.
    priority: Option<Priority>,
    /// What to note of it, up to 30, each key once. You may read and change them; its agents read them once they have
    /// accepted, supervisors always.
    attributes: Option<Vec<AttributeInput>>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

/// A customer, as the gateway knows them.
#[derive(InputObject)]
pub struct CustomerInput {
    /// Your own stable key of this customer, up to 200 characters: conversations of your source with the same key
    /// have the same customer. Without it the customer is new.
    key: Option<String>,
    /// Within what that key is unique. Default CHANNEL: the same key on another channel is somebody else.
    key_scope: Option<KeyScope>,
    /// The name to show; replaces the one that is known. What is longer than 200 characters is cut.
    name: Option<String>,
}

payloads! {
    /// What came of starting.
    StartConversationPayload {}
}

/// What is asked, for the audit.
const ASKED: AuditedAction = AuditedAction::StartConversation;

#[derive(Default)]
pub(super) struct StartMutation;

#[Object]
impl StartMutation {
    /// Start a conversation: OPEN, in the queue, with nobody assigned.
    async fn start_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How a conversation starts.")] input: StartConversationInput,
    ) -> Result<StartConversationPayload> {
        let terms = terms(ASKED.as_str(), None, None, input.idempotency_key.as_ref());
        let now = ctx.app()?.clock.now();
        let parsed =
            start(&input, now).and_then(|start| Ok((Command::Start(Box::new(start)), terms?)));
        Ok(carry_out(ctx, Some(ASKED), parsed).await?.into())
    }
}

/// A customer, as it was parsed.
pub(super) struct Customer {
    /// The id, unless the key is known.
    pub id: CustomerId,
    /// The gateway's key.
    pub key: Option<Arc<str>>,
    /// Within what it is unique.
    pub scope: KeyScope,
    /// The name.
    pub name: Option<Arc<str>>,
}

/// Parses a customer. A name that is too long is cut.
pub(super) fn customer(
    input: Option<&CustomerInput>,
    now: DateTime<Utc>,
) -> Result<Customer, Refusal> {
    let key = input.and_then(|customer| customer.key.as_ref());
    let given = input.and_then(|customer| customer.name.as_ref());
    let given = given
        .map(|given| text_to_cut("customer.name", given))
        .transpose()?;
    Ok(Customer {
        id: CustomerId::new(now),
        key: maybe_text("customer.key", key, LONGEST_NAME)?,
        scope: input
            .and_then(|customer| customer.key_scope)
            .unwrap_or(KeyScope::Channel),
        name: given.and_then(|given| name(&given, LONGEST_NAME)),
    })
}

/// Parses what a conversation is about; too long, it is cut.
pub(super) fn subject(given: Option<&String>) -> Result<Option<Arc<str>>, Refusal> {
    let given = given
        .map(|given| text_to_cut("subject", given))
        .transpose()?;
    Ok(given.map(|given| cut(&given, LONGEST_SUBJECT)))
}

fn start(input: &StartConversationInput, now: DateTime<Utc>) -> Result<Start, Refusal> {
    let customer = customer(input.customer.as_ref(), now)?;
    Ok(Start {
        id: ConversationId::new(now),
        channel: input.channel,
        queue: id("queueId", &input.queue_id)?,
        workstream: id("workstreamId", &input.workstream_id)?,
        customer: customer.id,
        customer_key: customer.key,
        key_scope: customer.scope,
        customer_name: customer.name,
        subject: subject(input.subject.as_ref())?,
        previous: maybe_id(
            "previousConversationId",
            input.previous_conversation_id.as_ref(),
        )?,
        notice_given_at: input.notice_given_at,
        consent: input.consent.unwrap_or(Consent::Unknown),
        tags: tags("tags", input.tags.as_deref())?,
        priority: input.priority.unwrap_or_default(),
        attributes: attributes("attributes", input.attributes.as_deref())?,
    })
}
