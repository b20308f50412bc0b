//! What people ask of Regie, by the mutation's name, and in which role they ask (domain.md section 3).
//!
//! The audit keeps what supervisors and administrators ask for: this says what that is. It decides
//! nothing; whether they may is `policy`'s.

use super::policy::Action;
use super::{Act, Command, ConversationId, Manage, Refusal, Revoked, Role, Viewer};

/// Whose it is to ask.
enum Whose {
    Gateways,
    Agents,
    /// Who takes part as an agent asks as one, any other supervisor as a supervisor.
    AgentsOrSupervisors,
    Supervisors,
    Administrators,
}

macro_rules! deeds {
    ($($whose:ident { $($name:ident = $text:literal,)* })*) => {
        /// What can be asked for: one for each mutation but `setPresence`, since one's own presence
        /// acts on nobody else and is no action in the audit's sense.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)] // The names are the mutations'.
        pub enum Deed { $($($name,)*)* }

        impl Deed {
            /// Every deed.
            pub const ALL: &'static [Self] = &[$($(Self::$name,)*)*];

            /// The mutation's name.
            pub const fn as_str(self) -> &'static str {
                match self { $($(Self::$name => $text,)*)* }
            }

            const fn whose(self) -> Whose {
                match self { $($(Self::$name => Whose::$whose,)*)* }
            }
        }
    };
}

deeds! {
    Supervisors {
        MonitorConversation = "monitorConversation",
        StopMonitoring = "stopMonitoring",
        JoinConversation = "joinConversation",
        AssignConversation = "assignConversation",
        CancelOffer = "cancelOffer",
        TransferConversation = "transferConversation",
        CancelTransfer = "cancelTransfer",
        ForceCloseConversation = "forceCloseConversation",
    }
    AgentsOrSupervisors {
        SendMessage = "sendMessage",
        LeaveConversation = "leaveConversation",
    }
    Administrators {
        CreateAgent = "createAgent",
        CreateQueue = "createQueue",
        CreateWorkstream = "createWorkstream",
        AddQueueMember = "addQueueMember",
        RemoveQueueMember = "removeQueueMember",
        UpdateSupervisorSettings = "updateSupervisorSettings",
        UpdateAgent = "updateAgent",
        DeleteAgent = "deleteAgent",
        UpdateQueue = "updateQueue",
        DeleteQueue = "deleteQueue",
        UpdateWorkstream = "updateWorkstream",
        DeleteWorkstream = "deleteWorkstream",
        EraseCustomer = "eraseCustomer",
        RevokeToken = "revokeToken",
        RevokeSubject = "revokeSubject",
    }
    Agents {
        PickConversation = "pickConversation",
        AcceptOffer = "acceptOffer",
        RejectOffer = "rejectOffer",
        SetAsideConversation = "setAsideConversation",
        ReopenConversation = "reopenConversation",
        ReleaseConversation = "releaseConversation",
        EndConversation = "endConversation",
        CloseConversation = "closeConversation",
        AcknowledgeMonitoringNotice = "acknowledgeMonitoringNotice",
    }
    Gateways {
        StartConversation = "startConversation",
        ReceiveCustomerMessage = "receiveCustomerMessage",
        CustomerDisconnected = "customerDisconnected",
        CustomerReconnected = "customerReconnected",
        EndByCustomer = "endByCustomer",
        ChangeMode = "changeMode",
        RecordConsent = "recordConsent",
    }
}

impl Deed {
    /// The deed of the mutation with this name.
    pub fn parse(mutation: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|deed| deed.as_str() == mutation)
    }

    /// The role in which the viewer asks for this, if it is one whose actions are audited. What is
    /// a supervisor's or administrator's to do is asked for in that role, whoever asks; what is not
    /// is still the action of a supervisor or administrator who lacks the role it takes.
    /// `as_agent`: the viewer takes part in the conversation as an agent.
    pub fn audited_as(self, viewer: &Viewer, as_agent: bool) -> Option<Role> {
        let leading = || {
            [Role::Supervisor, Role::Administrator]
                .into_iter()
                .find(|role| viewer.has_role(*role))
        };
        let unless = |role| {
            if viewer.has_role(role) {
                None
            } else {
                leading()
            }
        };
        match self.whose() {
            Whose::Supervisors => Some(Role::Supervisor),
            Whose::Administrators => Some(Role::Administrator),
            Whose::AgentsOrSupervisors if as_agent => None,
            Whose::AgentsOrSupervisors if viewer.has_role(Role::Supervisor) => {
                Some(Role::Supervisor)
            }
            Whose::AgentsOrSupervisors | Whose::Agents => unless(Role::Agent),
            Whose::Gateways => unless(Role::CustomerGateway),
        }
    }
}

/// A limit that a supervisor lifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Override {
    /// The agent's presence.
    Presence,
    /// The agent's capacity.
    Capacity,
    /// The agent's declines.
    Declines,
}

impl Override {
    /// Every one.
    pub const ALL: &'static [Self] = &[Self::Presence, Self::Capacity, Self::Declines];

    /// Its text in the audit.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Presence => "PRESENCE",
            Self::Capacity => "CAPACITY",
            Self::Declines => "DECLINES",
        }
    }
}

/// A deed whose input is not well-formed (check 1 of domain.md section 3): it is refused like any
/// other, so that its refusal is recorded like any other.
#[derive(Clone, Debug, PartialEq)]
pub struct Malformed {
    /// What was asked for.
    pub deed: Deed,
    /// About which conversation, if that much was well-formed.
    pub conversation: Option<ConversationId>,
    /// What is wrong.
    pub refusal: Refusal,
}

impl Command {
    /// Which deed it is; none for what Regie itself does, and for one's own presence.
    pub const fn deed(&self) -> Option<Deed> {
        Some(match self {
            Self::Start(_) => Deed::StartConversation,
            Self::Act { act, .. } => act.deed(),
            Self::AcknowledgeNotice { .. } => Deed::AcknowledgeMonitoringNotice,
            Self::Manage(manage) => manage.deed(),
            Self::Malformed(malformed) => malformed.deed,
            Self::SetPresence(_)
            | Self::TimerDue { .. }
            | Self::AgentDisconnected(_)
            | Self::TokenRefreshed => return None,
        })
    }
}

impl Act {
    const fn deed(&self) -> Deed {
        match self.action() {
            Action::CustomerMessage => Deed::ReceiveCustomerMessage,
            Action::CustomerDisconnected => Deed::CustomerDisconnected,
            Action::CustomerReconnected => Deed::CustomerReconnected,
            Action::EndByCustomer => Deed::EndByCustomer,
            Action::ChangeMode => Deed::ChangeMode,
            Action::RecordConsent => Deed::RecordConsent,
            Action::Pick => Deed::PickConversation,
            Action::Accept => Deed::AcceptOffer,
            Action::Reject => Deed::RejectOffer,
            Action::SetAside => Deed::SetAsideConversation,
            Action::Reopen => Deed::ReopenConversation,
            Action::Release => Deed::ReleaseConversation,
            Action::End => Deed::EndConversation,
            Action::Close => Deed::CloseConversation,
            Action::Send => Deed::SendMessage,
            Action::Leave => Deed::LeaveConversation,
            Action::Monitor => Deed::MonitorConversation,
            Action::StopMonitoring => Deed::StopMonitoring,
            Action::Join => Deed::JoinConversation,
            Action::Assign => Deed::AssignConversation,
            Action::CancelOffer => Deed::CancelOffer,
            Action::Transfer => Deed::TransferConversation,
            Action::CancelTransfer => Deed::CancelTransfer,
            Action::ForceClose => Deed::ForceCloseConversation,
        }
    }
}

impl Manage {
    const fn deed(&self) -> Deed {
        match self {
            Self::CreateAgent { .. } => Deed::CreateAgent,
            Self::CreateQueue { .. } => Deed::CreateQueue,
            Self::CreateWorkstream(_) => Deed::CreateWorkstream,
            Self::AddMember { .. } => Deed::AddQueueMember,
            Self::RemoveMember { .. } => Deed::RemoveQueueMember,
            Self::UpdateSettings(_) => Deed::UpdateSupervisorSettings,
            Self::UpdateAgent(..) => Deed::UpdateAgent,
            Self::DeleteAgent(_) => Deed::DeleteAgent,
            Self::UpdateQueue(..) => Deed::UpdateQueue,
            Self::DeleteQueue(_) => Deed::DeleteQueue,
            Self::UpdateWorkstream(..) => Deed::UpdateWorkstream,
            Self::DeleteWorkstream(_) => Deed::DeleteWorkstream,
            Self::EraseCustomer(_) => Deed::EraseCustomer,
            Self::Revoke {
                what: Revoked::Token(_),
                ..
            } => Deed::RevokeToken,
            Self::Revoke {
                what: Revoked::Subject(_),
                ..
            } => Deed::RevokeSubject,
        }
    }
}
