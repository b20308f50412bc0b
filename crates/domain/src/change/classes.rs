//! What a change or its type alone says: whether a version rises, and who may know of it.

use super::{Change, ChangeKind};
use crate::{Author, Visibility};

impl Change {
    /// Whether it is what the customer's side must never learn of.
    pub fn is_internal(&self) -> bool {
        matches!(
            self,
            Self::MessagePosted { visibility: Visibility::Internal, author, .. }
                if *author != Author::Customer
        )
    }
}

impl ChangeKind {
    /// Whether it is about a conversation, not about the organisation.
    pub const fn is_of_conversation(self) -> bool {
        !matches!(
            self,
            Self::AgentPresenceChanged
                | Self::AgentChanged
                | Self::QueueChanged
                | Self::WorkstreamChanged
                | Self::MembershipChanged
                | Self::SupervisorSettingsChanged
        )
    }

    /// Whether a conversation's version rises with it: with each change of state, assignment,
    /// offer or transfer, public participant, queue, mode or consent (domain.md section 5).
    pub const fn raises_version(self) -> bool {
        self.is_of_conversation()
            && !matches!(
                self,
                Self::ConversationStarted
                    | Self::MessagePosted
                    | Self::SentimentChanged
                    | Self::SentimentAlertRaised
                    | Self::AttentionChanged
                    | Self::MonitoringStarted
                    | Self::MonitoringStopped
                    | Self::CustomerDisconnected
                    | Self::CustomerReconnected
                    | Self::CapacityReleased
            )
    }

    /// Whether it follows from a rule, whoever's command made the rule look: who that was may be
    /// what must not be known, as with a look that begins.
    pub const fn follows_from_a_rule(self) -> bool {
        matches!(self, Self::AttentionChanged)
    }

    /// Whether agents and gateways who see the conversation may know of it. Changes of the
    /// organisation are not theirs to follow.
    pub const fn is_public(self) -> bool {
        self.is_of_conversation()
            && !matches!(
                self,
                Self::MonitoringStarted | Self::MonitoringStopped | Self::SentimentAlertRaised
            )
    }
}
