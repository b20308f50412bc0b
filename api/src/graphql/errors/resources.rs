//! Refusals about the organisation: what is still in use, and a notice that has changed.

use async_graphql::SimpleObject;

use super::{ErrorCode, Showing};
use crate::graphql::types::agent::Agent;
use crate::graphql::types::conversation::Conversation;
use domain::InUse;

/// RESOURCE_IN_USE: something ongoing refers to it, or a queue has members. Move, close or remove that first.
#[derive(SimpleObject, Clone)]
pub struct ResourceInUse {
    /// Stable; made to be switched on.
    pub(super) code: ErrorCode,
    /// What uses it, in English, for people.
    pub(super) message: String,
    /// Empty: it is about no input field.
    pub(super) path: Vec<String>,
    /// How many ongoing conversations: those that the agent has (in ACTIVE, WAITING or WRAP_UP), is offered or
    /// advises; those in the queue; those of the workstream; those of the customer.
    conversation_count: u32,
    /// The oldest of these conversations, at most 10.
    conversations: Vec<Conversation>,
    /// How many of these conversations are offered to the agent and wait for the answer; 0 but for an agent.
    pending_offer_count: u32,
    /// How many agents are members of the queue; 0 but for a queue.
    member_count: u32,
    /// The oldest of these members, at most 10.
    members: Vec<Agent>,
}

/// VERSION_CONFLICT: the monitoring notice is no longer the text that was acknowledged. Show the text as it is
/// now, and acknowledge that.
#[derive(SimpleObject, Clone)]
pub struct MonitoringNoticeChanged {
    /// Stable; made to be switched on.
    pub(super) code: ErrorCode,
    /// What happened and what would help, in English, for people.
    pub(super) message: String,
    /// `["input", "version"]`.
    pub(super) path: Vec<String>,
    /// The text as it is now.
    text: String,
    /// Its version.
    version: String,
}

impl ResourceInUse {
    /// What uses it, as far as it can be shown.
    pub(super) fn of(
        (code, message, path): (ErrorCode, String, Vec<String>),
        used: &InUse,
        showing: &Showing<'_>,
    ) -> Self {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let seen = used.conversations.iter().filter(|c| (showing.may_see)(c));
        Self {
            code,
            message,
            path,
            conversation_count: count(used.conversation_count),
            conversations: seen.cloned().map(Conversation).collect(),
            pending_offer_count: count(used.offer_count),
            member_count: count(used.member_count),
            members: used
                .members
                .iter()
                .filter_map(|id| (showing.agent)(*id))
                .collect(),
        }
    }
}

impl MonitoringNoticeChanged {
    /// The notice as it is now.
    pub(super) fn of(
        (code, message, path): (ErrorCode, String, Vec<String>),
        text: &str,
        version: &str,
    ) -> Self {
        Self {
            code,
            message,
            path,
            text: text.to_owned(),
            version: version.to_owned(),
        }
    }
}
