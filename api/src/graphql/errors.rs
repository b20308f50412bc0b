//! Refusals as data: what a payload's `errors` holds, and the codes that clients switch on.

mod path;
mod resources;

use std::sync::Arc;

use async_graphql::{Interface, SimpleObject};

pub use domain::Code as ErrorCode;
use path::path_of;
use resources::{MonitoringNoticeChanged, ResourceInUse};

use super::types::agent::Agent;
use super::types::conversation::Conversation;
use domain::{self, Refusal};
use domain::{Presence, State, StatusReason};

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
    #[allow(clippy::too_many_lines)] // One arm a refusal; splitting would hide that the list is whole.
    pub(super) fn of(refusal: &Refusal, showing: &Showing<'_>) -> Self {
        let (code, message) = (refusal.code(), refusal.message());
        let path = path_of(refusal);
        match refusal {
            Refusal::RoleRequired(role) => not_permitted(code, message, role),
            Refusal::AgentUnknown => not_permitted(code, message, &"AGENT"),
            Refusal::OutOfScope(queue) => not_permitted(code, message, queue),
            Refusal::ChannelOutOfScope(channel) => not_permitted(code, message, channel),
            Refusal::AgentOutOfScope(agent) => not_permitted(code, message, agent),
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
                state: (*state),
                status_reason: (*reason),
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
                    presence: (*presence),
                    allowed_presences: allowed.clone(),
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
            | Refusal::DispositionRequired
            | Refusal::DispositionUnknown
            | Refusal::RatingNotPossible
            | Refusal::HelpNotRequested
            | Refusal::MessageNotFound
            | Refusal::AgentRowNeeded
            | Refusal::AlreadyPrimary
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
