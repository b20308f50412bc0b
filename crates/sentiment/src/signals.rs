//! What in a message should be looked at, however it feels (domain.md section 6): by phrases of English and Dutch.
//!
//! They are looked for in every message: a threat is one in a text too short to tell its language. Precision goes before
//! finding all: `tests/signals` of this crate holds each kind to nine right of ten on sets with near misses.

use domain::EscalationSignal;

use crate::phrases::{Fault, Phrases};

/// The bit of the first signal; those below are of intents.
const FIRST: u32 = 8;

/// Adds the file of phrases.
pub(crate) fn with_phrases(phrases: Phrases) -> Result<Phrases, Fault> {
    let names = (FIRST..).zip(EscalationSignal::ALL);
    let number = |name: &str| {
        let found = names.clone().find(|(_, one)| one.as_str() == name);
        found.map(|(bit, _)| bit)
    };
    phrases.and(include_str!("phrases/signals.txt"), number)
}

/// The signals of what was found of [`with_phrases`], each once.
pub(crate) fn of(found: u32) -> Vec<EscalationSignal> {
    let all = (FIRST..).zip(EscalationSignal::ALL);
    all.filter(|(bit, _)| found >> bit & 1 == 1)
        .map(|(_, signal)| *signal)
        .collect()
}
