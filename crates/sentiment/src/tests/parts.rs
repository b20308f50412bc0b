//! The parts that training and scoring share.

use crate::features::{Features, word_hash};
use crate::model::exp;
use crate::model::feeling::Feeling;
use crate::normal::Plain;
use crate::rated::Lexicon;

fn plain(text: &str) -> Vec<String> {
    let plain = Plain::of(text);
    plain.tokens().map(|(text, _)| text.to_owned()).collect()
}

#[test]
fn case_numbers_links_and_long_drawn_letters_do_not_matter() {
    assert_eq!(
        plain("SOOOO late, 45 min!!!"),
        ["soo", "late", ",", "0", "min", "!!"]
    );
    assert_eq!(
        plain("don’t https://x.nl/a me@x.nl 👍"),
        ["don't", "@", "@", "👍"]
    );
}

#[test]
fn a_negation_reaches_the_words_behind_it_and_no_further_than_a_pause() {
    let count = |text: &str| {
        let mut features = Features::default();
        features.of_feeling(&Plain::of(text), [0, 0]);
        features.words.len()
    };
    assert!(count("not good at all") > count("now good at all"));
    assert_eq!(count("not, good"), count("now, good"));
}

#[test]
fn a_lexicon_comes_back_as_it_was_written() {
    let lexicon = Lexicon::new([("slecht", -60), ("goed", 60)].into_iter());
    let again = Lexicon::read(&lexicon.write());
    for (text, steps) in [
        ("slecht", [2, 0]),
        ("niet goed", [1, 0]),
        ("goed", [0, 2]),
        ("iets", [0, 0]),
    ] {
        assert_eq!(again.steps(&Plain::of(text)), steps, "{text}");
    }
    assert_ne!(word_hash("goed"), word_hash("goedd"));
}

#[test]
fn the_exponential_is_close_enough_and_probabilities_add_up() {
    for x in [-20.0f32, -3.0, -0.1, 0.0, 0.5, 4.0, 20.0] {
        assert!((exp(x) / x.exp() - 1.0).abs() < 1e-4, "{x}");
    }
    let feeling = Feeling::of([1.0, -2.0]);
    let all = feeling.negative + feeling.neutral + feeling.positive;
    assert!((all - 1.0).abs() < 1e-6);
    assert!(feeling.score() < 0.0);
}
