//! `requestHelp`: its input, its payload and its resolver.

use async_graphql::{Context, ID, Object, Result};

use super::input::{conversation_inputs, maybe_text};
use super::{act, payloads};
use crate::graphql::context::Request;
use domain::message::LONGEST_TEXT;
use domain::{Act, Action, MessageId, commands};

conversation_inputs! {
    /// Where help is needed.
    RequestHelpInput {
        /// What it is about: 1 to 10,000 characters, which become an INTERNAL message of yours. Null: nothing is said.
        note: Option<String>,
    }
}

payloads! {
    /// What came of asking for help.
    RequestHelpPayload {
        /// The id of the INTERNAL message that the note became (`msg_…`); null without a note, where you had asked already,
        /// and when refused.
        note_id: Option<ID> = |done| done.outcome.message.map(|id| ID(id.to_string())),
    }
}

#[derive(Default)]
pub(super) struct RequestHelpMutation;

#[Object]
impl RequestHelpMutation {
    /// Ask your supervisors for help with your conversation: supervisors of its queue are told by `notifications`, and it
    /// is a reason for attention (HELP_REQUESTED) until the request ends (`HelpEnd` says how). For its primary agent, a person
    /// (PRIMARY_IS_BOT), in ACTIVE, WAITING or WRAP_UP. Where you have asked already nothing happens, and the note is not
    /// posted: write an INTERNAL message to say more. The customer's side is not told who asked, or why. The version stays.
    async fn request_help(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where help is needed.")] input: RequestHelpInput,
    ) -> Result<RequestHelpPayload> {
        let id = MessageId::new(ctx.app()?.clock.now());
        let parse = |input: &RequestHelpInput| {
            let note = maybe_text("note", input.note.as_ref(), LONGEST_TEXT)?;
            Ok(Act::RequestHelp(commands::RequestHelp { id, note }))
        };
        Ok(act(ctx, Action::RequestHelp, &input, parse).await?.into())
    }
}
