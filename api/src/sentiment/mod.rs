//! From one customer message to one score.
//!
//! A scorer looks at a single text and knows nothing of conversations; the rolling level over
//! the six most recent customer messages is a rule and lives in `domain::sentiment`.
//!
//! Invariants: scoring never fails, never panics and does no I/O; the same scorer name and
//! version give the same text the same score. It must not keep or log the text.

mod function_words;
mod language;
mod lexicon;
mod service_words;
mod tokens;

#[cfg(test)]
mod tests;

pub use lexicon::LexiconScorer;

use crate::domain::MessageScore;

/// Whoever can score the text of a customer message.
///
/// `score` is called on the way of a message, before its transaction, so it has to answer within
/// a millisecond; a scorer that asks another service belongs in the gateway, which supplies
/// its score with the message.
pub trait SentimentScorer: Send + Sync {
    /// The score of this text: none when its language is one that the scorer does not know,
    /// 0 with confidence 0 when the text tells nothing, not even its language.
    fn score(&self, text: &str) -> MessageScore;
}
