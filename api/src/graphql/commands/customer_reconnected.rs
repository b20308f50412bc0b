//! `customerReconnected`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::conversation_inputs;
use super::{act, payloads};
use domain::{Act, Action};

conversation_inputs! {
    /// Who is back.
    CustomerReconnectedInput {}
}

payloads! {
    /// What came of the return.
    CustomerReconnectedPayload {}
}

#[derive(Default)]
pub(super) struct CustomerReconnectedMutation;

#[Object]
impl CustomerReconnectedMutation {
    /// The live-chat customer is back within the grace time. LIVE_CHAT only.
    async fn customer_reconnected(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is back.")] input: CustomerReconnectedInput,
    ) -> Result<CustomerReconnectedPayload> {
        Ok(act(ctx, Action::CustomerReconnected, &input, |_| {
            Ok(Act::CustomerReconnected)
        })
        .await?
        .into())
    }
}
