//! `answerHelp`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::conversation_inputs;
use super::{act, payloads};
use domain::{Act, Action};

conversation_inputs! {
    /// Which request for help is answered.
    AnswerHelpInput {}
}

payloads! {
    /// What came of answering a request for help.
    AnswerHelpPayload {}
}

#[derive(Default)]
pub(super) struct AnswerHelpMutation;

#[Object]
impl AnswerHelpMutation {
    /// Say that the agent's request for help is answered, however that was: at the desk, by telephone, or by somebody else.
    /// Joining and an INTERNAL message end the request by themselves. Needs `conversation:monitor`, no session and no setting;
    /// not of your own conversation (OWN_CONVERSATION); without a request HELP_NOT_REQUESTED. The agent is told by
    /// `notifications`. The version stays.
    async fn answer_help(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request for help is answered.")] input: AnswerHelpInput,
    ) -> Result<AnswerHelpPayload> {
        let parse = |_: &_| Ok(Act::AnswerHelp);
        Ok(act(ctx, Action::AnswerHelp, &input, parse).await?.into())
    }
}
