//! What withdrawing an offer and withdrawing a transfer request have in common.

use crate::case::Case;
use crate::{CancelReason, Decision, OfferKind, Outcome, Refusal};

/// Cancels the offer of this kind that waits for an answer.
pub(super) fn withdraw(case: &Case<'_>, kind: OfferKind) -> Result<Decision, Refusal> {
    let offer = case.standing.pending(kind)?.id;
    let mut recorder = case.recorder();
    recorder.cancel_pending(CancelReason::Withdrawn);
    Ok(recorder.done_with(Outcome {
        offer: Some(offer),
        ..Outcome::default()
    }))
}
