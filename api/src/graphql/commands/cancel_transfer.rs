//! `cancelTransfer`: its input, its payload and its resolver.

use async_graphql::{Context, ID, Object, Result};

use super::input::conversation_inputs;
use super::offers::offer_id;
use super::{act, payloads};
use domain::{Act, Action};

conversation_inputs! {
    /// Whose transfer request to cancel.
    CancelTransferInput {}
}

payloads! {
    /// What came of cancelling.
    CancelTransferPayload {
        /// The id of the request that was cancelled.
        offer_id: Option<ID> = offer_id,
    }
}

#[derive(Default)]
pub(super) struct CancelTransferMutation;

#[Object]
impl CancelTransferMutation {
    /// Cancel a transfer request that its agent has not answered; the first agent stays primary.
    /// Needs `supervisorTransfer` and `conversation:transfer`.
    async fn cancel_transfer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose transfer request to cancel.")] input: CancelTransferInput,
    ) -> Result<CancelTransferPayload> {
        Ok(act(ctx, Action::CancelTransfer, &input, |_| {
            Ok(Act::CancelTransfer)
        })
        .await?
        .into())
    }
}
