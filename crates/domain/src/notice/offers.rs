//! How offers and transfer requests end, read off the change that ends them.

use super::Ended;
use crate::{AgentId, CancelReason, Change, OfferId, OfferKind, OfferOutcome, Subject};

/// How the offer or request ended that this change ends; with the primary agent from whom it would
/// have taken the conversation, and the supervisor who asked for it.
pub(super) fn offer_ended(change: &Change) -> Option<(Ended, Option<AgentId>, &Subject)> {
    use OfferOutcome::{Accepted, Cancelled, Rejected, TimedOut};
    #[rustfmt::skip] // A table, one line a change.
    let row = match change {
        Change::OfferAccepted { offer, agent, by } => (offer, agent, None, by, Accepted, None),
        Change::OfferRejected { offer, agent, by } => (offer, agent, None, by, Rejected, None),
        Change::OfferTimedOut { offer, agent, by } => (offer, agent, None, by, TimedOut, None),
        Change::OfferCancelled { offer, agent, by, reason } => (offer, agent, None, by, Cancelled, Some(*reason)),
        Change::TransferAccepted { offer, from, to, by } => (offer, to, Some(*from), by, Accepted, None),
        Change::TransferRejected { offer, from, agent, by } => (offer, agent, Some(*from), by, Rejected, None),
        Change::TransferTimedOut { offer, from, agent, by } => (offer, agent, Some(*from), by, TimedOut, None),
        Change::TransferCancelled { offer, from, agent, by, reason } => (offer, agent, Some(*from), by, Cancelled, Some(*reason)),
        Change::ConversationStarted | Change::MessagePosted { .. } | Change::MessageEdited { .. }
        | Change::MessageRemoved { .. } | Change::SentimentCorrected { .. } | Change::MessageScored { .. } | Change::MessageReaction { .. } | Change::MessageDelivery { .. } | Change::SentimentChanged { .. }
        | Change::SentimentAlertRaised { .. } | Change::EscalationSignalled { .. } | Change::AttentionChanged { .. } | Change::AttentionAcknowledged { .. } | Change::AgentCoached { .. } | Change::HelpRequested { .. } | Change::HelpEnded { .. } | Change::AssignedToAgent { .. }
        | Change::AssignedToQueue { .. } | Change::Picked { .. } | Change::TransferRequested { .. } | Change::SetAside
        | Change::Reactivated { .. } | Change::ReleasedToQueue { .. } | Change::Requeued { .. } | Change::TakenOver { .. } | Change::MonitoringStarted { .. }
        | Change::MonitoringStopped { .. } | Change::ReviewStarted { .. } | Change::ReviewStopped { .. } | Change::SupervisorJoined { .. } | Change::SupervisorLeft { .. }
        | Change::ConsultantLeft { .. } | Change::ModeChanged { .. } | Change::CustomerDisconnected { .. }
        | Change::CustomerReconnected | Change::ConsentRecorded { .. } | Change::LabelsChanged { .. } | Change::DispositionSet { .. }
        | Change::RatingRecorded { .. } | Change::CustomerChanged { .. } | Change::CustomersMerged { .. }
        | Change::MovedToWrapUp { .. } | Change::CapacityReleased { .. } | Change::Closed { .. } | Change::ForceClosed { .. }
        | Change::AgentPresenceChanged { .. } | Change::AgentChanged { .. } | Change::QueueChanged { .. }
        | Change::WorkstreamChanged { .. } | Change::MembershipChanged { .. } | Change::AgentsNotified { .. } | Change::SupervisorSettingsChanged => return None,
    };
    let (offer, agent, from, by, outcome, reason): Row<'_> = row;
    let ended = Ended {
        offer: *offer,
        kind: from.map_or(OfferKind::Assignment, |_| OfferKind::Transfer),
        agent: *agent,
        outcome,
        reason,
    };
    Some((ended, from, by))
}

/// Which offer, to whom, from whom, by whom, how it ended, and why it was cancelled.
type Row<'a> = (
    &'a OfferId,
    &'a AgentId,
    Option<AgentId>,
    &'a Subject,
    OfferOutcome,
    Option<CancelReason>,
);
