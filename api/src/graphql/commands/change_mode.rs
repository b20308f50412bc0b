//! `changeMode`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::conversation_inputs;
use super::{act, payloads};
use domain::Mode;
use domain::{Act, Action, commands};

conversation_inputs! {
    /// How it is held from now on.
    ChangeModeInput {
        /// The new mode.
        mode: Mode,
    }
}

payloads! {
    /// What came of changing the mode.
    ChangeModePayload {}
}

#[derive(Default)]
pub(super) struct ChangeModeMutation;

#[Object]
impl ChangeModeMutation {
    /// An ACTIVE messaging conversation is elevated to voice or video, or comes back to text.
    async fn change_mode(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How it is held from now on.")] input: ChangeModeInput,
    ) -> Result<ChangeModePayload> {
        Ok(act(ctx, Action::ChangeMode, &input, |input| {
            Ok(Act::ChangeMode(commands::ChangeMode(input.mode)))
        })
        .await?
        .into())
    }
}
