//! What a message holds, as channels carry it (domain.md section 10).
//!
//! Texts and attachments stand in rows that can be erased; events have the kinds of attachments alone.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

mod record;

pub use record::{Delivery, MessageRecord, Reaction, Reactor};

use super::fold::is_blank;
use super::{AgentId, AttachmentKind, Channel, ConversationId, MessageId, Source, Visibility};

/// The longest text, in characters.
pub const LONGEST_TEXT: usize = 10_000;
/// The most attachments of one message.
pub const MOST_ATTACHMENTS: usize = 10;
/// The longest external id, in characters.
pub const LONGEST_EXTERNAL_ID: usize = 255;

/// What is not text: Regie keeps what names it, never the bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// What it is.
    pub kind: AttachmentKind,
    /// Its media type, such as `image/jpeg`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<Arc<str>>,
    /// The name of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<Arc<str>>,
    /// Its size in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Where it can be read: an https address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Arc<str>>,
    /// The gateway's own name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Arc<str>>,
    /// How long it plays, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<f64>,
    /// Degrees north, from -90 to 90.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Degrees east, from -180 to 180.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    /// What is shown of it: the name of a place or a contact, or what it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Arc<str>>,
}

/// What a message says: text, attachments, or both.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Content {
    /// Its text; empty: it has attachments alone.
    pub text: Arc<str>,
    /// Its attachments, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

impl Content {
    /// Text alone.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self {
            text: text.into(),
            attachments: Vec::new(),
        }
    }

    /// Whether it has text.
    pub fn has_text(&self) -> bool {
        !is_blank(&self.text)
    }

    /// What its attachments are.
    pub fn kinds(&self) -> Vec<AttachmentKind> {
        self.attachments.iter().map(|one| one.kind).collect()
    }
}

/// The id that a channel's provider gave a message, unique for its source and channel.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExternalId {
    /// Of which source.
    pub source: Source,
    /// On which channel.
    pub channel: Channel,
    /// The provider's text.
    pub id: Arc<str>,
}

/// A message that is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum MessageName {
    /// By its own id.
    Id(MessageId),
    /// By the provider's.
    External(Arc<str>),
}

/// What is known of a message without its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageHead {
    /// Its id.
    pub id: MessageId,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// Who may read it.
    pub visibility: Visibility,
    /// The agent whom it coaches.
    pub coached: Option<AgentId>,
}

/// A customer's message that nobody has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unanswered(pub MessageId, pub DateTime<Utc>);

/// The newest PUBLIC message of an agent, a bot or a supervisor, and what of the customer it answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Which.
    pub message: MessageId,
    /// Since when the customer had been waiting for it; none: they had not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waited_since: Option<DateTime<Utc>>,
    /// The customer messages that it answered, as far as they were known one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answered: Vec<Unanswered>,
    /// Since when it is known that it did not reach the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<DateTime<Utc>>,
}
