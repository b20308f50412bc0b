//! `sendMessage`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result, SimpleObject};

use super::act;
use super::input::{LONGEST_MESSAGE, conversation_inputs, text};
use crate::graphql::context::Request;
use crate::graphql::errors::CommandError;
use crate::graphql::scalars::Cursor;
use crate::graphql::types::message::Message;
use domain::Visibility;
use domain::policy::Reading;
use domain::{Act, Action, MessageId, commands};

conversation_inputs! {
    /// What to write where.
    SendMessageInput {
        /// What to say: 1 to 10,000 characters.
        text: String,
        /// Who may read it. Default: PUBLIC for agents and bots, INTERNAL for supervisors.
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
            let text = text("text", &input.text, LONGEST_MESSAGE)?;
            Ok(Act::Send(commands::Send {
                id,
                text,
                visibility: input.visibility,
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
