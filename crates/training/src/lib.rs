//! Trains and measures the models of `sentiment`.
//!
//! Inputs: the grammar of this crate, public corpora in a folder (docs/sentiment.md says how to
//! get them), and the tuning part of the development sets for calibration alone. Outputs: the
//! tables in `crates/sentiment/models` with the hashes of all inputs.
//!
//! Invariants: one thread, fixed seeds, fixed order, no function whose result differs between
//! machines, so training again gives the same bytes. The reported part of the development sets
//! is only ever measured.

pub mod calibrate;
pub mod corpora;
pub mod development;
pub mod dress;
pub mod evaluate;
pub mod feeling;
pub mod fit;
pub mod grammar;
pub mod languages;
pub mod lexicons;
pub mod random;

#[cfg(test)]
mod tests;

/// The grammars, by language.
pub const GRAMMARS: [(&str, &str); 2] = [
    ("en", include_str!("../grammar/en.txt")),
    ("nl", include_str!("../grammar/nl.txt")),
];

/// How a message feels, in three classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feels {
    /// Unhappy, in whatever degree.
    Negative,
    /// A plain statement, question or request; politeness.
    Neutral,
    /// Happy, in whatever degree.
    Positive,
}

impl Feels {
    /// All three, in the order of figures.
    pub const ALL: [Self; 3] = [Self::Negative, Self::Neutral, Self::Positive];

    /// From the sign of a kind in the grammar.
    pub fn of_sign(sign: &str) -> Option<Self> {
        match sign {
            "-" => Some(Self::Negative),
            "0" => Some(Self::Neutral),
            "+" => Some(Self::Positive),
            _ => None,
        }
    }

    /// From a label: `neg`, `neu`, `pos`, or a level of sentiment.
    pub fn of_label(label: &str) -> Option<Self> {
        match label {
            "neg" | "SLIGHTLY_NEGATIVE" | "NEGATIVE" | "VERY_NEGATIVE" => Some(Self::Negative),
            "neu" | "NEUTRAL" => Some(Self::Neutral),
            "pos" | "SLIGHTLY_POSITIVE" | "POSITIVE" | "VERY_POSITIVE" => Some(Self::Positive),
            _ => None,
        }
    }

    /// Its place in [`Feels::ALL`].
    pub const fn index(self) -> usize {
        match self {
            Self::Negative => 0,
            Self::Neutral => 1,
            Self::Positive => 2,
        }
    }
}

/// A text and how it feels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The text.
    pub text: String,
    /// How it feels.
    pub feels: Feels,
}
