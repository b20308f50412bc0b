//! What a command came to.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::conversation::Monitor;
use super::{
    Agent, AgentNoticeId, Code, Conversation, ConversationId, CustomerId, MessageId, MonitoringEnd,
    OfferId, Presence, Queue, Refusal, Revocation, Settings, Workstream,
};

/// What a command came to: what its answer shows. Kept with the idempotency key, so that a repeat
/// is answered alike; it holds ids and after-images, never text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The conversation right after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<Arc<Conversation>>,
    /// The message that was posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageId>,
    /// Whether that message had come in before, and nothing happened.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub duplicate: bool,
    /// Whether what was said of that message took effect.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub applied: bool,
    /// Whether the conversation was started for that message.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub started: bool,
    /// The offer or transfer request that was made or answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<OfferId>,
    /// By how many units the target's capacity is exceeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity_exceeded_by: Option<u32>,
    /// The monitor session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Monitor>,
    /// When and why that session ended, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_ended: Option<(DateTime<Utc>, MonitoringEnd)>,
    /// The agent that was made or changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Arc<Agent>>,
    /// The presence that was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presence: Option<Presence>,
    /// The queue that was made or changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<Arc<Queue>>,
    /// The workstream that was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workstream: Option<Arc<Workstream>>,
    /// The settings after the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<Arc<Settings>>,
    /// The customer whose data were erased, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<(CustomerId, DateTime<Utc>)>,
    /// The customer who was changed, or into whom another one was merged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// The tokens that were taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Revocation>,
    /// The conversations whose offer or transfer request to a drained agent was withdrawn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withdrawn: Vec<ConversationId>,
    /// What a drained agent was primary agent of: it is to be requeued.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<ConversationId>,
    /// What agents were told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<AgentNoticeId>,
    /// How many agents were told it.
    #[serde(default, skip_serializing_if = "is_none")]
    pub notified: u32,
    /// Why it was refused: of an item of many, whose refusal binds the key too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refused>,
    /// The log position right after.
    #[serde(default)]
    pub position: i64,
    /// The hash of the event there.
    #[serde(default)]
    pub hash: i64,
}

/// Why an item of many was refused, as it is kept and shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The code's text.
    pub code: Box<str>,
    /// What happened, in one English sentence.
    pub message: Box<str>,
}

impl Refused {
    /// As this refusal says.
    pub fn of(refusal: &Refusal) -> Self {
        Self {
            code: refusal.code().as_str().into(),
            message: refusal.message().into(),
        }
    }

    /// The code; one that no version knows any more is a fault of ours.
    pub fn code(&self) -> Code {
        Code::parse(&self.code).unwrap_or(Code::Internal)
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // As serde asks for it.
const fn is_none(count: &u32) -> bool {
    *count == 0
}
