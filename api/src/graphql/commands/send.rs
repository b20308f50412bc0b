//! `sendMessage`: its input, its payload and its resolver.

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use super::act;
use super::content::{AttachmentInput, content};
use super::input::{conversation_inputs, maybe_id};
use crate::graphql::context::Request;
use crate::graphql::errors::CommandError;
use crate::graphql::scalars::Cursor;
use crate::graphql::types::message::Message;
use domain::Visibility;
use domain::policy::Reading;
use domain::{Act, Action, MessageId, Refusal, commands};

conversation_inputs! {
    /// What to write where.
    SendMessageInput {
        /// What to say: up to 10,000 characters. Null for attachments alone.
        text: Option<String>,
        /// What to attach, up to 10.
        attachments: Option<Vec<AttachmentInput>>,
        /// The message of the conversation that it answers (`msg_…`). One that is not known there, or that not everybody
        /// may read who reads this one, stays null.
        reply_to_id: Option<ID>,
        /// Who may read it: PUBLIC or INTERNAL. Default: PUBLIC for agents and bots, INTERNAL for supervisors.
        visibility: Option<Visibility>,
    }
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

#[derive(Default)]
pub(super) struct SendMutation;

#[Object]
impl SendMutation {
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
        let id = MessageId::new(ctx.app()?.clock.now());
        let parse = |input: &SendMessageInput| {
            if input.visibility == Some(Visibility::Coaching) {
                return Err(Refusal::InvalidInput {
                    path: "visibility",
                    problem: "give PUBLIC or INTERNAL; COACHING is written by coachAgent".into(),
                });
            }
            Ok(Act::Send(commands::Send {
                id,
                content: content(input.text.as_ref(), input.attachments.as_ref())?,
                visibility: input.visibility,
                reply_to: maybe_id("replyToId", input.reply_to_id.as_ref())?,
            }))
        };
        let done = act(ctx, Action::Send, &input, parse).await?;
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
}
