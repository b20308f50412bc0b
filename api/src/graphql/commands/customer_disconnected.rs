//! `customerDisconnected`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::conversation_inputs;
use super::{act, payloads};
use domain::{Act, Action};

conversation_inputs! {
    /// Whose connection broke.
    CustomerDisconnectedInput {}
}

payloads! {
    /// What came of the disconnection.
    CustomerDisconnectedPayload {}
}

#[derive(Default)]
pub(super) struct CustomerDisconnectedMutation;

#[Object]
impl CustomerDisconnectedMutation {
    /// The live-chat customer's connection broke. Unless `customerReconnected` follows within the
    /// workstream's grace time, the contact counts as ended. LIVE_CHAT only.
    async fn customer_disconnected(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose connection broke.")] input: CustomerDisconnectedInput,
    ) -> Result<CustomerDisconnectedPayload> {
        Ok(act(ctx, Action::CustomerDisconnected, &input, |_| {
            Ok(Act::CustomerDisconnected)
        })
        .await?
        .into())
    }
}
