//! What a customer's message is, besides how it feels (domain.md section 6).
//!
//! Invariants: no text enters, only what the words came to; it is fixed when the message is decided, and again by an
//! edit.

use serde::{Deserialize, Serialize};

use super::{Intent, MessageScore};

/// What Regie reads in a message beside its score.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meaning {
    /// What it is for; none: not the customer's, not analysed, no text, or in a language that Regie does not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<Intent>,
}

impl Meaning {
    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// This, or nothing.
    #[must_use]
    pub fn only_if(self, analysed: bool) -> Self {
        if analysed { self } else { Self::default() }
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
