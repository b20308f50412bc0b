//! What a change or its type alone says: whether a version rises, and who may know of it.
//!
//! [`ChangeKind::class`] is the one table, with a line for each type of event and no wildcard: an event that nobody
//! named an audience for does not compile.

use super::{Change, ChangeKind};
use crate::audience::{Audience, Fact};
use crate::{Author, Visibility};

impl Change {
    /// Who may know of it, of those who see the conversation: the audience of its type, and of a message or a tag that
    /// the customer's side must never learn of those who may read it.
    pub fn audience(&self) -> Audience {
        match self {
            Self::MessagePosted {
                visibility: Visibility::Internal,
                author,
                ..
            } if *author != Author::Customer => Audience::AgentsAndSupervisors,
            Self::MessageReaction {
                visibility: Visibility::Internal,
                ..
            } => Audience::AgentsAndSupervisors,
            Self::MessageReaction {
                visibility: Visibility::Coaching,
                ..
            } => Audience::Coached,
            // It changed nothing but tags.
            Self::LabelsChanged {
                priority: None,
                set,
                unset,
                ..
            } if set.is_empty() && unset.is_empty() => Fact::Tags.audience(),
            _ => self.kind().audience(),
        }
    }
}

use Audience::{AgentsAndLeaders, Coached, Everybody, Leaders, Supervisors};

/// Nobody by the events of conversations: it is about the organisation.
const ORGANISATION: Audience = Audience::Nobody;

/// Whether a conversation's version rises with an event (domain.md section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    Rises,
    Stays,
}

use Version::{Rises, Stays};

impl ChangeKind {
    const fn class(self) -> (Audience, Version) {
        match self {
            Self::AssignedToAgent
            | Self::AssignedToQueue
            | Self::Picked
            | Self::OfferAccepted
            | Self::OfferRejected
            | Self::OfferTimedOut
            | Self::OfferCancelled
            | Self::TransferRequested
            | Self::TransferAccepted
            | Self::TransferRejected
            | Self::TransferTimedOut
            | Self::TransferCancelled
            | Self::SetAside
            | Self::Reactivated
            | Self::ReleasedToQueue
            | Self::Requeued
            | Self::TakenOver
            | Self::SupervisorJoined
            | Self::SupervisorLeft
            | Self::ConsultantLeft
            | Self::ModeChanged
            | Self::ConsentRecorded
            | Self::MovedToWrapUp
            | Self::Closed
            | Self::ForceClosed => (Everybody, Rises),
            Self::ConversationStarted
            | Self::MessagePosted
            | Self::MessageEdited
            | Self::MessageRemoved
            | Self::MessageReaction
            | Self::MessageDelivery
            | Self::MessageScored
            | Self::SentimentChanged
            | Self::AttentionChanged
            | Self::CustomerDisconnected
            | Self::CustomerReconnected
            | Self::LabelsChanged
            | Self::DispositionSet
            | Self::RatingRecorded
            | Self::CustomerChanged
            | Self::CustomersMerged
            | Self::CapacityReleased => (Everybody, Stays),
            // What is made of the customer's words is not for the customer's side.
            Self::HelpRequested | Self::HelpEnded | Self::EscalationSignalled => {
                (AgentsAndLeaders, Stays)
            }
            Self::AgentCoached => (Coached, Stays),
            // That a supervisor has seen to it; that the reason is gone, everybody may know.
            Self::AttentionAcknowledged => (Leaders, Stays),
            // A version that rose would betray them.
            Self::SentimentAlertRaised
            | Self::SentimentCorrected
            | Self::MonitoringStarted
            | Self::MonitoringStopped
            | Self::ReviewStarted
            | Self::ReviewStopped => (Supervisors, Stays),
            Self::AgentPresenceChanged
            | Self::AgentChanged
            | Self::QueueChanged
            | Self::WorkstreamChanged
            | Self::MembershipChanged
            | Self::AgentsNotified
            | Self::SupervisorSettingsChanged => (ORGANISATION, Stays),
        }
    }

    /// Whether it is about a conversation, not about the organisation.
    pub const fn is_of_conversation(self) -> bool {
        !matches!(self.class().0, ORGANISATION)
    }

    /// Whether a conversation's version rises with it: with each change of state, assignment,
    /// offer or transfer, public participant, queue, mode or consent (domain.md section 5).
    pub const fn raises_version(self) -> bool {
        matches!(self.class().1, Rises)
    }

    /// Whether it follows from a rule, whoever's command made the rule look: who that was may be
    /// what must not be known, as with a look that begins. `first` is the first event of the same decision: what
    /// follows from a correction is no message of the customer.
    pub const fn follows_from_a_rule(self, first: Self) -> bool {
        match self {
            Self::AttentionChanged | Self::MessageScored => true,
            Self::SentimentChanged => matches!(first, Self::SentimentCorrected),
            _ => false,
        }
    }

    /// Who may know of it, of those who see the conversation; a message, and a change of tags, may be for fewer.
    pub const fn audience(self) -> Audience {
        self.class().0
    }

    /// Whether agents and gateways who see the conversation may know of it. Changes of the
    /// organisation are not theirs to follow.
    pub const fn is_public(self) -> bool {
        matches!(self.class().0, Everybody)
    }
}
