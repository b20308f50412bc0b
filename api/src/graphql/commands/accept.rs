//! `acceptOffer`: its input, its payload and its resolver.

use async_graphql::{Context, ID, Object, Result};

use super::input::conversation_inputs;
use super::offers::offer_id;
use super::{act, payloads};
use domain::{Act, Action};

conversation_inputs! {
    /// Whose offer to accept.
    AcceptOfferInput {}
}

payloads! {
    /// What came of accepting.
    AcceptOfferPayload {
        /// The id of the offer that was accepted.
        offer_id: Option<ID> = offer_id,
    }
}

#[derive(Default)]
pub(super) struct AcceptMutation;

#[Object]
impl AcceptMutation {
    /// Accept what is offered to you: an assignment, or a transfer request. For agents.
    async fn accept_offer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose offer to accept.")] input: AcceptOfferInput,
    ) -> Result<AcceptOfferPayload> {
        Ok(act(ctx, Action::Accept, &input, |_| Ok(Act::Accept))
            .await?
            .into())
    }
}
