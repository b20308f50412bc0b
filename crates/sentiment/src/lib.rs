//! From one customer message to one score.
//!
//! A scorer looks at a single text and knows nothing of conversations; the rolling level over
//! the six most recent customer messages is a rule and lives in `domain::sentiment`.
//!
//! `LinearScorer`, by which servers score, tells the language, and scores English and Dutch by trained weights, with what an
//! `Adapter` learnt from the operator's labels (docs/sentiment.md). `LexiconScorer` is the English lexicon alone.
//! The modules `normal`, `features`, `rated` and `model` are shared with the trainer, so that it
//! sees what the scorer sees.
//!
//! Invariants: scoring never fails, never panics and does no I/O; the same scorer name and
//! version give the same text the same score. It must not keep or log the text.

mod adapter;
pub mod features;
mod function_words;
mod intent;
mod language;
pub mod language_of;
pub mod learning;
mod lexicon;
mod linear;
pub mod measure;
pub mod model;
pub mod normal;
mod phrases;
pub mod rated;
mod service_words;
mod signals;
mod tokens;

#[cfg(test)]
mod tests;

pub use adapter::{Adapter, NoAdapter};
pub use lexicon::{LexiconScorer, english_ratings};
pub use linear::{LinearScorer, SUPPORTED, is_supported};
