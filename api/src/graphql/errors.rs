//! Refusals as data: what a payload's `errors` holds, and the codes that clients switch on.

mod path;
mod resources;

use std::sync::Arc;

use async_graphql::{Enum, Interface, SimpleObject};

use path::path_of;
use resources::{MonitoringNoticeChanged, ResourceInUse};

use super::enums::{Presence, State, StatusReason};
use super::types::agent::Agent;
use super::types::conversation::Conversation;
use crate::domain::{self, Refusal};

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Why something was refused. Clients switch on these; a new one is a change of the schema.
        /// The same text stands in `extensions.code` of top-level errors.
        #[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ErrorCode { $($(#[$doc])* #[graphql(name = $text)] $name,)* }

        impl From<domain::Code> for ErrorCode {
            fn from(code: domain::Code) -> Self {
                match code { $(domain::Code::$name => Self::$name,)* }
            }
        }
    };
}

error_codes! {
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
    /// The queue is not in your token's `queues`, or the channel not in its `channels`.
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
    /// CLOSED is final.
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
    /// Something still uses it; the error names what.
    ResourceInUse = "RESOURCE_IN_USE",
    /// The cursor is older than the log, or of another log: read a fresh state, and go on from its `asOf`.
    CursorExpired = "CURSOR_EXPIRED",
    /// This server has not come to the place of `minCursor` within 2 seconds. Ask again, here or at another server.
    CursorAhead = "CURSOR_AHEAD",
    /// Not a cursor.
    CursorInvalid = "CURSOR_INVALID",
    /// The operation is too large; the error names the limit.
    LimitExceeded = "LIMIT_EXCEEDED",
    /// Too many requests of this viewer; wait for as many seconds as `extensions.retryAfter` or the header `Retry-After`
    /// says. Nothing was done.
    RateLimited = "RATE_LIMITED",
    /// A fault on our side; the message carries an id that the operator finds in the log.
    Internal = "INTERNAL",
}

/// Why a command was refused. Nothing was changed. Switch on `code`, or on the type for what it
/// tells besides.
#[derive(Interface, Clone)]
#[graphql(
    field(
        name = "code",
        ty = "&ErrorCode",
        desc = "Stable; made to be switched on."
    ),
    field(
        name = "message",
        ty = "&String",
        desc = "What happened and what would help, in English, for people."
    ),
    field(
        name = "path",
        ty = "&Vec<String>",
        desc = "The input field concerned, from `input` on; empty when it is about none."
    )
)]
pub enum CommandError {
    /// A plain refusal.
    Refused(Refused),
    /// The policy refused.
    NotPermitted(NotPermitted),
    /// An input field is wrong.
    InvalidInput(InvalidInput),
    /// Another version than expected.
    VersionConflict(VersionConflict),
    /// The state does not allow it.
    InvalidState(InvalidState),
    /// Somebody has it.
    AlreadyAssigned(AlreadyAssigned),
    /// Too little capacity.
    CapacityExceeded(CapacityExceeded),
    /// The presence is not allowed.
    PresenceNotAllowed(PresenceNotAllowed),
    /// Something still uses it.
    ResourceInUse(ResourceInUse),
    /// The monitoring notice is another text.
    MonitoringNoticeChanged(MonitoringNoticeChanged),
}

/// A refusal that its code says everything about.
#[derive(SimpleObject, Clone)]
pub struct Refused {
    /// Stable; made to be switched on.
    code: ErrorCode,
    /// What happened and what would help, in English, for people.
    message: String,
    /// The input field concerned, from `input` on; empty when it is about none.
    path: Vec<String>,
}

/// Role, scope, setting or permission do not allow it (ROLE_REQUIRED, AGENT_UNKNOWN, OUT_OF_SCOPE,
/// SETTING_DISABLED, PERMISSION_MISSING, API_ACCESS_CONFLICT).
#[derive(SimpleObject, Clone)]
pub struct NotPermitted {
    /// Stable; made to be switched on.
    code: ErrorCode,
    /// What happened and what would help, in English, for people.
    message: String,
    /// Empty: it is about no input field.
    path: Vec<String>,
    /// The role, queue, channel, setting or permission that is missing or off, as text.
    rule: String,
}

/// INVALID_INPUT or TARGET_NOT_FOUND: `path` names the field.
#[derive(SimpleObject, Clone)]
pub struct InvalidInput {
    /// Stable; made to be switched on.
    code: ErrorCode,
    /// What is wrong and what would be right, in English, for people.
    message: String,
    /// The input field concerned, from `input` on.
    path: Vec<String>,
}

/// VERSION_CONFLICT: the conversation is at another version than `expectedVersion`.
#[derive(SimpleObject, Clone)]
pub struct VersionConflict {
    /// Stable; made to be switched on.
    code: ErrorCode,
    /// What happened and what would help, in English, for people.
    message: String,
    /// `["input", "expectedVersion"]`.
    path: Vec<String>,
    /// The version now.
    current_version: u32,
    /// The conversation as it is now; null when you may not see it any more.
    conversation: Option<Conversation>,
}

/// INVALID_STATE: the conversation's state does not allow it.
#[derive(SimpleObject, Clone)]
pub struct InvalidState {
    /// Stable; made to be switched on.
    code: ErrorCode,
    /// What happened and what would help, in English, for people.
    message: String,
    /// Empty: it is about no input field.
    path: Vec<String>,
    /// The state now.
    state: State,
    /// The status reason now.
    status_reason: StatusReason,
    /// What is needed instead, in words.
    needed: String,
}

/// ALREADY_ASSIGNED: of several who act at once, this one came later.
#[derive(SimpleObject, Clone)]
pub struct AlreadyAssigned {
    /// Stable; made to be switched on.
    code: ErrorCode,
    /// What happened and what would help, in English, for people.
    message: String,
    /// Empty: it is about no input field.
    path: Vec<String>,
    /// Who has it, or is offered it.
    agent: Option<Agent>,
}

/// CAPACITY_EXCEEDED: repeat with `overrideCapacity` to do it all the same.
#[derive(SimpleObject, Clone)]
pub struct CapacityExceeded {
    /// Stable; made to be switched on.
    code: ErrorCode,
    /// What happened and what would help, in English, for people.
    message: String,
    /// Empty: it is about no input field.
    path: Vec<String>,
    /// The agent's total units.
    total_units: u32,
    /// The units consumed and reserved now.
    consumed_units: u32,
    /// The units that this conversation needs.
    required_units: u32,
    /// By how many units the total would be exceeded; 1 or more.
    exceeded_by: u32,
}

/// PRESENCE_NOT_ALLOWED: when assigning, repeat with `overridePresence` to do it all the same.
#[derive(SimpleObject, Clone)]
pub struct PresenceNotAllowed {
    /// Stable; made to be switched on.
    code: ErrorCode,
    /// What happened and what would help, in English, for people.
    message: String,
    /// Empty: it is about no input field.
    path: Vec<String>,
    /// The agent's presence now.
    presence: Presence,
    /// What the conversation's workstream allows.
    allowed_presences: Vec<Presence>,
}

/// What the caller knows that a refusal needs to be shown.
pub(super) struct Showing<'a> {
    /// Who has it, looked up by id.
    pub agent: &'a dyn Fn(domain::AgentId) -> Option<Agent>,
    /// Whether the viewer may see this conversation.
    pub may_see: &'a dyn Fn(&Arc<domain::Conversation>) -> bool,
}

impl CommandError {
    /// A refusal as the client gets it.
    pub(super) fn of(refusal: &Refusal, showing: &Showing<'_>) -> Self {
        let (code, message) = (refusal.code().into(), refusal.message());
        let path = path_of(refusal);
        match refusal {
            Refusal::RoleRequired(role) => not_permitted(code, message, role),
            Refusal::AgentUnknown => not_permitted(code, message, &"AGENT"),
            Refusal::OutOfScope(queue) => not_permitted(code, message, queue),
            Refusal::ChannelOutOfScope(channel) => not_permitted(code, message, channel),
            Refusal::SettingDisabled(setting) => not_permitted(code, message, &setting.as_str()),
            Refusal::PermissionMissing(permission) => not_permitted(code, message, permission),
            Refusal::ApiAccessConflict => not_permitted(code, message, &"API_ACCESS"),
            Refusal::InvalidInput { .. } | Refusal::TargetNotFound { .. } => {
                invalid_input(code, message, path)
            }
            Refusal::VersionConflict {
                current,
                conversation,
            } => Self::VersionConflict(VersionConflict {
                code,
                message,
                path,
                current_version: *current,
                conversation: (showing.may_see)(conversation)
                    .then(|| Conversation(conversation.clone())),
            }),
            Refusal::InvalidState {
                state,
                reason,
                needed,
            } => Self::InvalidState(InvalidState {
                code,
                message,
                path,
                state: (*state).into(),
                status_reason: (*reason).into(),
                needed: (*needed).to_owned(),
            }),
            Refusal::AlreadyAssigned(agent) => Self::AlreadyAssigned(AlreadyAssigned {
                code,
                message,
                path,
                agent: (showing.agent)(*agent),
            }),
            Refusal::CapacityExceeded {
                total,
                consumed,
                units,
                exceeded_by,
            } => Self::CapacityExceeded(CapacityExceeded {
                code,
                message,
                path,
                total_units: *total,
                consumed_units: *consumed,
                required_units: *units,
                exceeded_by: *exceeded_by,
            }),
            Refusal::PresenceNotAllowed { presence, allowed } => {
                Self::PresenceNotAllowed(PresenceNotAllowed {
                    code,
                    message,
                    path,
                    presence: (*presence).into(),
                    allowed_presences: allowed.iter().map(|presence| (*presence).into()).collect(),
                })
            }
            Refusal::ResourceInUse(used) => {
                Self::ResourceInUse(ResourceInUse::of((code, message, path), used, showing))
            }
            Refusal::NoticeChanged { text, version } => {
                let base = (code, message, path);
                Self::MonitoringNoticeChanged(MonitoringNoticeChanged::of(base, text, version))
            }
            Refusal::TokenRevoked
            | Refusal::NotFound
            | Refusal::IdempotencyKeyReused
            | Refusal::ConversationClosed
            | Refusal::ChannelNotSupported(_)
            | Refusal::ModeNotSupported(_)
            | Refusal::OwnConversation
            | Refusal::NoticeNotGiven
            | Refusal::ConsentNotGranted(_)
            | Refusal::NotMonitoring
            | Refusal::NotParticipant(_)
            | Refusal::OfferPending(_)
            | Refusal::NoPendingOffer
            | Refusal::TargetIsBot
            | Refusal::PrimaryIsBot
            | Refusal::TargetNotInQueue
            | Refusal::TargetIsPrimary
            | Refusal::TargetQueueIsCurrent
            | Refusal::QueueKindMismatch { .. }
            | Refusal::DeclinedTooOften { .. } => Self::Refused(Refused {
                code,
                message,
                path,
            }),
        }
    }
}

const fn invalid_input(code: ErrorCode, message: String, path: Vec<String>) -> CommandError {
    CommandError::InvalidInput(InvalidInput {
        code,
        message,
        path,
    })
}

fn not_permitted(code: ErrorCode, message: String, rule: &dyn std::fmt::Display) -> CommandError {
    CommandError::NotPermitted(NotPermitted {
        code,
        message,
        path: vec![],
        rule: rule.to_string(),
    })
}
