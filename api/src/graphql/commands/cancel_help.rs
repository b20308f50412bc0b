//! `cancelHelp`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::conversation_inputs;
use super::{act, payloads};
use domain::{Act, Action};

conversation_inputs! {
    /// Where help is not needed any more.
    CancelHelpInput {}
}

payloads! {
    /// What came of taking a request for help back.
    CancelHelpPayload {}
}

#[derive(Default)]
pub(super) struct CancelHelpMutation;

#[Object]
impl CancelHelpMutation {
    /// Take your request for help back. For its primary agent; without a request HELP_NOT_REQUESTED. A note that came with it
    /// stays in the transcript. The version stays.
    async fn cancel_help(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where help is not needed any more.")] input: CancelHelpInput,
    ) -> Result<CancelHelpPayload> {
        let parse = |_: &_| Ok(Act::CancelHelp);
        Ok(act(ctx, Action::CancelHelp, &input, parse).await?.into())
    }
}
