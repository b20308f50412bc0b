//! What is said outside the dialogues, in both languages.

use super::{Language, Turn, Who};

/// What a bot says before it hands over to people.
pub(in crate::demo) const fn bot_greeting(language: Language) -> [&'static str; 2] {
    match language {
        Language::English => [
            "Hello, this is Billie, a digital assistant. I have a look at your question.",
            "This is one for my human colleagues. I hand you over, somebody will be with you soon.",
        ],
        Language::Dutch => [
            "Hallo, dit is Billie, de digitale assistent. Ik kijk even naar uw vraag.",
            "Dit is er een voor mijn menselijke collega's. Ik verbind u door, er komt zo iemand.",
        ],
    }
}

/// What customers write who wait and wait.
pub(in crate::demo) const fn impatience(language: Language) -> [Turn; 3] {
    match language {
        Language::English => [
            complaint("Hello? Is anybody there?", None),
            complaint(
                "I have been waiting for minutes now, this is really annoying.",
                None,
            ),
            complaint(
                "Terrible service, I am very disappointed. Nobody answers!",
                None,
            ),
        ],
        Language::Dutch => [
            complaint("Hallo? Is daar iemand?", Some(-10)),
            complaint("Ik wacht nu al minuten, dit is echt vervelend.", Some(-50)),
            complaint(
                "Wat een slechte service, ik ben heel teleurgesteld. Niemand reageert!",
                Some(-80),
            ),
        ],
    }
}

const fn complaint(text: &'static str, mood: Option<i8>) -> Turn {
    Turn {
        who: Who::Customer,
        text,
        mood,
    }
}

/// What an agent writes before setting a conversation aside.
pub(in crate::demo) const fn set_aside(language: Language) -> &'static str {
    match language {
        Language::English => "I set this aside until I hear from you; write whenever it suits you.",
        Language::Dutch => "Ik leg dit even opzij tot ik van u hoor; schrijf gerust later.",
    }
}
