//! What a customer's message is, besides how it feels (domain.md section 6).
//!
//! Invariants: no text enters, only what the words came to; it is fixed when the message is decided, and again by an
//! edit.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{EscalationSignal, Intent, MessageId, MessageScore};

/// What Regie reads in a message beside its score.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meaning {
    /// What it is for; none: not the customer's, not analysed, no text, or in a language that Regie does not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<Intent>,
    /// What in it should be looked at, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<EscalationSignal>,
}

/// A customer's message that should be looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signalled {
    /// Which.
    pub message: MessageId,
    /// Why, each once.
    pub signals: Vec<EscalationSignal>,
    /// Since when that is known.
    pub at: DateTime<Utc>,
}

impl Meaning {
    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What the event of the message tells of it: not its signals, which have an event of their own, and nothing while
    /// messages are not analysed.
    #[must_use]
    pub fn told(&self, analysed: bool) -> Self {
        Self {
            intent: self.intent.filter(|_| analysed),
            signals: Vec::new(),
        }
    }

    /// Whether it is nothing but thanks, a goodbye or the like.
    pub fn is_closing(&self) -> bool {
        self.intent == Some(Intent::Closing)
    }
}

/// All that a scorer makes of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Understood {
    /// How it feels.
    pub score: MessageScore,
    /// What it is.
    pub meaning: Meaning,
}
