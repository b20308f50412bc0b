//! What payloads show of offers.

use async_graphql::ID;

use super::Done;
use crate::graphql::types::offer::Offer;

/// The offer that was made, while it waits for an answer.
pub(super) fn pending_offer(done: &Done) -> Option<Offer> {
    let conversation = done.outcome.conversation.as_ref()?;
    let made = done.outcome.offer?;
    Offer::of(conversation).filter(|offer| offer.offer_id() == made)
}

/// The id of the offer that was answered or withdrawn.
pub(super) fn offer_id(done: &Done) -> Option<ID> {
    done.outcome.offer.map(|id| ID(id.to_string()))
}
