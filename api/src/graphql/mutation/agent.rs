//! What agents and bots do, and what agents and supervisors both do.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use super::input::{LONGEST_MESSAGE, conversation_inputs, terms, text};
use super::resource::directory_payloads;
use super::supervisor::offer_id;
use super::{act, carry_out, payloads};
use crate::graphql::context::Request;
use crate::graphql::enums::{Presence, Visibility};
use crate::graphql::errors::CommandError;
use crate::graphql::scalars::Cursor;
use crate::graphql::types::agent::Agent;
use crate::graphql::types::message::Message;
use domain::policy::Reading;
use domain::{Act, Command, MessageId};

/// The longest version of a text, in characters.
const LONGEST_VERSION: usize = 64;

conversation_inputs! {
    /// What to pick.
    PickConversationInput {}
    /// Whose offer to accept.
    AcceptOfferInput {}
    /// Whose offer to refuse.
    RejectOfferInput {}
    /// What to set aside.
    SetAsideConversationInput {}
    /// What to take up again.
    ReopenConversationInput {}
    /// What to give back.
    ReleaseConversationInput {}
    /// Which contact to end.
    EndConversationInput {}
    /// What to close.
    CloseConversationInput {}
    /// What to leave.
    LeaveConversationInput {}
    /// What to write where.
    SendMessageInput {
        /// What to say: 1 to 10,000 characters.
        text: String,
        /// Who may read it. Default: PUBLIC for agents and bots, INTERNAL for supervisors.
        visibility: Option<Visibility>,
    }
}

payloads! {
    /// What came of picking.
    PickConversationPayload {}
    /// What came of accepting.
    AcceptOfferPayload {
        /// The id of the offer that was accepted.
        offer_id: Option<ID> = offer_id,
    }
    /// What came of refusing.
    RejectOfferPayload {
        /// The id of the offer that was refused.
        offer_id: Option<ID> = offer_id,
    }
    /// What came of setting aside.
    SetAsideConversationPayload {}
    /// What came of reopening.
    ReopenConversationPayload {}
    /// What came of releasing.
    ReleaseConversationPayload {}
    /// What came of ending.
    EndConversationPayload {}
    /// What came of closing.
    CloseConversationPayload {}
    /// What came of leaving.
    LeaveConversationPayload {}
}

/// What came of writing.
#[derive(SimpleObject)]
pub struct SendMessagePayload {
    /// The conversation right after; null when refused.
    conversation: Option<crate::graphql::types::conversation::Conversation>,
    /// The message; null when refused.
    message: Option<Message>,
    /// Where in the event log this is. Null when refused.
    as_of: Option<Cursor>,
    /// Why it was refused; empty when it was done.
    errors: Vec<CommandError>,
}

/// Your new presence.
#[derive(InputObject)]
pub struct SetPresenceInput {
    /// Any but INACTIVE.
    presence: Presence,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

/// What came of setting a presence.
#[derive(SimpleObject)]
pub struct SetPresencePayload {
    /// Your presence now; null when refused.
    presence: Option<Presence>,
    /// Where in the event log this is. Null when refused.
    as_of: Option<Cursor>,
    /// Why it was refused; empty when it was done.
    errors: Vec<CommandError>,
}

/// Which text you have read.
#[derive(InputObject)]
pub struct AcknowledgeMonitoringNoticeInput {
    /// The version of the text that you saw: `viewer { monitoringNotice { text version } }`.
    version: String,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

directory_payloads! {
    /// What came of acknowledging.
    AcknowledgeMonitoringNoticePayload {
        /// You, with `monitoringNoticeAcknowledgedAt`; null when refused.
        agent: Agent
    }
}

#[derive(Default)]
pub(super) struct AgentMutations;

/// What agents and bots do.
#[Object]
impl AgentMutations {
    /// Take an OPEN conversation from one of your queues. Ignores capacity and presence. For agents and bots.
    async fn pick_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to pick.")] input: PickConversationInput,
    ) -> Result<PickConversationPayload> {
        Ok(act(ctx, &input, |_| Ok(Act::Pick)).await?.into())
    }

    /// Accept what is offered to you: an assignment, or a transfer request. For agents.
    async fn accept_offer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose offer to accept.")] input: AcceptOfferInput,
    ) -> Result<AcceptOfferPayload> {
        Ok(act(ctx, &input, |_| Ok(Act::Accept)).await?.into())
    }

    /// Refuse what is offered to you. Counts as a decline; after three, a supervisor must override. For agents.
    async fn reject_offer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose offer to refuse.")] input: RejectOfferInput,
    ) -> Result<RejectOfferPayload> {
        Ok(act(ctx, &input, |_| Ok(Act::Reject)).await?.into())
    }

    /// Set your ACTIVE conversation aside until the customer writes; asynchronous channels only. Frees
    /// your capacity. For its primary agent.
    async fn set_aside_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to set aside.")] input: SetAsideConversationInput,
    ) -> Result<SetAsideConversationPayload> {
        Ok(act(ctx, &input, |_| Ok(Act::SetAside)).await?.into())
    }

    /// Take up again what you set aside. Ignores capacity and presence. For its primary agent.
    async fn reopen_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to take up again.")] input: ReopenConversationInput,
    ) -> Result<ReopenConversationPayload> {
        Ok(act(ctx, &input, |_| Ok(Act::Reopen)).await?.into())
    }

    /// Give your ACTIVE conversation back to its queue; a bot hands over to people this way. For its primary agent or bot.
    async fn release_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to give back.")] input: ReleaseConversationInput,
    ) -> Result<ReleaseConversationPayload> {
        Ok(act(ctx, &input, |_| Ok(Act::Release)).await?.into())
    }

    /// End the contact of your ACTIVE conversation; it comes to WRAP_UP for after-work. For its primary agent or bot.
    async fn end_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which contact to end.")] input: EndConversationInput,
    ) -> Result<EndConversationPayload> {
        Ok(act(ctx, &input, |_| Ok(Act::End)).await?.into())
    }

    /// Close your conversation when the after-work is done (WRAP_UP to CLOSED, which is final). For its primary agent or bot.
    async fn close_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to close.")] input: CloseConversationInput,
    ) -> Result<CloseConversationPayload> {
        Ok(act(ctx, &input, |_| Ok(Act::Close)).await?.into())
    }

    /// Leave as a participant: a joined supervisor goes on monitoring (agent and customer are told), a
    /// consultant is out. For joined supervisors and consultants.
    async fn leave_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to leave.")] input: LeaveConversationInput,
    ) -> Result<LeaveConversationPayload> {
        Ok(act(ctx, &input, |_| Ok(Act::Leave)).await?.into())
    }

    /// Write in a conversation: as its primary agent, bot or consultant, or as a supervisor who joined
    /// (PUBLIC or INTERNAL). A supervisor who only monitors may write INTERNAL; mind that this reveals
    /// the supervisor to the agents, though never to the customer. A supervisor's token needs
    /// `conversation:join` where it has joined and `conversation:monitor` where it only monitors
    /// (PERMISSION_MISSING), and the setting supervisorMonitor (SETTING_DISABLED).
    async fn send_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to write where.")] input: SendMessageInput,
    ) -> Result<SendMessagePayload> {
        let id = MessageId::new();
        let parse = |input: &SendMessageInput| {
            let text = text("text", &input.text, LONGEST_MESSAGE)?;
            Ok(Act::Send {
                id,
                text,
                visibility: input.visibility.map(Into::into),
            })
        };
        let done = act(ctx, &input, parse).await?;
        let message = match done.outcome.message {
            // By id: a repeat is answered with the first message, not with one that was never posted.
            Some(id) if ctx.look_ahead().field("message").exists() => {
                let posted = ctx.loaders()?.messages.get(id).await?;
                posted.map(|row| Message::new(row, Reading::Everything))
            }
            _ => None,
        };
        let (conversation, as_of, errors) = (done.conversation, done.as_of, done.errors);
        Ok(SendMessagePayload {
            conversation,
            message,
            as_of,
            errors,
        })
    }

    /// Say that you have read that supervisors may watch conversations. Recorded with the instant and the version of
    /// the text; a repeat changes nothing. Refused with VERSION_CONFLICT (MonitoringNoticeChanged, with the text) when
    /// the text is another one by now, with ROLE_REQUIRED without the role AGENT, with AGENT_UNKNOWN when no agent has
    /// your subject, and with TARGET_IS_BOT for a bot. For agents.
    async fn acknowledge_monitoring_notice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which text you have read.")] input: AcknowledgeMonitoringNoticeInput,
    ) -> Result<AcknowledgeMonitoringNoticePayload> {
        let terms = terms(ctx, None, None, input.idempotency_key.as_ref());
        let version = text("version", &input.version, LONGEST_VERSION);
        let command = version.map(|version| Command::AcknowledgeNotice { version });
        let parsed = command.and_then(|command| Ok((command, terms?)));
        Ok(carry_out(ctx, parsed).await?.into())
    }

    /// Set your own presence. Setting OFFLINE or AWAY moves no conversation. For agents, supervisors
    /// and administrators.
    ///
    /// An agent who was connected, by at least one WebSocket or subscription as an event stream, and
    /// then had none for 150 seconds (the operator's setting), becomes OFFLINE, and what they had ACTIVE
    /// and accepted goes back to its queue. Opening a stream again within that time keeps everything;
    /// so does this mutation, also without a stream and with the presence that you have: whoever
    /// opened none since setting it last is never taken for disconnected.
    async fn set_presence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Your new presence.")] input: SetPresenceInput,
    ) -> Result<SetPresencePayload> {
        let terms = terms(ctx, None, None, input.idempotency_key.as_ref());
        let command = Command::SetPresence(input.presence.into());
        let done = carry_out(ctx, terms.map(|terms| (command, terms))).await?;
        Ok(SetPresencePayload {
            presence: done.outcome.presence.map(Into::into),
            as_of: done.as_of,
            errors: done.errors,
        })
    }
}
