//! From one customer message to one score.
//!
//! A scorer looks at a single text and knows nothing of conversations; the rolling level over
//! the six most recent customer messages is a rule and lives in `domain::sentiment`.
//!
//! `LexiconScorer` is the English lexicon, by which servers score. `LinearScorer` tells the language, and scores
//! English and Dutch by trained weights (docs/sentiment.md); it is to take its place.
//! The modules `normal`, `features`, `rated` and `model` are shared with the trainer, so that it
//! sees what the scorer sees.
//!
//! Invariants: scoring never fails, never panics and does no I/O; the same scorer name and
//! version give the same text the same score. It must not keep or log the text.

pub mod features;
mod function_words;
mod intent;
mod language;
pub mod language_of;
mod lexicon;
mod linear;
pub mod model;
pub mod normal;
mod phrases;
pub mod rated;
mod service_words;
mod signals;
mod tokens;

#[cfg(test)]
mod tests;

pub use lexicon::{LexiconScorer, english_ratings};
pub use linear::{LinearScorer, SUPPORTED, is_supported};
