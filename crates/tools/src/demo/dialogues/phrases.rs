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
            by_customer("Hello? Is anybody there?"),
            by_customer("I have been waiting for minutes now, this is really annoying."),
            by_customer("Terrible service, I am very disappointed. Nobody answers!"),
        ],
        Language::Dutch => [
            by_customer("Hallo? Is daar iemand?"),
            by_customer("Ik wacht nu al minuten, dit is echt vervelend."),
            by_customer("Wat een slechte service, ik ben heel teleurgesteld. Niemand reageert!"),
        ],
    }
}

const fn by_customer(text: &'static str) -> Turn {
    Turn {
        who: Who::Customer,
        text,
        extras: &[],
    }
}

/// What an agent writes before setting a conversation aside.
pub(in crate::demo) const fn set_aside(language: Language) -> &'static str {
    match language {
        Language::English => "I set this aside until I hear from you; write whenever it suits you.",
        Language::Dutch => "Ik leg dit even opzij tot ik van u hoor; schrijf gerust later.",
    }
}

/// What an agent notes for the supervisors when asking for help.
pub(in crate::demo) const fn help_note(language: Language) -> &'static str {
    match language {
        Language::English => "This is above what I may decide. Can somebody look at it with me?",
        Language::Dutch => "Dit mag ik niet zelf beslissen. Kan iemand met me meekijken?",
    }
}

/// What a customer writes once more after the contact ended.
pub(in crate::demo) const fn one_thing_more(language: Language) -> Turn {
    by_customer(match language {
        Language::English => "One thing more: is it possible to change the address?",
        Language::Dutch => "Nog een vraag: kan het adres nog worden gewijzigd?",
    })
}

/// What the agent answers to that.
pub(in crate::demo) const fn one_answer_more(language: Language) -> Turn {
    Turn::of_agent(match language {
        Language::English => "Yes, I have changed it for you.",
        Language::Dutch => "Ja, dat heb ik voor u gewijzigd.",
    })
}

/// What whoever closes a conversation notes, by how it ended.
pub(in crate::demo) fn closing_note(language: Language, disposition: &str) -> &'static str {
    match (language, disposition) {
        (Language::English, "ORDER") => "Order taken, confirmation sent.",
        (Language::English, "REFUND") => "Refund booked; look whether it arrived by Friday.",
        (Language::English, "COMPLAINT") => "Apologised and compensated. Planning is told.",
        (Language::English, "FOLLOW_UP") => "Call back when the part is in.",
        (Language::English, _) => "Solved together with the customer.",
        (Language::Dutch, "ORDER") => "Bestelling opgenomen, bevestiging verstuurd.",
        (Language::Dutch, "REFUND") => "Terugbetaling geboekt; vrijdag nakijken of hij er is.",
        (Language::Dutch, "COMPLAINT") => "Excuses gemaakt en vergoed. De planning weet ervan.",
        (Language::Dutch, "FOLLOW_UP") => "Terugbellen zodra het onderdeel er is.",
        (Language::Dutch, _) => "Samen met de klant opgelost.",
    }
}

/// What a customer says of a contact that they rated so; not everybody says something.
pub(in crate::demo) const fn rating_comment(language: Language, score: u8) -> Option<&'static str> {
    match (language, score) {
        (Language::English, 5) => Some("Quick and friendly, thank you!"),
        (Language::English, 1 | 2) => Some("It took far too long, and I had to explain it twice."),
        (Language::Dutch, 5) => Some("Snel en vriendelijk geholpen, top!"),
        (Language::Dutch, 1 | 2) => {
            Some("Het duurde veel te lang en ik moest alles twee keer uitleggen.")
        }
        _ => None,
    }
}
