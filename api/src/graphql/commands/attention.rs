//! The input of a workstream's attention thresholds.

use async_graphql::InputObject;

use super::resource::maybe_seconds;
use domain::Refusal;
use domain::patch::AttentionPatch;

/// Seconds (1 or more) after which a conversation needs attention. Left out: the default for a new
/// workstream, and unchanged for one that is there. Clocks that run keep the due time they started with.
#[derive(InputObject)]
pub struct AttentionThresholdsInput {
    /// Nobody has taken it. Default 300.
    waiting_seconds: Option<u32>,
    /// Nobody has answered the customer. Default 120.
    unanswered_seconds: Option<u32>,
    /// It has been in conversation. Default 1,800.
    handled_seconds: Option<u32>,
}

/// Parses the thresholds that are given.
pub(super) fn thresholds(given: &AttentionThresholdsInput) -> Result<AttentionPatch, Refusal> {
    Ok(AttentionPatch {
        waiting_seconds: maybe_seconds("attention.waitingSeconds", given.waiting_seconds)?,
        unanswered_seconds: maybe_seconds("attention.unansweredSeconds", given.unanswered_seconds)?,
        handled_seconds: maybe_seconds("attention.handledSeconds", given.handled_seconds)?,
    })
}
