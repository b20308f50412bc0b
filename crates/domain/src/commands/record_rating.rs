//! `recordRating`: how the customer rates the contact (domain.md section 11).

use std::sync::Arc;

use chrono::TimeDelta;
use serde::Serialize;

use crate::action::{Action, AuditedAction};
use crate::case::organisation::invalid;
use crate::case::{Case, ConversationCommand, Spec, Standing};
use crate::policy::Needs;
use crate::{AuditDetail, Change, Decision, Outcome, Refusal, State, Text};

/// The days after the end in which a conversation may still be rated.
const DAYS: i64 = 7;
/// The best score; 1 is the worst.
pub const BEST: u8 = 5;

/// A customer's rating.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordRating {
    /// From 1, worst, to 5.
    pub score: u8,
    /// What the customer said of it; none: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<Arc<str>>,
}

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::RecordRating,
    audited: AuditedAction::RecordRating,
    needs: Needs::Gateway,
    in_closed: true,
    meets: |standing, _| ratable(standing),
    viewer_can: None,
};

/// Once, from `WRAP_UP` until seven days after the end.
fn ratable(standing: &Standing<'_>) -> Result<(), Refusal> {
    let conversation = standing.conversation;
    let recent = match (conversation.state, conversation.closed_at) {
        (State::WrapUp, _) => true,
        (State::Closed, Some(closed)) => standing.now - closed <= TimeDelta::days(DAYS),
        _ => false,
    };
    if recent && conversation.rating.is_none() {
        Ok(())
    } else {
        Err(Refusal::RatingNotPossible)
    }
}

impl ConversationCommand for RecordRating {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        if !(1..=BEST).contains(&self.score) {
            return Err(invalid("score", "give 1 to 5"));
        }
        let mut recorder = case.recorder();
        if let Some(comment) = &self.comment {
            let id = case.conversation().id;
            recorder.add_text(Text::RatingComment(id, comment.clone()));
        }
        recorder.push(Change::RatingRecorded { score: self.score });
        Ok(recorder.done())
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }
}
