//! The names of what can be asked: [`Action`] on a conversation, which the policy knows, and
//! [`AuditedAction`] by its mutation, which the audit knows. What each of them is stands in `commands`.

use strum::VariantArray;

use super::{ConversationId, Refusal, Role, Viewer};

/// What can be done to a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, VariantArray)]
#[allow(missing_docs)] // The names are the mutations'.
pub enum Action {
    CustomerMessage,
    EditCustomerMessage,
    RemoveCustomerMessage,
    React,
    RecordDelivery,
    CustomerDisconnected,
    CustomerReconnected,
    EndByCustomer,
    ChangeMode,
    RecordConsent,
    RecordRating,
    UpdateConversation,
    Pick,
    Accept,
    Reject,
    SetAside,
    Reopen,
    Release,
    End,
    Close,
    Send,
    Leave,
    Monitor,
    StopMonitoring,
    Review,
    StopReview,
    Join,
    Assign,
    CancelOffer,
    Transfer,
    CancelTransfer,
    Requeue,
    TakeOver,
    ForceClose,
    RequestHelp,
    CancelHelp,
    AnswerHelp,
    AcknowledgeAttention,
    Coach,
    CorrectSentiment,
}

impl Action {
    /// Every action.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}

/// What was asked for: one for each mutation that the audit trail knows. What is an agent's or a gateway's
/// to do stands there only as the refused attempt of a supervisor or administrator who lacks that role.
// One's own presence acts on nobody else and is no action in the audit's sense.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    VariantArray,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "camelCase")]
#[cfg_attr(
    feature = "graphql",
    derive(async_graphql::Enum),
    graphql(name = "AuditAction")
)]
pub enum AuditedAction {
    /// `monitorConversation`: the look itself.
    MonitorConversation,
    /// `stopMonitoring`.
    StopMonitoring,
    /// `reviewConversation`: the look itself.
    ReviewConversation,
    /// `stopReview`.
    StopReview,
    /// `joinConversation`.
    JoinConversation,
    /// `assignConversation`, to an agent or a queue.
    AssignConversation,
    /// `cancelOffer`.
    CancelOffer,
    /// `transferConversation`.
    TransferConversation,
    /// `cancelTransfer`.
    CancelTransfer,
    /// `requeueConversation`.
    RequeueConversation,
    /// `takeOverConversation`.
    TakeOverConversation,
    /// `setPresence` of an agent, by a supervisor.
    SetPresence,
    /// `drainAgent`; what it requeues has entries of its own.
    DrainAgent,
    /// `notifyAgents`.
    NotifyAgents,
    /// `bulkAction`, as a whole; its items have entries of their own.
    BulkAction,
    /// `forceCloseConversation`.
    ForceCloseConversation,
    /// `sendMessage`, by a supervisor.
    SendMessage,
    /// `reactToMessage`, by a supervisor.
    ReactToMessage,
    /// `leaveConversation`, by a joined supervisor.
    LeaveConversation,
    /// `updateConversation`, by a supervisor.
    UpdateConversation,
    /// `answerHelp`.
    AnswerHelp,
    /// `acknowledgeAttention`.
    AcknowledgeAttention,
    /// `coachAgent`.
    CoachAgent,
    /// `correctSentiment`.
    CorrectSentiment,
    /// `createAgent`.
    CreateAgent,
    /// `createQueue`.
    CreateQueue,
    /// `createWorkstream`.
    CreateWorkstream,
    /// `addQueueMember`.
    AddQueueMember,
    /// `removeQueueMember`.
    RemoveQueueMember,
    /// `updateSupervisorSettings`.
    UpdateSupervisorSettings,
    /// `updateAgent`.
    UpdateAgent,
    /// `deleteAgent`.
    DeleteAgent,
    /// `updateQueue`.
    UpdateQueue,
    /// `deleteQueue`.
    DeleteQueue,
    /// `updateWorkstream`.
    UpdateWorkstream,
    /// `deleteWorkstream`.
    DeleteWorkstream,
    /// `eraseCustomer`.
    EraseCustomer,
    /// `updateCustomer`, by an administrator; of others refused.
    UpdateCustomer,
    /// `mergeCustomers`.
    MergeCustomers,
    /// `revokeToken`.
    RevokeToken,
    /// `revokeSubject`.
    RevokeSubject,
    /// No mutation: the primary agent of a conversation read an earlier one of its customer for the first time.
    ReadEarlierConversation,
    /// `regie export --with-texts`, by an operator on the server's command line. No mutation.
    Export,
    /// `pickConversation`, refused.
    PickConversation,
    /// `acceptOffer`, refused.
    AcceptOffer,
    /// `rejectOffer`, refused.
    RejectOffer,
    /// `setAsideConversation`, refused.
    SetAsideConversation,
    /// `reopenConversation`, refused.
    ReopenConversation,
    /// `releaseConversation`, refused.
    ReleaseConversation,
    /// `endConversation`, refused.
    EndConversation,
    /// `closeConversation`, refused.
    CloseConversation,
    /// `acknowledgeMonitoringNotice`, refused.
    AcknowledgeMonitoringNotice,
    /// `startConversation`, refused.
    StartConversation,
    /// `receiveCustomerMessage`, refused.
    ReceiveCustomerMessage,
    /// `receiveFromCustomer`, refused.
    ReceiveFromCustomer,
    /// `editCustomerMessage`, refused.
    EditCustomerMessage,
    /// `removeCustomerMessage`, refused.
    RemoveCustomerMessage,
    /// `recordDelivery`, refused.
    RecordDelivery,
    /// `customerDisconnected`, refused.
    CustomerDisconnected,
    /// `customerReconnected`, refused.
    CustomerReconnected,
    /// `endByCustomer`, refused.
    EndByCustomer,
    /// `changeMode`, refused.
    ChangeMode,
    /// `recordConsent`, refused.
    RecordConsent,
    /// `recordRating`, refused.
    RecordRating,
    /// `requestHelp`, refused.
    RequestHelp,
    /// `cancelHelp`, refused.
    CancelHelp,
}

impl AuditedAction {
    /// Every one.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The mutation's name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The one with this mutation's name.
    pub fn parse(mutation: &str) -> Option<Self> {
        mutation.parse().ok()
    }
}

/// Whose it is to ask for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedBy {
    /// The gateways of channels.
    Gateways,
    /// Agents and bots.
    Agents,
    /// Who takes part as an agent asks as one, any other supervisor as a supervisor.
    AgentsOrSupervisors,
    /// The primary agent asks as an agent, any other supervisor as a supervisor, and a gateway as that.
    HandlersOrSupervisors,
    /// Who takes part as an agent asks as one, any other supervisor as a supervisor, and a gateway as that.
    Everybody,
    /// Supervisors.
    Supervisors,
    /// Administrators.
    Administrators,
    /// Administrators as that, and supervisors.
    AdministratorsOrSupervisors,
    /// Agents, by reading.
    Readers,
    /// Administrators as that, and gateways.
    AdministratorsOrGateways,
}

impl AskedBy {
    /// The role in which the viewer asks, if it is one whose actions are audited. What is
    /// a supervisor's or administrator's to do is asked for in that role, whoever asks; what is not
    /// is still the action of a supervisor or administrator who lacks the role it takes.
    /// `as_agent`: the viewer asks as an agent (`policy::asks_as_agent`).
    pub fn audited_as(self, viewer: &Viewer, as_agent: bool) -> Option<Role> {
        let leading = || {
            [Role::Supervisor, Role::Administrator]
                .into_iter()
                .find(|role| viewer.has_role(*role))
        };
        let unless_any = |roles: &[Role]| {
            let is_theirs = roles.iter().any(|role| viewer.has_role(*role));
            if is_theirs { None } else { leading() }
        };
        match self {
            Self::Administrators => Some(Role::Administrator),
            Self::Readers => Some(Role::Agent),
            Self::AdministratorsOrSupervisors | Self::AdministratorsOrGateways
                if viewer.has_role(Role::Administrator) =>
            {
                Some(Role::Administrator)
            }
            Self::Supervisors | Self::AdministratorsOrSupervisors => Some(Role::Supervisor),
            Self::AgentsOrSupervisors | Self::HandlersOrSupervisors | Self::Everybody
                if as_agent =>
            {
                None
            }
            Self::AgentsOrSupervisors | Self::HandlersOrSupervisors | Self::Everybody
                if viewer.has_role(Role::Supervisor) =>
            {
                Some(Role::Supervisor)
            }
            Self::AgentsOrSupervisors | Self::Agents => unless_any(&[Role::Agent]),
            Self::HandlersOrSupervisors | Self::Everybody => {
                unless_any(&[Role::Agent, Role::CustomerGateway])
            }
            Self::Gateways | Self::AdministratorsOrGateways => unless_any(&[Role::CustomerGateway]),
        }
    }
}

/// A limit that a supervisor asked to lift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
#[cfg_attr(
    feature = "graphql",
    derive(async_graphql::Enum),
    graphql(name = "AuditOverride")
)]
pub enum Override {
    /// `overridePresence`: whatever the agent's presence.
    Presence,
    /// `overrideCapacity`: whatever the agent's capacity.
    Capacity,
    /// `overrideDeclines`: however often the agent declined.
    Declines,
}

impl Override {
    /// Every one.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Its text in the audit.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Presence => "PRESENCE",
            Self::Capacity => "CAPACITY",
            Self::Declines => "DECLINES",
        }
    }
}

/// What was asked for with input that is not well-formed (check 1 of domain.md section 3): it is refused like any
/// other, so that its refusal is recorded like any other.
#[derive(Clone, Debug, PartialEq)]
pub struct Malformed {
    /// What was asked for.
    pub action: AuditedAction,
    /// About which conversation, if that much was well-formed.
    pub conversation: Option<ConversationId>,
    /// What is wrong.
    pub refusal: Refusal,
}
