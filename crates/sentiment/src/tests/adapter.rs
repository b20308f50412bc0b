//! What is learnt from labels, and what is not.

use domain::SentimentScorer as _;

use super::linear::SCORER;
use crate::learning::{LEAST_LABELS, NotLearnt, learn};
use crate::measure::{Feels, Figures, Judged};
use crate::*;

/// Sentences of a trade whose words mean what they mean nowhere else.
fn trade() -> Vec<(String, Feels)> {
    let sentence = |word: &str, number: u32, label| {
        let text = format!("please dispatch the {word} crate {number} to my depot");
        (text, label)
    };
    let each = (0..40).flat_map(|number| {
        [
            sentence("wicked", number, Feels::Happy),
            sentence("plain", number, Feels::Neutral),
            sentence("broken", number, Feels::Unhappy),
        ]
    });
    // Numbers are all alike to the scorer; the texts differ.
    each.collect()
}

fn borrowed(all: &[(String, Feels)]) -> Vec<(&str, Feels)> {
    all.iter()
        .map(|(text, label)| (text.as_str(), *label))
        .collect()
}

#[test]
fn an_adapter_learns_what_the_words_of_a_trade_mean_and_is_no_worse_elsewhere_held_back() {
    let labelled = trade();
    let learnt = learn(&borrowed(&labelled)).unwrap();
    assert_eq!(learnt.trained + learnt.after.messages, labelled.len());
    assert!(learnt.after.messages * 4 <= learnt.trained + 4);
    assert!(learnt.after.macro_f1 > learnt.before.macro_f1 + 0.03);
    // The same labels give the same adapter, in whatever order they come.
    let mut turned = borrowed(&labelled);
    turned.reverse();
    assert_eq!(learn(&turned).unwrap().adapter, learnt.adapter);
}

#[test]
fn an_adapter_is_the_same_after_it_was_written_and_read() {
    let labelled = trade();
    let adapter = learn(&borrowed(&labelled)).unwrap().adapter;
    assert_eq!(Adapter::read(&adapter.write()), Ok(adapter));
    for bad in [
        "",
        "regie-adapter 2",
        "regie-adapter 1\nfr 1000 1000 0 0",
        "regie-adapter 1\nen 1000",
        "regie-adapter 1\nen -1 0 0",
        "regie-adapter 1\nen 4096 0 0",
        "regie-adapter 1\nen a b c",
    ] {
        assert_eq!(Adapter::read(bad), Err(NoAdapter), "{bad}");
    }
}

#[test]
fn too_few_labels_and_labels_in_no_language_that_is_scored_teach_nothing() {
    let labelled = trade();
    let few = &borrowed(&labelled)[..LEAST_LABELS - 1];
    assert_eq!(learn(few).unwrap_err(), NotLearnt::TooFew(few.len()));
    let same = vec![(few[0].0, Feels::Happy); 500];
    assert_eq!(learn(&same).unwrap_err(), NotLearnt::TooFew(1));
    let german: Vec<_> = (0..100)
        .map(|number| format!("Ich warte seit {number} Wochen auf meine neue Waschmaschine"))
        .collect();
    let german: Vec<_> = german
        .iter()
        .map(|text| (text.as_str(), Feels::Unhappy))
        .collect();
    assert_eq!(learn(&german).unwrap_err(), NotLearnt::TooFew(0));
}

#[test]
fn one_that_is_worse_on_what_was_held_back_is_refused() {
    let figures = |macro_f1| Figures {
        macro_f1,
        ..Figures::default()
    };
    let labelled = trade();
    let learnt = learn(&borrowed(&labelled)).unwrap();
    let worse = learning::judged(learnt.adapter.clone(), 80, figures(0.7), figures(0.69));
    assert!(matches!(worse, Err(NotLearnt::Worse { .. })));
    let equal = learning::judged(learnt.adapter, 80, figures(0.7), figures(0.7));
    assert!(equal.is_ok());
}

#[test]
fn the_scorers_version_says_which_adapter_it_has() {
    let labelled = trade();
    let adapter = learn(&borrowed(&labelled)).unwrap().adapter;
    let scorer = LinearScorer::new();
    let text = "please dispatch the broken crate to my depot";
    let plain = scorer.score(text);
    assert_eq!(&*plain.scorer_version, "1");
    scorer.adopt(3, Some(adapter));
    let adapted = scorer.score(text);
    assert_eq!(&*adapted.scorer_version, "1+3");
    assert_ne!(adapted.score, plain.score);
    // What has no score has none.
    assert_eq!(
        scorer
            .score("Ich warte seit Wochen auf meine neue Waschmaschine")
            .score,
        None
    );
    scorer.adopt(4, None);
    assert_eq!(scorer.score(text), plain);
}

#[test]
fn figures_are_those_of_the_classes_of_levels() {
    let score = |score: Option<f32>| domain::MessageScore {
        score,
        ..SCORER.score("please dispatch the broken crate to my depot")
    };
    let judged = [
        Judged::of(Feels::Unhappy, &score(Some(-0.5))),
        Judged::of(Feels::Unhappy, &score(Some(-0.2))),
        Judged::of(Feels::Neutral, &score(Some(-0.6))),
        Judged::of(Feels::Happy, &score(None)),
    ];
    let figures = Figures::of(&judged);
    assert_eq!((figures.messages, figures.unscored), (4, 1));
    let near = |is: f64, should: f64| assert!((is - should).abs() < 1e-9, "{is} {should}");
    near(figures.accuracy, 0.5);
    near(figures.recall, 0.5);
    near(figures.precision, 0.5);
    near(figures.macro_f1, (4.0 / 5.0) / 3.0);
}
