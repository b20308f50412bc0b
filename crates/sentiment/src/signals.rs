//! What in a message should be looked at, however it feels (domain.md section 6): by phrases of English and Dutch.
//!
//! They are looked for in every message: a threat is one in a text too short to tell its language. Precision goes before
//! finding all: `tests/signals` of this crate holds each kind to nine right of ten on sets with near misses.

use domain::EscalationSignal;

use crate::phrases::{Fault, Phrases};

/// The file of phrases.
pub(crate) fn phrases() -> Result<Phrases, Fault> {
    let kind = |name: &str| {
        EscalationSignal::ALL
            .iter()
            .position(|one| one.as_str() == name)
    };
    let number = |name: &str| u32::try_from(kind(name)?).ok();
    Phrases::read(include_str!("phrases/signals.txt"), number)
}

/// The signals of what was found of [`phrases`], each once.
pub(crate) fn of(found: u32) -> Vec<EscalationSignal> {
    let all = EscalationSignal::ALL.iter().enumerate();
    all.filter(|(bit, _)| found >> bit & 1 == 1)
        .map(|(_, signal)| *signal)
        .collect()
}
