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
