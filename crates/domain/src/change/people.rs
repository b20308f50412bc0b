//! Whom a change names: those who may be told of it though they do not take part any more, or do not yet.

use super::Change;
use crate::{AgentId, Subject};

/// Up to two agents, and a supervisor.
type People<'a> = ([Option<AgentId>; 2], Option<&'a Subject>);

impl Change {
    /// Whether a conversation is ongoing since, or no more.
    pub const fn begins_or_ends(&self) -> bool {
        matches!(
            self,
            Self::ConversationStarted | Self::Closed { .. } | Self::ForceClosed { .. }
        )
    }

    /// Whether it is a call for help, or the end of one.
    pub const fn calls(&self) -> bool {
        matches!(self, Self::HelpRequested { .. } | Self::HelpEnded { .. })
    }

    /// Whether its customer is shown by another name since.
    pub const fn names(&self) -> bool {
        matches!(
            self,
            Self::CustomerChanged { .. } | Self::CustomersMerged { .. }
        )
    }

    /// The agents and the supervisor that the change itself names.
    pub const fn people(&self) -> People<'_> {
        match self {
            Self::AssignedToAgent { agent, by, .. }
            | Self::OfferAccepted { agent, by, .. }
            | Self::OfferRejected { agent, by, .. }
            | Self::OfferTimedOut { agent, by, .. }
            | Self::OfferCancelled { agent, by, .. } => ([Some(*agent), None], Some(by)),
            Self::TransferRequested { from, to, by, .. }
            | Self::TransferAccepted { from, to, by, .. } => ([Some(*from), Some(*to)], Some(by)),
            Self::TransferRejected {
                from, agent, by, ..
            }
            | Self::TransferTimedOut {
                from, agent, by, ..
            }
            | Self::TransferCancelled {
                from, agent, by, ..
            } => ([Some(*from), Some(*agent)], Some(by)),
            Self::TakenOver { from, agent, .. } => ([Some(*from), Some(*agent)], None),
            Self::Picked { agent, .. }
            | Self::ReleasedToQueue { agent, .. }
            | Self::Requeued { agent, .. }
            | Self::ConsultantLeft { agent }
            | Self::HelpRequested { agent, .. }
            | Self::AgentCoached { agent, .. }
            | Self::HelpEnded { agent, .. }
            | Self::CapacityReleased { agent, .. } => ([Some(*agent), None], None),
            Self::MonitoringStarted { supervisor, .. }
            | Self::MonitoringStopped { supervisor, .. }
            | Self::ReviewStarted { supervisor, .. }
            | Self::ReviewStopped { supervisor, .. }
            | Self::SupervisorJoined { supervisor }
            | Self::SupervisorLeft { supervisor }
            | Self::ForceClosed { supervisor } => ([None, None], Some(supervisor)),
            Self::MessageDelivery {
                agent, supervisor, ..
            } => ([*agent, None], supervisor.as_ref()),
            Self::ConversationStarted
            | Self::MessagePosted { .. }
            | Self::MessageEdited { .. }
            | Self::MessageRemoved { .. }
            | Self::MessageReaction { .. }
            | Self::SentimentCorrected { .. }
            | Self::MessageScored { .. }
            | Self::SentimentChanged { .. }
            | Self::SentimentAlertRaised { .. }
            | Self::EscalationSignalled { .. }
            | Self::AttentionChanged { .. }
            | Self::AttentionAcknowledged { .. }
            | Self::AssignedToQueue { .. }
            | Self::SetAside
            | Self::Reactivated { .. }
            | Self::ModeChanged { .. }
            | Self::CustomerDisconnected { .. }
            | Self::CustomerReconnected
            | Self::ConsentRecorded { .. }
            | Self::LabelsChanged { .. }
            | Self::DispositionSet { .. }
            | Self::RatingRecorded { .. }
            | Self::CustomerChanged { .. }
            | Self::CustomersMerged { .. }
            | Self::MovedToWrapUp { .. }
            | Self::Closed { .. }
            | Self::AgentPresenceChanged { .. }
            | Self::AgentChanged { .. }
            | Self::QueueChanged { .. }
            | Self::WorkstreamChanged { .. }
            | Self::MembershipChanged { .. }
            | Self::AgentsNotified { .. }
            | Self::SupervisorSettingsChanged => ([None, None], None),
        }
    }
}
