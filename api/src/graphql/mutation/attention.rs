//! The input of a workstream's attention thresholds.

use async_graphql::InputObject;

use crate::domain::Refusal;
use crate::domain::directory::AttentionThresholds;

/// Seconds (1 or more) after which a conversation needs attention; left out: the default.
#[derive(InputObject)]
pub struct AttentionThresholdsInput {
    /// Nobody has taken it. Default 300.
    waiting_seconds: Option<u32>,
    /// Nobody has answered the customer. Default 120.
    unanswered_seconds: Option<u32>,
    /// It has been in conversation. Default 1,800.
    handled_seconds: Option<u32>,
}

/// These thresholds with what is given in place. `parse` reads a time limit.
pub(super) fn over(
    rest: AttentionThresholds,
    given: Option<&AttentionThresholdsInput>,
    parse: impl Fn(&'static str, Option<u32>) -> Result<Option<u32>, Refusal>,
) -> Result<AttentionThresholds, Refusal> {
    let Some(given) = given else {
        return Ok(rest);
    };
    let one = |path, given, rest| Ok::<_, Refusal>(parse(path, given)?.unwrap_or(rest));
    Ok(AttentionThresholds {
        waiting_seconds: one(
            "attention.waitingSeconds",
            given.waiting_seconds,
            rest.waiting_seconds,
        )?,
        unanswered_seconds: one(
            "attention.unansweredSeconds",
            given.unanswered_seconds,
            rest.unanswered_seconds,
        )?,
        handled_seconds: one(
            "attention.handledSeconds",
            given.handled_seconds,
            rest.handled_seconds,
        )?,
    })
}
