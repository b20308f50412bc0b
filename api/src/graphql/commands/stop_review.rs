//! `stopReview`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::conversation_inputs;
use super::{act, payloads};
use crate::graphql::types::participant::ReviewSession;
use domain::{Act, Action};

conversation_inputs! {
    /// What to review no longer.
    StopReviewInput {}
}

payloads! {
    /// What came of stopping.
    StopReviewPayload {
        /// The session that ended.
        session: Option<ReviewSession> = ended_session,
    }
}

#[derive(Default)]
pub(super) struct StopReviewMutation;

#[Object]
impl StopReviewMutation {
    /// End your review of a conversation. NOT_MONITORING where none of yours runs.
    async fn stop_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to review no longer.")] input: StopReviewInput,
    ) -> Result<StopReviewPayload> {
        Ok(
            act(ctx, Action::StopReview, &input, |_| Ok(Act::StopReview))
                .await?
                .into(),
        )
    }
}

fn ended_session(done: &super::Done) -> Option<ReviewSession> {
    let session = done.outcome.session.as_ref().map(ReviewSession::from)?;
    Some(match done.outcome.session_ended {
        Some((at, by)) => session.ended(at, by),
        None => session,
    })
}
