//! Tests of the trainer.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use sentiment::normal::{Kind, Plain};

use crate::calibrate::Calibration;
use crate::development::{Part, TEXTS, messages};
use crate::evaluate::{Report, Scored};
use crate::fit::{Course, Sample, fit, nibble};
use crate::grammar::Grammar;
use crate::random::Random;
use crate::{Feels, GRAMMARS, feeling, languages};

/// Rows of so many words must not stand in both training and development.
const ROW: usize = 5;

fn rows(text: &str) -> Vec<String> {
    let plain = Plain::of(text);
    let said = plain
        .tokens()
        .filter(|(_, kind)| matches!(kind, Kind::Word | Kind::Number));
    let words: Vec<_> = said.map(|(text, _)| text.to_owned()).collect();
    words.windows(ROW).map(|row| row.join(" ")).collect()
}

#[test]
fn no_five_words_in_a_row_stand_in_both_grammar_and_development_sets() {
    let mut held: BTreeMap<String, String> = BTreeMap::new();
    for (language, _) in TEXTS {
        for part in [Part::Tuning, Part::Reported] {
            for message in messages(language, part) {
                held.extend(
                    rows(&message.text)
                        .into_iter()
                        .map(|row| (row, message.id.clone())),
                );
            }
        }
    }
    assert!(held.len() > 2_000);
    let mut shared = BTreeSet::new();
    let mut look = |text: &str| {
        for row in rows(text) {
            if let Some(id) = held.get(&row) {
                shared.insert(format!("{id}: {row}"));
            }
        }
    };
    for (_, text) in GRAMMARS {
        let grammar = Grammar::parse(text).unwrap();
        let plain = feeling::sentences(&grammar);
        for example in &plain {
            look(&example.text);
        }
        // More than training draws, and what is made of them.
        for kind in &grammar.kinds {
            let more = grammar.sentences(kind, 300, &mut Random::new(31));
            for text in &more {
                look(text);
            }
        }
    }
    for texts in languages::lists().values() {
        for text in texts {
            look(text);
        }
    }
    assert!(shared.is_empty(), "{shared:#?}");
}

#[test]
fn every_gap_of_the_grammar_is_filled() {
    for (language, text) in GRAMMARS {
        let grammar = Grammar::parse(text).unwrap();
        let patterns: usize = grammar
            .kinds
            .iter()
            .map(crate::grammar::Kind::patterns)
            .sum();
        assert!(patterns > 300, "{language}: {patterns}");
        for example in feeling::sentences(&grammar) {
            assert!(
                !example.text.contains(['{', '}', '(', '|', ')']),
                "{}",
                example.text
            );
        }
    }
}

#[test]
fn the_development_sets_have_both_parts_and_both_labels() {
    for (language, tuning, reported) in [("en", 180, 120), ("nl", 300, 200)] {
        assert_eq!(messages(language, Part::Tuning).len(), tuning);
        assert_eq!(messages(language, Part::Reported).len(), reported);
    }
}

#[test]
fn training_again_gives_the_same_weights_and_learns() {
    let course = Course {
        epochs: 5,
        rate: 1.0,
        decay: 0.0,
        pieces: 0.5,
        reference: true,
        least: 1,
    };
    let train = || {
        let sample = |class: usize| Sample {
            words: vec![u32::try_from(class).unwrap_or_default()],
            pieces: vec![7],
            class,
            weight: 1.0,
        };
        let mut samples: Vec<_> = (0..60).map(|index| sample(index % 3)).collect();
        fit::<2>(&mut samples, &course, 8, |feature| feature as usize).rows
    };
    let rows = train();
    assert_eq!(rows, train());
    assert!(rows[0][0] > 0.0 && rows[0][1] < 0.0 && rows[1][1] > 0.0 && rows[2][0] < 0.0);
}

#[test]
fn a_nibble_keeps_the_sign_and_the_ends() {
    let nibbles = [-9.0, -7.0, -0.4, 0.0, 3.0, 99.0].map(|weight| nibble(weight, 7.0));
    assert_eq!(nibbles, [1, 1, 8, 8, 11, 15]);
}

#[test]
fn calibration_makes_too_bold_exponents_smaller() {
    let bold: Vec<_> = (0..100)
        .map(|index| ([5.0, -5.0], if index % 4 == 0 { 2 } else { 0 }, 1.0))
        .collect();
    let calmer = Calibration::fitted(&bold).of([5.0, -5.0]);
    assert!(calmer[0] < 3.0, "{calmer:?}");
}

#[test]
fn the_figures_are_what_a_hand_counts() {
    let scored = |label, score, confidence| Scored {
        labels: [label; 2],
        score,
        confidence,
    };
    let report = Report::of(&[
        scored(Feels::Negative, Some(-0.8), 0.9),
        scored(Feels::Negative, Some(-0.3), 0.9),
        scored(Feels::Neutral, Some(-0.5), 0.9),
        scored(Feels::Positive, None, 0.0),
    ]);
    assert_eq!((report.n, report.unscored), (4, 1));
    let close =
        |value: f64, wanted: f64| assert!((value - wanted).abs() < 1e-6, "{value} {wanted}");
    close(report.accuracy.value, 0.5);
    close(report.macro_f1.value, 0.8 / 3.0);
    close(report.recall.value, 0.5);
    close(report.precision.value, 0.5);
    close(report.calibration_error.value, 0.9 - 2.0 / 3.0);
}
