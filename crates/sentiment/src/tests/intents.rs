//! What messages are for, in both languages.

use domain::{Intent, SentimentScorer as _};

use super::linear::SCORER;
use crate::intent::with_phrases;
use crate::phrases::Phrases;

fn intent(text: &str) -> Option<Intent> {
    SCORER.understand(text, None).meaning.intent
}

fn all(texts: &[&str], expected: Option<Intent>) {
    let found = texts.iter().map(|text| (*text, intent(text)));
    let wrong: Vec<_> = found.filter(|(_, found)| *found != expected).collect();
    assert!(wrong.is_empty(), "not {expected:?}: {wrong:#?}");
}

#[test]
fn the_file_of_phrases_has_no_fault() {
    assert_eq!(with_phrases(Phrases::default()).err(), None);
}

#[test]
fn thanks_goodbyes_and_emoji_close() {
    all(
        &[
            "👍",
            "ok thanks, bye!",
            "Top, dank je wel",
            "🙏",
            "Prima zo.",
            "Thank you so much!",
            "Ok",
            "Have a nice day",
            "no that was all, thanks",
            "Cheers, all sorted",
            "Perfect, thx :)",
            "👏👏",
            "Super bedankt 😊",
            "Nee dat was het, fijne avond",
            "Oké, tot ziens",
            "Helemaal goed zo",
            "Begrepen",
            "doei",
        ],
        Some(Intent::Closing),
    );
}

#[test]
fn who_says_more_than_thanks_does_not_close() {
    for text in [
        "ok but when does it arrive?",
        "Thanks, and my refund?",
        "Bedankt voor niks",
        "ok, en mijn geld?",
        "Thanks for nothing",
        "Good morning",
        "hoi",
        "yes",
        "ja",
        "12",
        "Great, another week without internet",
        "Prima, maar het werkt nog steeds niet",
        "Fijn, weer een week zonder internet",
        "ok?",
    ] {
        assert_ne!(intent(text), Some(Intent::Closing), "{text}");
    }
}

#[test]
fn a_question_asks_also_about_something_that_is_wrong() {
    all(
        &[
            "Where is my order?",
            "how do i reset my pin",
            "The zip broke after three months. Is that covered?",
            "Hoe laat sluit de winkel vandaag?",
            "wat kost een extra koffer",
            "Mijn modem knippert oranje, wat betekent dat?",
        ],
        Some(Intent::Question),
    );
}

#[test]
fn a_request_wants_something_done() {
    all(
        &[
            "Please cancel my subscription",
            "Can you resend the invoice to accounts?",
            "I want to speak to a person",
            "Kunt u mij een kopie van de polis toesturen?",
            "Ik wil mijn abonnement opzeggen",
            "Graag het verslag doorsturen naar mijn huisarts",
        ],
        Some(Intent::Request),
    );
}

#[test]
fn a_problem_says_that_something_is_wrong() {
    all(
        &[
            "My internet does not work",
            "The washing machine stops at 12 minutes and shows E18",
            "I received the wrong size",
            "Mijn internet werkt niet",
            "Mijn bestelling is niet aangekomen",
            "De helft van de bestelling ontbreekt",
            "My router has been broken for three weeks and nobody answers",
            "Mijn internet ligt er al drie weken uit en niemand reageert",
        ],
        Some(Intent::Problem),
    );
}

#[test]
fn anything_else_is_other() {
    all(
        &[
            "My name is Priya Shah",
            "After five is better for me",
            "Ik heet Jan de Vries",
            "Na vijf uur is beter voor mij",
        ],
        Some(Intent::Other),
    );
}

#[test]
fn a_language_that_is_not_read_has_no_intent_but_what_closes_everywhere() {
    all(
        &[
            "Gdzie jest moja paczka?",
            "Wo ist mein Paket?",
            "Hvor er min pakke",
        ],
        None,
    );
    all(&["ok", "super", "merci", "🎉"], Some(Intent::Closing));
}
