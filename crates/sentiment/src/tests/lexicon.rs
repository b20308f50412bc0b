//! What the lexicon scorer makes of messages, alone and in a row.

#![allow(clippy::unwrap_used)]

use std::sync::LazyLock;

use proptest::prelude::*;

use crate::*;
use domain::{Assessment, MessageId, RecentScores, SentimentLevel};
use domain::{MessageScore, SentimentScorer as _};

static SCORER: LazyLock<LexiconScorer> = LazyLock::new(LexiconScorer::new);

fn levels(messages: &[&str]) -> Vec<SentimentLevel> {
    let mut recent = RecentScores::default();
    let mut push = |text: &&str| {
        recent.push(
            MessageId::new(chrono::DateTime::UNIX_EPOCH),
            SCORER.score(text),
        );
        recent.assess().level
    };
    messages.iter().map(&mut push).collect()
}

fn first(text: &str) -> Assessment {
    let mut recent = RecentScores::default();
    recent.push(
        MessageId::new(chrono::DateTime::UNIX_EPOCH),
        SCORER.score(text),
    );
    recent.assess()
}

fn language(text: &str) -> Option<String> {
    SCORER.score(text).language.as_deref().map(str::to_owned)
}

use SentimentLevel::{
    Negative, Neutral, NotAvailable, Positive, SlightlyNegative, SlightlyPositive, VeryNegative,
    VeryPositive,
};

/// Text of a first message, and the levels that are right for it, worst and best.
pub(super) const FIRST_MESSAGES: &[(&str, SentimentLevel, SentimentLevel)] = &[
    // A bare statement of a problem.
    ("My order 4411 has not arrived.", Neutral, Neutral),
    ("I have a problem with my invoice", Neutral, Neutral),
    ("My screen is broken.", Neutral, Neutral),
    ("The parcel got lost", Neutral, Neutral),
    ("I want to file a complaint.", Neutral, Neutral),
    ("Please cancel my subscription", Neutral, Neutral),
    ("I was charged twice for the same order", Neutral, Neutral),
    ("The app crashes when I open it", Neutral, Neutral),
    ("My payment failed and I can't log in", Neutral, Neutral),
    ("Where is my order??", Neutral, Neutral),
    (
        "I received the wrong item, it is damaged!",
        Neutral,
        Neutral,
    ),
    ("MY CARD WAS STOLEN", Neutral, Neutral),
    (
        "There is an error on my account and I need help",
        Neutral,
        Neutral,
    ),
    ("I'm still waiting for my refund", Neutral, Neutral),
    (
        "My father died and I need to close his account",
        Neutral,
        Neutral,
    ),
    ("Unfortunately it does not work", Neutral, Neutral),
    // Politeness.
    ("Hello, good morning!", Neutral, Neutral),
    ("Thank you", Neutral, Neutral),
    ("No, thank you. That is all I need.", Neutral, Neutral),
    ("Yes please, that would be great", Neutral, Neutral),
    ("Have a nice day, kind regards, Anna", Neutral, Neutral),
    (
        "Sorry to bother you, could you help me please?",
        Neutral,
        Neutral,
    ),
    ("I would like to change my address", Neutral, Neutral),
    ("No problem, I can wait.", Neutral, Neutral),
    ("Can you recommend a good hotel?", Neutral, Neutral),
    ("I'm looking for a nice place to stay", Neutral, Neutral),
    // Displeasure.
    (
        "this is the worst service ever, I am furious",
        VeryNegative,
        VeryNegative,
    ),
    (
        "You are all useless and incompetent!!",
        VeryNegative,
        VeryNegative,
    ),
    (
        "I am sick and tired of your excuses",
        VeryNegative,
        VeryNegative,
    ),
    (
        "This is a scam, you are thieves",
        VeryNegative,
        VeryNegative,
    ),
    ("I am absolutely FURIOUS!!!", VeryNegative, VeryNegative),
    (
        "What a joke. Three weeks and nobody answers. Unacceptable.",
        VeryNegative,
        Negative,
    ),
    ("This is ridiculous", Negative, Negative),
    ("I'm very disappointed in your company", Negative, Negative),
    ("I am not happy with this at all", Negative, Negative),
    ("Your agent was rude to me", Negative, Negative),
    ("that was not helpful", Negative, SlightlyNegative),
    (
        "I find this a bit annoying",
        SlightlyNegative,
        SlightlyNegative,
    ),
    (
        "The room was great but the staff was terrible",
        Negative,
        SlightlyNegative,
    ),
    ("I have never been so angry", VeryNegative, Negative),
    (
        "Great, another week without internet",
        Neutral,
        SlightlyPositive,
    ),
    // Contentment.
    (
        "great, you are wonderful, thank you so much!!",
        Positive,
        VeryPositive,
    ),
    ("Excellent service, I love it!", VeryPositive, VeryPositive),
    ("You have been very helpful", Positive, Positive),
    (
        "I am really happy with my new phone",
        Positive,
        VeryPositive,
    ),
    ("Great, thanks", SlightlyPositive, SlightlyPositive),
    ("Really?!? I love it", Positive, VeryPositive),
    ("Is it 4411? I love it", Positive, VeryPositive),
    ("It couldn't be better", Positive, Positive),
    ("It was not bad", Neutral, SlightlyPositive),
    ("I love it 😍", Positive, VeryPositive),
];

#[test]
fn a_first_message_has_the_level_that_a_supervisor_expects() {
    let mut wrong = Vec::new();
    for (text, worst, best) in FIRST_MESSAGES {
        let assessment = first(text);
        let english = assessment.language.as_deref() == Some("en") || assessment.level == Neutral;
        if !english || assessment.level < *worst || assessment.level > *best {
            wrong.push(format!("{text}: {assessment:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn short_messages_betray_their_language_or_have_none() {
    for (text, expected) in [
        ("My order 4411 has not arrived.", Some("en")),
        ("where is it", Some("en")),
        ("useless", Some("en")),
        ("Wat een waardeloze service", Some("nl")),
        ("Mijn bestelling is niet aangekomen", Some("nl")),
        ("Ik ben woedend!", Some("nl")),
        ("Was ist mit meiner Bestellung?", Some("de")),
        ("Das ist eine Frechheit", Some("de")),
        ("Je n'ai toujours rien reçu", Some("fr")),
        ("C'est inadmissible, l'article est cassé", Some("fr")),
        ("¿Dónde está mi pedido?", Some("es")),
        ("Non ho ancora ricevuto il mio ordine", Some("it")),
        ("Ainda não recebi o meu pedido", Some("pt")),
        (
            "Moja przesyłka jeszcze nie dotarła, proszę o pomoc",
            Some("pl"),
        ),
        ("Где мой заказ?", Some("ru")),
        ("我的订单在哪里", Some("zh")),
        ("注文はどこですか", Some("ja")),
        ("أين طلبي", Some("ar")),
        ("ok", None),
        ("OK thanks!", None),
        ("yes please", None),
        ("hello", None),
        ("no", None),
        ("Front door", None),
        ("Also on Thursday", Some("en")),
        ("thanks!", None),
        ("Super", None),
        ("4411", None),
        ("€ 12,50", None),
        ("😀😀", None),
        ("https://example.com/where/is/the/order?id=1", None),
        ("anna@example.com", None),
        ("", None),
        (" \n\t", None),
        ("?!", None),
    ] {
        assert_eq!(language(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn an_unknown_language_is_not_available_and_says_which() {
    let score = SCORER.score("Wat een waardeloze service");
    assert_eq!((score.score, score.language.as_deref()), (None, Some("nl")));
    assert!(score.confidence > 0.0);
    assert_eq!(
        (&*score.scorer, &*score.scorer_version),
        ("regie-lexicon", "1")
    );
}

#[test]
fn a_text_that_tells_nothing_has_score_and_confidence_zero() {
    for text in [
        "",
        "ok",
        "4411",
        "https://example.com",
        "?!!!",
        "👍",
        "thanks!",
    ] {
        let score = SCORER.score(text);
        assert_eq!(
            (score.score, score.confidence, score.language),
            (Some(0.0), 0.0, None),
            "{text}"
        );
    }
}

#[test]
fn emoji_are_read_without_a_language() {
    assert!(first("😡😡").level <= Negative);
    assert!(first("🤬").level <= Negative);
    assert!(first(":-)").level >= SlightlyPositive);
    assert_eq!(first("👍🏽").level, Neutral);
}

#[test]
fn what_tells_nothing_is_neutral_to_the_lexicon() {
    let messages = [
        "Hallo",
        "Mijn pakket is er nog niet",
        "ok",
        "4411",
        "Top, bedankt!",
        "super",
    ];
    // The trained scorer gives it no score: `tests/linear.rs`.
    let expected = [NotAvailable, Neutral, Neutral, Neutral, Neutral];
    assert_eq!(levels(&messages)[1..], expected);
}

#[test]
fn a_conversation_turns_sour() {
    let messages = [
        "Hi, my order 4411 has not arrived.",
        "I ordered it two weeks ago",
        "That is what you told me last time. This is getting annoying.",
        "This is ridiculous, I am really angry now",
        "You are useless!! Worst company ever",
    ];
    let levels = levels(&messages);
    assert_eq!(levels[..2], [Neutral, Neutral]);
    assert!(levels[2] <= SlightlyNegative, "{levels:?}");
    assert!(levels[3] <= Negative, "{levels:?}");
    assert_eq!(levels[4], VeryNegative, "{levels:?}");
    assert!(
        levels.is_sorted_by(|earlier, later| earlier >= later),
        "{levels:?}"
    );
}

#[test]
fn a_conversation_recovers() {
    let messages = [
        "I am absolutely furious, this is the worst service ever!!",
        "My order number is 4411",
        "Yes, that is the right address",
        "ok",
        "Oh wonderful, you have been very helpful, thank you!",
    ];
    let levels = levels(&messages);
    assert_eq!(levels[0], VeryNegative);
    assert!((VeryNegative..=Negative).contains(&levels[1]), "{levels:?}");
    assert!(levels[2] <= SlightlyNegative, "{levels:?}");
    assert!(levels[3] >= SlightlyNegative, "{levels:?}");
    assert!(levels[4] >= SlightlyPositive, "{levels:?}");
}

#[test]
fn nonsense_is_scored_like_anything_else() {
    for text in [
        "\0",
        "\u{feff}",
        "'",
        "''",
        "-",
        "'-'",
        "…",
        "no",
        "but",
        "but but but",
        "never so",
        "least",
        "sick",
        "thank you",
        "sick and",
        "😡\u{200d}😡\u{fe0f}",
        "e\u{301}\u{301}",
        "İıẞ",
        "ﷺ",
        ":",
        ":(",
        "<3",
        "’’’",
        "a'b'c",
        "www.",
        "://",
        "\r\n\r\n",
        "great great great",
        "SO",
        "not",
        "the shit",
        "!?!?!?!?!?",
    ] {
        bounded(&SCORER.score(text));
    }
    for unit in [
        "a",
        "!",
        "😡",
        "no ",
        "great ",
        "NOT GOOD, ",
        "but ",
        "very ",
        "ö",
        "1",
        "\n",
        "https://x ",
        "字",
        "'",
    ] {
        bounded(&SCORER.score(&unit.repeat(12_000)));
    }
}

fn bounded(score: &MessageScore) {
    assert!(
        score
            .score
            .is_none_or(|score| (-1.0..=1.0).contains(&score)),
        "{score:?}"
    );
    assert!((0.0..=1.0).contains(&score.confidence), "{score:?}");
    assert!(
        score.score.is_some() || score.language.is_some(),
        "{score:?}"
    );
}

proptest! {
    #[test]
    fn any_text_gets_a_score_within_bounds_and_always_the_same(text in any::<String>()) {
        let score = SCORER.score(&text);
        bounded(&score);
        prop_assert_eq!(SCORER.score(&text), score);
    }

    #[test]
    fn any_row_of_words_and_marks_gets_a_score(
        words in prop::collection::vec(prop::sample::select(vec![
            "never", "so", "this", "great", "terrible", "no", "not", "very", "but", "sick", "and", "tired", "of", "the",
            "het", "ist", "GOOD", "😡", ":)", ",", "!", "?", "\n", "4411", "would", "be", "thank", "you",
        ]), 0..30)
    ) {
        bounded(&SCORER.score(&words.join(" ")));
    }
}
