//! Every way a command can be refused, as data (domain.md section 9).

use std::sync::Arc;

use super::{
    AgentId, Channel, Consent, Conversation, InUse, Mode, OfferId, ParticipantRole, Permission,
    Presence, QueueId, QueueKind, Role, Setting, State, StatusReason,
};

/// Why a command was refused. Nothing changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// The token was taken back after it was accepted, and before what it asked for was carried out.
    TokenRevoked,
    /// There is no such thing, or the viewer may not know of it.
    NotFound,
    /// A value is not what the field takes.
    InvalidInput {
        /// The input field, dotted.
        path: &'static str,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// The token lacks the role.
    RoleRequired(Role),
    /// The token has the role AGENT, but no agent has its subject.
    AgentUnknown,
    /// The queue is not among the token's `queues`.
    OutOfScope(QueueId),
    /// The channel is not among the token's `channels`.
    ChannelOutOfScope(Channel),
    /// The agent has no queue that is among the token's `queues`, or is the viewer.
    AgentOutOfScope(AgentId),
    /// The organisation switched this off.
    SettingDisabled(Setting),
    /// The token lacks the permission.
    PermissionMissing(Permission),
    /// A token with the role `API_ACCESS` may not assign.
    ApiAccessConflict,
    /// The conversation is at another version than expected.
    VersionConflict {
        /// The version now.
        current: u32,
        /// The conversation now.
        conversation: Arc<Conversation>,
    },
    /// The key was used for another input.
    IdempotencyKeyReused,
    /// CLOSED is final.
    ConversationClosed,
    /// The state does not allow it.
    InvalidState {
        /// The state now.
        state: State,
        /// The status reason now.
        reason: StatusReason,
        /// What is needed instead, in words.
        needed: &'static str,
    },
    /// Not on this channel.
    ChannelNotSupported(Channel),
    /// Not in this mode.
    ModeNotSupported(Mode),
    /// The viewer is its primary agent.
    OwnConversation,
    /// The customer was not told that conversations may be watched.
    NoticeNotGiven,
    /// The customer did not agree to be watched.
    ConsentNotGranted(Consent),
    /// The viewer does not monitor it.
    NotMonitoring,
    /// The viewer is not in it in the role that this needs.
    NotParticipant(ParticipantRole),
    /// Somebody has it.
    AlreadyAssigned(AgentId),
    /// An offer or transfer request waits for an answer.
    OfferPending(OfferId),
    /// No offer or transfer request waits for an answer.
    NoPendingOffer,
    /// What the input names does not exist.
    TargetNotFound {
        /// The input field.
        path: &'static str,
    },
    /// Bots are not given work by supervisors.
    TargetIsBot,
    /// A bot's conversation cannot be transferred.
    PrimaryIsBot,
    /// The agent is not a member of the conversation's queue.
    TargetNotInQueue,
    /// The agent handles it already.
    TargetIsPrimary,
    /// It is in that queue already.
    TargetQueueIsCurrent,
    /// The kind of queue does not fit.
    QueueKindMismatch {
        /// The kind given.
        given: QueueKind,
        /// The kind that fits.
        needed: QueueKind,
    },
    /// The agent's presence is not among the workstream's allowed presences.
    PresenceNotAllowed {
        /// The presence now.
        presence: Presence,
        /// What the workstream allows.
        allowed: Vec<Presence>,
    },
    /// The agent has too little capacity left.
    CapacityExceeded {
        /// The agent's total units.
        total: u32,
        /// The units consumed and reserved now.
        consumed: u32,
        /// The units that this conversation needs.
        units: u32,
        /// max(0, consumed + units - total).
        exceeded_by: u32,
    },
    /// The agent declined this conversation three times or more.
    DeclinedTooOften {
        /// How often.
        declines: u32,
    },
    /// The workstream asks of people how a conversation ended.
    DispositionRequired,
    /// The workstream has no such disposition.
    DispositionUnknown,
    /// It is not in after-work, closed for longer than seven days, or rated already.
    RatingNotPossible,
    /// No request for help waits for an answer.
    HelpNotRequested,
    /// There is no such message, or none that the viewer may name.
    MessageNotFound,
    /// The viewer is no agent, which the action would make of them.
    AgentRowNeeded,
    /// The viewer handles it already.
    AlreadyPrimary,
    /// Something still uses it.
    ResourceInUse(Box<InUse>),
    /// The monitoring notice is another text than the one that was acknowledged.
    NoticeChanged {
        /// The text now.
        text: Arc<str>,
        /// Its version.
        version: String,
    },
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Why something was refused. Clients switch on these; a new one is a change of the schema.
        /// The same text stands in `extensions.code` of top-level errors.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "graphql", derive(async_graphql::Enum), graphql(name = "ErrorCode"))]
        pub enum Code { $($(#[$doc])* #[cfg_attr(feature = "graphql", graphql(name = $text))] $name,)* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code's text.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The one with this text.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.as_str() == text)
            }
        }
    };
}

codes! {
    /// No valid token. Sign in again.
    Unauthenticated = "UNAUTHENTICATED",
    /// There is nothing with this id, or you may not know of it.
    NotFound = "NOT_FOUND",
    /// A value is not what the field takes; `path` names the field.
    InvalidInput = "INVALID_INPUT",
    /// Your token lacks the role.
    RoleRequired = "ROLE_REQUIRED",
    /// Your token has the role AGENT, but no agent has its subject.
    AgentUnknown = "AGENT_UNKNOWN",
    /// The queue is not in your token's `queues`, the channel not in its `channels`, or an agent whom you would manage has no
    /// queue there, or is you.
    OutOfScope = "OUT_OF_SCOPE",
    /// The organisation switched this action off.
    SettingDisabled = "SETTING_DISABLED",
    /// Your token lacks the permission.
    PermissionMissing = "PERMISSION_MISSING",
    /// A token with the role API_ACCESS may not assign.
    ApiAccessConflict = "API_ACCESS_CONFLICT",
    /// The conversation is at another version than `expectedVersion`, or the monitoring notice is another text
    /// than the one acknowledged.
    VersionConflict = "VERSION_CONFLICT",
    /// The idempotency key was used for another input.
    IdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED",
    /// CLOSED is final, and this command is none that a closed conversation still takes.
    ConversationClosed = "CONVERSATION_CLOSED",
    /// The conversation's state does not allow it; the error names the state and what is needed.
    InvalidState = "INVALID_STATE",
    /// Not possible on this channel.
    ChannelNotSupported = "CHANNEL_NOT_SUPPORTED",
    /// Not possible in this mode.
    ModeNotSupported = "MODE_NOT_SUPPORTED",
    /// You are its primary agent.
    OwnConversation = "OWN_CONVERSATION",
    /// The customer was not told that conversations may be watched.
    NoticeNotGiven = "NOTICE_NOT_GIVEN",
    /// The customer did not consent to be watched.
    ConsentNotGranted = "CONSENT_NOT_GRANTED",
    /// You do not monitor this conversation.
    NotMonitoring = "NOT_MONITORING",
    /// You are not in this conversation in the role that this needs.
    NotParticipant = "NOT_PARTICIPANT",
    /// Somebody has it; the error names the agent.
    AlreadyAssigned = "ALREADY_ASSIGNED",
    /// An earlier offer or transfer request waits for its answer.
    OfferPending = "OFFER_PENDING",
    /// No offer or transfer request waits for an answer (from you).
    NoPendingOffer = "NO_PENDING_OFFER",
    /// What the input names does not exist; `path` names the field.
    TargetNotFound = "TARGET_NOT_FOUND",
    /// The target is a bot.
    TargetIsBot = "TARGET_IS_BOT",
    /// A bot handles it; bots hand over by releasing to the queue.
    PrimaryIsBot = "PRIMARY_IS_BOT",
    /// The agent is not a member of the conversation's queue.
    TargetNotInQueue = "TARGET_NOT_IN_QUEUE",
    /// The agent handles it already.
    TargetIsPrimary = "TARGET_IS_PRIMARY",
    /// The conversation is in that queue already.
    TargetQueueIsCurrent = "TARGET_QUEUE_IS_CURRENT",
    /// The kind of queue or workstream does not fit the channel.
    QueueKindMismatch = "QUEUE_KIND_MISMATCH",
    /// The agent's presence is not among the workstream's allowed presences.
    PresenceNotAllowed = "PRESENCE_NOT_ALLOWED",
    /// The agent has too few capacity units left; the error has the figures.
    CapacityExceeded = "CAPACITY_EXCEEDED",
    /// The agent declined this conversation three times or more.
    DeclinedTooOften = "DECLINED_TOO_OFTEN",
    /// The workstream asks of people how a conversation ended: give `dispositionCode`, one of `workstream { dispositions }`.
    DispositionRequired = "DISPOSITION_REQUIRED",
    /// The conversation's workstream has no disposition with this code.
    DispositionUnknown = "DISPOSITION_UNKNOWN",
    /// A conversation is rated once, from WRAP_UP until 7 days after it closed.
    RatingNotPossible = "RATING_NOT_POSSIBLE",
    /// Its agent has not asked for help, or the request has ended.
    HelpNotRequested = "HELP_NOT_REQUESTED",
    /// There is no such message that you may name: it has not come in yet, or it was erased. Deliver it again later.
    MessageNotFound = "MESSAGE_NOT_FOUND",
    /// Something still uses it; the error names what.
    ResourceInUse = "RESOURCE_IN_USE",
    /// To take over, your token needs the role AGENT too, and a person among the agents your subject.
    AgentRowNeeded = "AGENT_ROW_NEEDED",
    /// You handle it already.
    AlreadyPrimary = "ALREADY_PRIMARY",
    /// The cursor is older than the log, or of another log: read a fresh state, and go on from its `asOf`.
    CursorExpired = "CURSOR_EXPIRED",
    /// This server has not come to the place of `minCursor` within 2 seconds. Ask again, here or at another server.
    CursorAhead = "CURSOR_AHEAD",
    /// Not a cursor, or a page cursor of another list.
    CursorInvalid = "CURSOR_INVALID",
    /// The operation is too large; the error names the limit.
    LimitExceeded = "LIMIT_EXCEEDED",
    /// Too many requests of this viewer; wait for as many seconds as `extensions.retryAfter` or the header `Retry-After`
    /// says. Nothing was done.
    RateLimited = "RATE_LIMITED",
    /// A fault on our side; the message carries an id that the operator finds in the log.
    Internal = "INTERNAL",
}

impl Refusal {
    /// The code of this refusal.
    pub const fn code(&self) -> Code {
        match self {
            Self::TokenRevoked => Code::Unauthenticated,
            Self::NotFound => Code::NotFound,
            Self::InvalidInput { .. } => Code::InvalidInput,
            Self::RoleRequired(_) => Code::RoleRequired,
            Self::AgentUnknown => Code::AgentUnknown,
            Self::OutOfScope(_) | Self::ChannelOutOfScope(_) | Self::AgentOutOfScope(_) => {
                Code::OutOfScope
            }
            Self::SettingDisabled(_) => Code::SettingDisabled,
            Self::PermissionMissing(_) => Code::PermissionMissing,
            Self::ApiAccessConflict => Code::ApiAccessConflict,
            Self::VersionConflict { .. } | Self::NoticeChanged { .. } => Code::VersionConflict,
            Self::IdempotencyKeyReused => Code::IdempotencyKeyReused,
            Self::ConversationClosed => Code::ConversationClosed,
            Self::InvalidState { .. } => Code::InvalidState,
            Self::ChannelNotSupported(_) => Code::ChannelNotSupported,
            Self::ModeNotSupported(_) => Code::ModeNotSupported,
            Self::OwnConversation => Code::OwnConversation,
            Self::NoticeNotGiven => Code::NoticeNotGiven,
            Self::ConsentNotGranted(_) => Code::ConsentNotGranted,
            Self::NotMonitoring => Code::NotMonitoring,
            Self::NotParticipant(_) => Code::NotParticipant,
            Self::AlreadyAssigned(_) => Code::AlreadyAssigned,
            Self::OfferPending(_) => Code::OfferPending,
            Self::NoPendingOffer => Code::NoPendingOffer,
            Self::TargetNotFound { .. } => Code::TargetNotFound,
            Self::TargetIsBot => Code::TargetIsBot,
            Self::PrimaryIsBot => Code::PrimaryIsBot,
            Self::TargetNotInQueue => Code::TargetNotInQueue,
            Self::TargetIsPrimary => Code::TargetIsPrimary,
            Self::TargetQueueIsCurrent => Code::TargetQueueIsCurrent,
            Self::QueueKindMismatch { .. } => Code::QueueKindMismatch,
            Self::PresenceNotAllowed { .. } => Code::PresenceNotAllowed,
            Self::CapacityExceeded { .. } => Code::CapacityExceeded,
            Self::DeclinedTooOften { .. } => Code::DeclinedTooOften,
            Self::DispositionRequired => Code::DispositionRequired,
            Self::DispositionUnknown => Code::DispositionUnknown,
            Self::RatingNotPossible => Code::RatingNotPossible,
            Self::HelpNotRequested => Code::HelpNotRequested,
            Self::MessageNotFound => Code::MessageNotFound,
            Self::ResourceInUse(_) => Code::ResourceInUse,
            Self::AgentRowNeeded => Code::AgentRowNeeded,
            Self::AlreadyPrimary => Code::AlreadyPrimary,
        }
    }

    /// What happened and what would help, in one English sentence.
    pub fn message(&self) -> String {
        match self {
            Self::TokenRevoked => "Not authenticated: the token is not accepted.".into(),
            Self::NotFound => "There is nothing with this id that you may see.".into(),
            Self::InvalidInput { path, problem } => format!("{path}: {problem}."),
            Self::RoleRequired(role) => format!("This needs a token with the role {role}."),
            Self::AgentUnknown => "No agent has this token's subject.".into(),
            Self::OutOfScope(queue) => format!("The queue {queue} is not in your token's scope."),
            Self::ChannelOutOfScope(channel) => {
                format!("The channel {channel} is not among your token's channels.")
            }
            Self::AgentOutOfScope(agent) => {
                format!("The agent {agent} is you, or has no queue in your token's scope.")
            }
            Self::SettingDisabled(setting) => {
                format!("The organisation has switched {} off.", setting.as_str())
            }
            Self::PermissionMissing(permission) => {
                format!("Your token lacks the permission {permission}.")
            }
            Self::ApiAccessConflict => "A token with the role API_ACCESS may not assign.".into(),
            Self::VersionConflict { current, .. } => {
                format!("The conversation has changed; it is at version {current} now.")
            }
            Self::IdempotencyKeyReused => "This idempotency key was used for another input.".into(),
            Self::ConversationClosed => "The conversation is closed, which is final.".into(),
            Self::InvalidState {
                state,
                reason,
                needed,
            } => {
                format!("The conversation is {state} ({reason}); this needs {needed}.")
            }
            Self::ChannelNotSupported(channel) => format!("Not possible on the channel {channel}."),
            Self::ModeNotSupported(mode) => format!("Not possible in the mode {mode}."),
            Self::OwnConversation => "You are its primary agent.".into(),
            Self::NoticeNotGiven => {
                "The customer has not been told that conversations may be watched.".into()
            }
            Self::ConsentNotGranted(consent) => {
                format!("The customer's consent to be watched is {consent}; it must be GRANTED.")
            }
            Self::NotMonitoring => "You do not monitor this conversation.".into(),
            Self::NotParticipant(role) => format!("You are not in this conversation as {role}."),
            Self::AlreadyAssigned(agent) => format!("The agent {agent} has it already."),
            Self::OfferPending(_) => "An earlier offer still waits for its answer.".into(),
            Self::NoPendingOffer => "No offer waits for an answer.".into(),
            Self::TargetNotFound { path } => format!("{path}: there is nothing with this id."),
            Self::TargetIsBot => "The target is a bot; choose a person.".into(),
            Self::PrimaryIsBot => {
                "A bot handles it; bots hand over by releasing to the queue.".into()
            }
            Self::TargetNotInQueue => {
                "The agent is not a member of the conversation's queue.".into()
            }
            Self::TargetIsPrimary => "The agent handles it already.".into(),
            Self::TargetQueueIsCurrent => "The conversation is in that queue already.".into(),
            Self::QueueKindMismatch { given, needed } => {
                format!("The kind is {given}; the channel needs {needed}.")
            }
            Self::PresenceNotAllowed { presence, .. } => {
                format!("The agent's presence is {presence}, which the workstream does not allow.")
            }
            Self::CapacityExceeded { exceeded_by, .. } => {
                format!("This would exceed the agent's capacity by {exceeded_by} units.")
            }
            Self::DeclinedTooOften { declines } => {
                format!("The agent has declined this conversation {declines} times.")
            }
            Self::DispositionRequired => {
                "The workstream asks how the conversation ended: give one of its dispositions."
                    .into()
            }
            Self::DispositionUnknown => {
                "The conversation's workstream has no disposition with this code.".into()
            }
            Self::RatingNotPossible => {
                "A conversation is rated once, from WRAP_UP until 7 days after it closed.".into()
            }
            Self::HelpNotRequested => "No request for help waits for an answer.".into(),
            Self::MessageNotFound => {
                "There is no such message: it has not come in yet, or it was erased.".into()
            }
            Self::ResourceInUse(by) => format!("It is still in use by {}.", by.described()),
            Self::AgentRowNeeded => {
                "You are no agent: this needs the role AGENT, and an agent of your subject.".into()
            }
            Self::AlreadyPrimary => "You handle it already.".into(),
            Self::NoticeChanged { .. } => {
                "The monitoring notice has changed; read it again as it is now.".into()
            }
        }
    }
}
