//! Every reason for attention has an exit: what a supervisor may do about it (the table of domain.md section 13).
//!
//! Whether somebody may do it now is what [`crate::decide::may`] says of the action.

use super::action::Action;
use super::{AttentionReason, SupervisorAction};

/// What a supervisor may do about this reason, in the order of the rulebook. What ends it by itself is not among these.
pub const fn exits(reason: AttentionReason) -> &'static [SupervisorAction] {
    use SupervisorAction::{
        Acknowledge, AnswerHelp, Assign, Coach, ForceClose, Join, Monitor, Requeue, TakeOver,
    };
    match reason {
        AttentionReason::SentimentAtOrBelowThreshold => &[Monitor, Coach, Join, TakeOver],
        // Another agent, or another queue.
        AttentionReason::WaitingForAgentTooLong | AttentionReason::OfferDeclinedRepeatedly => {
            &[Assign]
        }
        // Assigned where nobody has it yet.
        AttentionReason::CustomerUnansweredTooLong => &[Coach, Join, Requeue, TakeOver, Assign],
        AttentionReason::CustomerDisconnected => &[Requeue, ForceClose],
        AttentionReason::HandledTooLong => &[Coach, Join, Requeue, TakeOver],
        AttentionReason::DeliveryFailed => &[Acknowledge, Requeue],
        AttentionReason::EscalationSignal => &[TakeOver, Acknowledge],
        AttentionReason::CustomerWroteInWrapUp => &[Requeue],
        AttentionReason::HelpRequested => &[Coach, Join, AnswerHelp],
    }
}

impl SupervisorAction {
    /// Its name for the policy.
    pub const fn action(self) -> Action {
        match self {
            Self::Monitor => Action::Monitor,
            Self::Coach => Action::Coach,
            Self::Join => Action::Join,
            Self::Assign => Action::Assign,
            Self::ForceClose => Action::ForceClose,
            Self::AnswerHelp => Action::AnswerHelp,
            Self::Acknowledge => Action::AcknowledgeAttention,
            Self::Requeue => Action::Requeue,
            Self::TakeOver => Action::TakeOver,
        }
    }
}
