//! Escalation signals: how often they are right, on sets of their own with near misses (`tests/signals`).

use domain::{EscalationSignal, SentimentScorer as _};

use super::linear::SCORER;
use crate::phrases::Phrases;
use crate::signals::with_phrases;

/// The least share of what is told that must be right.
const PRECISION: f64 = 0.9;
/// The least share of what is there that must be found.
const RECALL: f64 = 0.7;

/// The sets: a line is `+` or `-` for one that is such a signal or misses it, a language, and a text.
const SETS: [(EscalationSignal, &str); 6] = [
    (
        EscalationSignal::Leaving,
        include_str!("../../tests/signals/leaving.txt"),
    ),
    (
        EscalationSignal::Legal,
        include_str!("../../tests/signals/legal.txt"),
    ),
    (
        EscalationSignal::Abuse,
        include_str!("../../tests/signals/abuse.txt"),
    ),
    (
        EscalationSignal::RepeatedContact,
        include_str!("../../tests/signals/repeated.txt"),
    ),
    (
        EscalationSignal::ManagerWanted,
        include_str!("../../tests/signals/manager.txt"),
    ),
    (
        EscalationSignal::Danger,
        include_str!("../../tests/signals/danger.txt"),
    ),
];

fn lines(text: &str) -> impl Iterator<Item = (bool, &str, &str)> {
    text.lines().filter_map(|line| {
        let (sign, rest) = line.split_once(' ')?;
        let (language, text) = rest.split_once(' ')?;
        Some((sign == "+", language, text))
    })
}

fn signals(text: &str) -> Vec<EscalationSignal> {
    SCORER.understand(text, None).meaning.signals
}

#[test]
fn the_file_of_phrases_has_no_fault() {
    assert_eq!(with_phrases(Phrases::default()).err(), None);
}

#[test]
fn the_sets_have_forty_signals_and_sixty_near_misses_of_each_kind() {
    for (kind, set) in SETS {
        let there = lines(set).filter(|(is, ..)| *is).count();
        let missed = lines(set).filter(|(is, ..)| !*is).count();
        assert!(there >= 40 && missed >= 60, "{kind}: {there}, {missed}");
        for language in ["en", "nl"] {
            let own = lines(set).filter(|(_, spoken, _)| *spoken == language);
            assert!(own.count() >= 50, "{kind} {language}");
        }
    }
}

#[test]
#[allow(clippy::cast_precision_loss)] // Some hundred sentences.
fn nine_of_ten_signals_are_right_in_both_languages() {
    let mut failures = Vec::new();
    for (kind, set) in SETS {
        for language in ["en", "nl"] {
            let (mut right, mut wrong, mut missed) = (0, Vec::new(), Vec::new());
            for (is, _, text) in lines(set).filter(|(_, spoken, _)| *spoken == language) {
                match (signals(text).contains(&kind), is) {
                    (true, true) => right += 1,
                    (true, false) => wrong.push(text),
                    (false, true) => missed.push(text),
                    (false, false) => {}
                }
            }
            let precision = f64::from(right)
                / f64::from(right)
                    .max(1.0)
                    .max(f64::from(right) + wrong.len() as f64);
            let recall = f64::from(right) / (f64::from(right) + missed.len() as f64);
            if precision < PRECISION || recall < RECALL {
                failures.push(format!("{kind} {language}: {precision:.2} {recall:.2}, wrong {wrong:#?}, missed {missed:#?}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn whoever_only_asks_gives_no_signal() {
    for text in [
        "Where is my order?",
        "Thank you so much!",
        "Mijn internet werkt niet",
        "Kunt u mij een kopie van de polis toesturen?",
        "Top, dank je wel",
        "👍",
    ] {
        assert_eq!(signals(text), [], "{text}");
    }
}
