//! `rejectOffer`: its input, its payload and its resolver.

use async_graphql::{Context, ID, Object, Result};

use super::input::conversation_inputs;
use super::offers::offer_id;
use super::{act, payloads};
use domain::{Act, Action};

conversation_inputs! {
    /// Whose offer to refuse.
    RejectOfferInput {}
}

payloads! {
    /// What came of refusing.
    RejectOfferPayload {
        /// The id of the offer that was refused.
        offer_id: Option<ID> = offer_id,
    }
}

#[derive(Default)]
pub(super) struct RejectMutation;

#[Object]
impl RejectMutation {
    /// Refuse what is offered to you. Counts as a decline; after three, a supervisor must override. For agents.
    async fn reject_offer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose offer to refuse.")] input: RejectOfferInput,
    ) -> Result<RejectOfferPayload> {
        Ok(act(ctx, Action::Reject, &input, |_| Ok(Act::Reject))
            .await?
            .into())
    }
}
