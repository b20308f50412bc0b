//! What the default scorer makes of messages.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::lexicon::FIRST_MESSAGES;
use crate::*;
use domain::SentimentLevel::{
    Negative, Neutral, NotAvailable, SlightlyNegative, SlightlyPositive, VeryNegative,
};
use domain::sentiment::level_of;
use domain::{MessageId, MessageScore, RecentScores, SentimentLevel, SentimentScorer as _};

pub(super) static SCORER: LazyLock<LinearScorer> = LazyLock::new(LinearScorer::new);

/// Where the lexicon's levels are not the rule's (domain.md section 6): waiting that lasts is
/// unhappy, and so is irony. Thanks alone are at most slightly positive.
const JUDGED_OTHERWISE: [&str; 3] = [
    "Thank you",
    "I'm still waiting for my refund",
    "Great, another week without internet",
];

fn level(text: &str) -> SentimentLevel {
    level_of(SCORER.score(text).score)
}

fn levels(messages: &[&str]) -> Vec<SentimentLevel> {
    let mut recent = RecentScores::default();
    let mut push = |text: &&str| {
        let id = MessageId::new(chrono::DateTime::UNIX_EPOCH);
        recent.push(id, SCORER.score(text));
        recent.assess().level
    };
    messages.iter().map(&mut push).collect()
}

#[test]
fn a_first_message_in_english_is_on_the_side_that_a_supervisor_expects() {
    let side = |level: SentimentLevel| (level > Neutral, level < Neutral);
    let mut wrong = Vec::new();
    for (text, worst, best) in FIRST_MESSAGES {
        if JUDGED_OTHERWISE.contains(text) {
            continue;
        }
        let made = SCORER.score(text);
        let found = level_of(made.score);
        let fits = side(found) == side(*worst) || side(found) == side(*best);
        if made.score.is_some() && !fits {
            wrong.push(format!("{text}: {found:?} {made:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn waiting_that_lasts_and_irony_are_unhappy() {
    let [thanks, unhappy @ ..] = JUDGED_OTHERWISE;
    assert!([Neutral, SlightlyPositive].contains(&level(thanks)));
    for text in unhappy {
        assert!(level(text) <= SlightlyNegative, "{text}");
    }
}

#[test]
fn a_first_message_in_dutch_is_on_the_side_that_a_supervisor_expects() {
    let mut wrong = Vec::new();
    for (text, worst, best) in [
        ("Mijn bestelling 4411 is niet aangekomen.", Neutral, Neutral),
        ("Ik heb een probleem met mijn rekening", Neutral, Neutral),
        ("Kunt u mijn abonnement opzeggen?", Neutral, Neutral),
        (
            "Goedemiddag, ik wil graag mijn adres wijzigen",
            Neutral,
            Neutral,
        ),
        ("Hoe laat sluit de winkel vandaag?", Neutral, Neutral),
        (
            "Ik wacht nu al drie weken en niemand reageert",
            VeryNegative,
            Negative,
        ),
        (
            "Alweer kapot, dit is de derde keer",
            VeryNegative,
            SlightlyNegative,
        ),
        (
            "Wat een waardeloze service, ik ben woedend",
            VeryNegative,
            Negative,
        ),
        ("Bedankt voor niks", VeryNegative, SlightlyNegative),
        (
            "Geweldig, heel erg bedankt voor de snelle hulp!",
            SlightlyPositive,
            SentimentLevel::VeryPositive,
        ),
        (
            "De monteur was super vriendelijk",
            SlightlyPositive,
            SentimentLevel::VeryPositive,
        ),
    ] {
        let found = level(text);
        if found < worst || found > best {
            wrong.push(format!("{text}: {found:?} {:?}", SCORER.score(text)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_problem_with_duration_repetition_or_blame_is_worse_than_the_bare_problem() {
    for (bare, worse) in [
        (
            "My internet does not work",
            "My internet has not worked for three weeks and nobody answers",
        ),
        (
            "My order has not arrived",
            "This is the third time my order has not arrived",
        ),
        (
            "The parcel is damaged",
            "Your driver threw my parcel over the fence",
        ),
        (
            "Mijn internet doet het niet",
            "Mijn internet doet het al drie weken niet en niemand reageert",
        ),
        (
            "Mijn pakket is niet aangekomen",
            "Dit is de derde keer dat mijn pakket niet is aangekomen",
        ),
        (
            "Het pakket is beschadigd",
            "Jullie bezorger gooide het pakket over de schutting",
        ),
    ] {
        assert_eq!(level(bare), Neutral, "{bare}: {:?}", SCORER.score(bare));
        assert!(
            level(worse) <= SlightlyNegative,
            "{worse}: {:?}",
            SCORER.score(worse)
        );
    }
}

#[test]
fn what_has_no_language_has_no_score() {
    for text in [
        "",
        " \n\t",
        "ok",
        "OK",
        "4411",
        "€ 12,50",
        "?!!!",
        "https://example.com/where/is/it",
        "anna@example.com",
        "Super",
        "hello",
        "no",
        "👍",
        "ok 👍",
    ] {
        let made = SCORER.score(text);
        assert_eq!(
            (made.score, made.confidence, made.language),
            (None, 0.0, None),
            "{text}"
        );
    }
}

#[test]
fn emoji_alone_are_read_without_a_language() {
    assert!(level("😡😡") <= Negative);
    assert!(level("🤬") <= Negative);
    assert!(level(":-)") >= SlightlyPositive);
    assert_eq!(level("👍🏽"), NotAvailable);
}

#[test]
fn an_unsupported_language_is_not_available_and_says_which() {
    let made = SCORER.score("Je n'ai toujours rien reçu, c'est inadmissible");
    assert_eq!((made.score, made.language.as_deref()), (None, Some("fr")));
    assert!(made.confidence > 0.5);
    assert_eq!(
        (&*made.scorer, &*made.scorer_version),
        (LinearScorer::NAME, LinearScorer::VERSION)
    );
    assert!(!is_supported("fr") && is_supported("nl") && is_supported("en"));
}

#[test]
fn the_expected_language_decides_what_a_text_leaves_open() {
    let free = SCORER.score("Top!");
    assert_eq!(free.language, None);
    let told = SCORER.score_expecting("Top, dank", Some("nl"));
    assert_eq!(told.language.as_deref(), Some("nl"));
    // It does not outweigh a text that is clear.
    let english = SCORER.score_expecting("Where is my order, please?", Some("nl"));
    assert_eq!(english.language.as_deref(), Some("en"));
}

#[test]
fn a_dutch_conversation_does_not_turn_english_on_an_ok() {
    let messages = ["Mijn pakket is er nog niet", "ok", "4411"];
    assert_eq!(levels(&messages), [Neutral; 3]);
    assert_eq!(SCORER.score("ok").language, None);
}

#[test]
fn a_conversation_turns_sour_and_recovers_in_both_languages() {
    for messages in [
        [
            "Hi, my order 4411 has not arrived.",
            "That is what you told me last time. This is getting annoying.",
            "You are useless!! Worst company ever",
            "Oh wonderful, you have been very helpful, thank you!",
        ],
        [
            "Hallo, mijn bestelling is niet aangekomen.",
            "Dat zeiden jullie vorige keer ook, dit begint irritant te worden",
            "Jullie zijn waardeloos, slechtste winkel ooit!!",
            "Geweldig, je hebt me super geholpen, dank je wel!",
        ],
    ] {
        let levels = levels(&messages);
        assert_eq!(levels[0], Neutral, "{levels:?}");
        assert!(levels[1] <= SlightlyNegative, "{levels:?}");
        assert!(levels[2] <= Negative, "{levels:?}");
        assert!(levels[3] > levels[2], "{levels:?}");
    }
}

#[test]
fn who_waits_and_waits_turns_sour() {
    for messages in [
        [
            "Hello? Is anybody there?",
            "I have been waiting for minutes now, this is really annoying.",
            "Terrible service, I am very disappointed. Nobody answers!",
        ],
        [
            "Hallo? Is daar iemand?",
            "Ik wacht nu al minuten, dit is echt vervelend.",
            "Wat een slechte service, ik ben heel teleurgesteld. Niemand reageert!",
        ],
    ] {
        let levels = levels(&messages);
        assert!(levels[2] <= Negative, "{levels:?}");
    }
}

fn bounded(made: &MessageScore) {
    assert!(
        made.score.is_none_or(|score| (-1.0..=1.0).contains(&score)),
        "{made:?}"
    );
    assert!((0.0..=1.0).contains(&made.confidence), "{made:?}");
}

#[test]
fn nonsense_and_walls_of_text_are_bounded() {
    for unit in [
        "a",
        "!",
        "😡",
        "niet ",
        "NOT GOOD, ",
        "ö",
        "1",
        "\n",
        "https://x ",
        "字",
        "'",
        "\0",
        "ﷺ",
        "e\u{301}",
    ] {
        bounded(&SCORER.score(unit));
        bounded(&SCORER.score(&unit.repeat(12_000)));
    }
}

proptest! {
    #[test]
    fn any_text_gets_a_score_within_bounds_and_always_the_same(text in any::<String>()) {
        let made = SCORER.score(&text);
        bounded(&made);
        prop_assert_eq!(SCORER.score(&text), made);
    }
}
