//! Short complaints: Dutch is scored, a language that is not supported never is.

use super::linear::SCORER;
use domain::SentimentScorer as _;

/// Short messages of customers, by language.
const SHORT: &[(&str, &[&str])] = &[
    (
        "pl",
        &["To jest skandal", "Fatalna obsługa", "To jakis zart"],
    ),
    (
        "tr",
        &["Rezalet bir hizmet", "Bıktım artık", "Siparişim nerede"],
    ),
    (
        "fi",
        &["Surkea palvelu", "Nyt riittää", "Missä pakettini on"],
    ),
    (
        "hu",
        &["Elegem van", "Borzalmas kiszolgálás", "Hol van a csomagom"],
    ),
    ("sv", &["Uselt", "Nu räcker det", "Var är mitt paket"]),
    (
        "da",
        &["Elendig service", "Nu er det nok", "Hvor er min pakke"],
    ),
];

#[test]
fn a_short_complaint_in_a_language_that_is_not_supported_has_no_score() {
    for (language, texts) in SHORT {
        for text in *texts {
            let made = SCORER.score(text);
            assert_eq!(made.score, None, "{text}");
            let told = made.language.as_deref();
            assert!(
                told.is_none() || told == Some(*language) || told == Some("no"),
                "{text}: {told:?}"
            );
        }
    }
}

#[test]
fn a_short_complaint_in_dutch_is_scored_as_one() {
    for text in ["Waardeloos", "Niks werkt, schandalig", "Ben er klaar mee"] {
        let made = SCORER.score(text);
        assert_eq!(made.language.as_deref(), Some("nl"), "{text}");
        assert!(
            made.score.is_some_and(|score| score <= -0.4),
            "{text}: {made:?}"
        );
    }
}

#[test]
fn no_language_that_is_told_apart_passes_for_one_that_is_scored() {
    for text in [
        "Ek wag al 'n week vir my pakkie",
        "Ich warte seit drei Wochen",
        "Jeg er meget utilfreds med jer",
        "Jag är så trött på er",
        "Dette er ikke bra nok",
        "Je suis furieux",
        "Estoy muy enfadado con ustedes",
        "Sono arrabbiato con voi",
        "Estou muito zangado convosco",
        "Nigdy więcej u was nie kupię",
        "Çok sinirliyim",
        "En ole tyytyväinen",
        "Nagyon mérges vagyok",
        "Где мой заказ?",
        "我的订单在哪里",
        "注文はどこですか",
        "أين طلبي",
    ] {
        let made = SCORER.score(text);
        assert_eq!(made.score, None, "{text}: {made:?}");
    }
}
