//! `reactToMessage`: its input, its payload and its resolver.

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};

use super::content::MessageReference;
use super::input::text;
use super::on_message::{Named, on_message};
use super::payloads;
use domain::{Action, Channel, MessageAct, Refusal, commands};

/// The longest reaction, in characters: some emoji are many.
const LONGEST_REACTION: usize = 64;

/// A reaction to a message, or the taking back of one.
#[derive(InputObject)]
pub struct ReactToMessageInput {
    /// The channel; needed where the message is named by its `externalId`.
    channel: Option<Channel>,
    /// The message.
    message: MessageReference,
    /// The reaction, such as an emoji: 1 to 64 characters. Null: it is taken back.
    reaction: Option<String>,
    /// When, by the channel's clock. Default: now; what lies in the future is now.
    at: Option<DateTime<Utc>>,
    /// Why, for the audit trail; up to 500 characters. Of supervisors.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

payloads! {
    /// What came of a reaction.
    ReactToMessagePayload {
        /// The message's id (`msg_…`). Null when refused.
        message_id: Option<ID> = |done| done.outcome.message.map(|id| ID(id.to_string())),
        /// Whether it took effect; false also when refused. What is older than what is recorded of the message has none, nor has what is so
        /// already.
        applied: bool = |done| done.outcome.applied,
    }
}

#[derive(Default)]
pub(super) struct ReactMutation;

#[Object]
impl ReactMutation {
    /// React to a message, or take it back: one reaction for each person and message, the latest by `at`. It is no message, and
    /// nobody waits for an answer to it. A gateway reacts for its customer, to PUBLIC messages, also in CLOSED; agents and joined
    /// supervisors to every message, monitoring supervisors to INTERNAL ones, which reveals them to the agents like an INTERNAL
    /// message. The gateway of the channel hears by `notifications` of what the organisation's people react to PUBLIC messages. A
    /// message that is not there yet, or was erased, is MESSAGE_NOT_FOUND.
    async fn react_to_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A reaction to a message, or the taking back of one.")]
        input: ReactToMessageInput,
    ) -> Result<ReactToMessagePayload> {
        let named = Named {
            message: &input.message,
            path: "message",
            channel: input.channel,
            reason: input.reason.as_ref(),
            key: input.idempotency_key.as_ref(),
        };
        let parse = || parse(&input);
        Ok(on_message(ctx, Action::React, named, parse).await?.into())
    }
}

fn parse(input: &ReactToMessageInput) -> Result<MessageAct, Refusal> {
    let given = input.reaction.as_deref();
    let reaction = given.map(|given| text("reaction", given, LONGEST_REACTION));
    Ok(MessageAct::React(commands::React {
        reaction: reaction.transpose()?,
        at: input.at,
    }))
}
