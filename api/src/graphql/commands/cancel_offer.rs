//! `cancelOffer`: its input, its payload and its resolver.

use async_graphql::{Context, ID, Object, Result};

use super::input::conversation_inputs;
use super::offers::offer_id;
use super::{act, payloads};
use domain::{Act, Action};

conversation_inputs! {
    /// Whose assignment to withdraw.
    CancelOfferInput {}
}

payloads! {
    /// What came of withdrawing.
    CancelOfferPayload {
        /// The id of the offer that was withdrawn.
        offer_id: Option<ID> = offer_id,
    }
}

#[derive(Default)]
pub(super) struct CancelOfferMutation;

#[Object]
impl CancelOfferMutation {
    /// Withdraw an assignment that its agent has not answered; the conversation is OPEN again. Counts
    /// as no decline. Needs `supervisorAssign` and `conversation:assign`.
    async fn cancel_offer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose assignment to withdraw.")] input: CancelOfferInput,
    ) -> Result<CancelOfferPayload> {
        Ok(
            act(ctx, Action::CancelOffer, &input, |_| Ok(Act::CancelOffer))
                .await?
                .into(),
        )
    }
}
