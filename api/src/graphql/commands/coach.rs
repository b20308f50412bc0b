//! `coachAgent`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result, SimpleObject};

use super::act;
use super::content::{AttachmentInput, content};
use super::input::conversation_inputs;
use crate::graphql::context::Request;
use crate::graphql::errors::CommandError;
use crate::graphql::scalars::Cursor;
use crate::graphql::types::message::Message;
use domain::policy::Reading;
use domain::{Act, Action, MessageId, commands};

conversation_inputs! {
    /// What to say to the agent alone.
    CoachAgentInput {
        /// What to say: up to 10,000 characters. Null for attachments alone.
        text: Option<String>,
        /// What to attach, up to 10.
        attachments: Option<Vec<AttachmentInput>>,
    }
}

/// What came of coaching.
#[derive(SimpleObject)]
pub struct CoachAgentPayload {
    /// The conversation right after; null when refused.
    conversation: Option<crate::graphql::types::conversation::Conversation>,
    /// The message, of visibility COACHING; null when refused.
    message: Option<Message>,
    /// Where in the event log this is. Null when refused.
    as_of: Option<Cursor>,
    /// Why it was refused; empty when it was done.
    errors: Vec<CommandError>,
}

#[derive(Default)]
pub(super) struct CoachMutation;

#[Object]
impl CoachMutation {
    /// Write to the primary agent alone, while you monitor or have joined: a message of visibility COACHING. It is read by that
    /// agent, as long as they are the primary agent or a consultant, and by supervisors in a monitor or review session;
    /// never by the customer, a consultant or a later primary agent. Follow it by `conversationTranscript`. It reveals you
    /// to the agent, ends a request for help, and changes nothing that anybody else is shown. Needs `supervisorMonitor` and
    /// `conversation:monitor`. Not where a bot handles the conversation (PRIMARY_IS_BOT).
    async fn coach_agent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to say to the agent alone.")] input: CoachAgentInput,
    ) -> Result<CoachAgentPayload> {
        let id = MessageId::new(ctx.app()?.clock.now());
        let parse = |input: &CoachAgentInput| {
            let content = content(input.text.as_ref(), input.attachments.as_ref())?;
            Ok(Act::Coach(commands::Coach { id, content }))
        };
        let done = act(ctx, Action::Coach, &input, parse).await?;
        let message = match done.outcome.message {
            // By id: a repeat is answered with the first message, not with one that was never posted.
            Some(id) if ctx.look_ahead().field("message").exists() => {
                let posted = ctx.loaders()?.messages.get(id).await?;
                posted.map(|row| Message::new(row, Reading::Everything))
            }
            _ => None,
        };
        let (conversation, as_of, errors) = (done.conversation, done.as_of, done.errors);
        Ok(CoachAgentPayload {
            conversation,
            message,
            as_of,
            errors,
        })
    }
}
