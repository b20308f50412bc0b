//! What the gateways of channels tell of their customers.

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};

use super::input::{
    LONGEST_MESSAGE, LONGEST_NAME, conversation_inputs, id, maybe_id, maybe_text, terms, text,
};
use super::{act, carry_out, payloads};
use crate::graphql::enums::{Channel, Consent, Mode};
use domain::command::Start;
use domain::{self, Act, Command, ConversationId, CustomerId, MessageId, MessageScore, Refusal};

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
    /// What it is about, up to 500 characters.
    subject: Option<String>,
    /// The closed conversation that it continues, on the same channel (`conv_…`).
    previous_conversation_id: Option<ID>,
    /// When the customer was told that conversations may be watched.
    notice_given_at: Option<DateTime<Utc>>,
    /// What the customer answered when asked for consent. Default UNKNOWN.
    consent: Option<Consent>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

/// A customer, as the gateway knows them.
#[derive(InputObject)]
pub struct CustomerInput {
    /// Your own stable key of this customer, up to 200 characters: conversations with the same key
    /// have the same customer. Without it the customer is new.
    key: Option<String>,
    /// The name to show, up to 200 characters; replaces the one that is known.
    name: Option<String>,
}

/// A score that the gateway supplies with a message, in place of Regie's own.
#[derive(InputObject)]
pub struct ScoreInput {
    /// From -1 (worst) to 1 (best).
    score: f64,
    /// From 0 to 1.
    confidence: f64,
    /// ISO 639-1, two letters.
    language: Option<String>,
    /// The scorer's name, 1 to 64 characters.
    scorer: String,
    /// The scorer's version, 1 to 64 characters.
    scorer_version: String,
}

conversation_inputs! {
    /// What the customer wrote.
    ReceiveCustomerMessageInput {
        /// What the customer wrote: 1 to 10,000 characters.
        text: String,
        /// Your own score of it; without it Regie scores the text.
        score: Option<ScoreInput>,
    }
    /// Whose connection broke.
    CustomerDisconnectedInput {}
    /// Who is back.
    CustomerReconnectedInput {}
    /// Which contact the customer ended.
    EndByCustomerInput {}
    /// How it is held from now on.
    ChangeModeInput {
        /// The new mode.
        mode: Mode,
    }
    /// What the customer was told and answered; at least one of the two.
    RecordConsentInput {
        /// When the customer was told that conversations may be watched.
        notice_given_at: Option<DateTime<Utc>>,
        /// What the customer answered.
        consent: Option<Consent>,
    }
}

payloads! {
    /// What came of starting.
    StartConversationPayload {}
    /// What came of a customer's message.
    ReceiveCustomerMessagePayload {
        /// The message's id; null when refused.
        message_id: Option<ID> = |done| done.outcome.message.map(|id| ID(id.to_string())),
    }
    /// What came of the disconnection.
    CustomerDisconnectedPayload {}
    /// What came of the return.
    CustomerReconnectedPayload {}
    /// What came of the customer's end.
    EndByCustomerPayload {}
    /// What came of changing the mode.
    ChangeModePayload {}
    /// What came of recording.
    RecordConsentPayload {}
}

#[derive(Default)]
pub(super) struct GatewayMutations;

/// What gateways tell of their customers. Each needs the role CUSTOMER_GATEWAY and the
/// conversation's channel among the token's `channels`.
#[Object]
impl GatewayMutations {
    /// Start a conversation: OPEN, in the queue, with nobody assigned.
    async fn start_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How a conversation starts.")] input: StartConversationInput,
    ) -> Result<StartConversationPayload> {
        let terms = terms(ctx, None, None, input.idempotency_key.as_ref());
        let parsed = start(&input).and_then(|start| Ok((Command::Start(Box::new(start)), terms?)));
        Ok(carry_out(ctx, parsed).await?.into())
    }

    /// The customer wrote. Appended in every ongoing state; a WAITING conversation comes back to its
    /// queue. After CLOSED start a new conversation.
    async fn receive_customer_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the customer wrote.")] input: ReceiveCustomerMessageInput,
    ) -> Result<ReceiveCustomerMessagePayload> {
        let id = MessageId::new();
        let parse = |input: &ReceiveCustomerMessageInput| {
            let text = text("text", &input.text, LONGEST_MESSAGE)?;
            let score = input.score.as_ref().map(supplied).transpose()?;
            Ok(Act::CustomerMessage { id, text, score })
        };
        Ok(act(ctx, &input, parse).await?.into())
    }

    /// The live-chat customer's connection broke. Unless `customerReconnected` follows within the
    /// workstream's grace time, the contact counts as ended. LIVE_CHAT only.
    async fn customer_disconnected(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose connection broke.")] input: CustomerDisconnectedInput,
    ) -> Result<CustomerDisconnectedPayload> {
        Ok(act(ctx, &input, |_| Ok(Act::CustomerDisconnected))
            .await?
            .into())
    }

    /// The live-chat customer is back within the grace time. LIVE_CHAT only.
    async fn customer_reconnected(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is back.")] input: CustomerReconnectedInput,
    ) -> Result<CustomerReconnectedPayload> {
        Ok(act(ctx, &input, |_| Ok(Act::CustomerReconnected))
            .await?
            .into())
    }

    /// The customer ended the contact: a running conversation comes to WRAP_UP, one that nobody
    /// handles (OPEN, offered, WAITING) is CLOSED.
    async fn end_by_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which contact the customer ended.")] input: EndByCustomerInput,
    ) -> Result<EndByCustomerPayload> {
        Ok(act(ctx, &input, |_| Ok(Act::EndByCustomer)).await?.into())
    }

    /// An ACTIVE messaging conversation is elevated to voice or video, or comes back to text.
    async fn change_mode(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How it is held from now on.")] input: ChangeModeInput,
    ) -> Result<ChangeModePayload> {
        Ok(
            act(ctx, &input, |input| Ok(Act::ChangeMode(input.mode.into())))
                .await?
                .into(),
        )
    }

    /// Record what the customer was told and answered about being watched. Withdrawn consent ends
    /// running monitor sessions where the workstream requires it.
    async fn record_consent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the customer was told and answered; at least one of the two.")]
        input: RecordConsentInput,
    ) -> Result<RecordConsentPayload> {
        let parse = |input: &RecordConsentInput| {
            if input.notice_given_at.is_none() && input.consent.is_none() {
                let problem = "give noticeGivenAt, consent or both".to_owned();
                return Err(Refusal::InvalidInput {
                    path: "input",
                    problem,
                });
            }
            Ok(Act::RecordConsent {
                notice_given_at: input.notice_given_at,
                consent: input.consent.map(Into::into),
            })
        };
        Ok(act(ctx, &input, parse).await?.into())
    }
}

fn start(input: &StartConversationInput) -> Result<Start, Refusal> {
    let customer = input.customer.as_ref();
    let (key, name) = (
        customer.and_then(|customer| customer.key.as_ref()),
        customer.and_then(|customer| customer.name.as_ref()),
    );
    Ok(Start {
        id: ConversationId::new(),
        channel: input.channel.into(),
        queue: id("queueId", &input.queue_id)?,
        workstream: id("workstreamId", &input.workstream_id)?,
        customer: CustomerId::new(),
        customer_key: maybe_text("customer.key", key, LONGEST_NAME)?,
        customer_name: maybe_text("customer.name", name, LONGEST_NAME)?,
        subject: maybe_text("subject", input.subject.as_ref(), LONGEST_SUBJECT)?,
        previous: maybe_id(
            "previousConversationId",
            input.previous_conversation_id.as_ref(),
        )?,
        notice_given_at: input.notice_given_at,
        consent: input.consent.map_or(domain::Consent::Unknown, Into::into),
    })
}

#[allow(clippy::cast_possible_truncation)] // Scores are kept in single precision, to three decimals.
fn supplied(input: &ScoreInput) -> Result<MessageScore, Refusal> {
    MessageScore::supplied(
        input.score as f32,
        input.confidence as f32,
        input.language.as_deref(),
        &input.scorer,
        &input.scorer_version,
    )
    .map_err(|error| Refusal::InvalidInput {
        path: "score",
        problem: error.to_string(),
    })
}
