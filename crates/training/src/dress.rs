//! Sentences as customers type them: joined, greeted, misspelt, in capitals, without marks.

use crate::random::Random;
use crate::{Example, Feels};

/// What stands around the sentences of one language.
#[derive(Debug)]
pub struct Manners {
    greetings: &'static [&'static str],
    closings: &'static [&'static str],
    but: &'static [&'static str],
}

/// English manners.
pub const ENGLISH: Manners = Manners {
    greetings: &[
        "hi",
        "hello",
        "hey",
        "good morning",
        "hi there",
        "dear team",
        "hello sir",
    ],
    closings: &[
        "thanks",
        "thanks in advance",
        "please",
        "regards",
        "kind regards",
        "bye",
        "asap please",
    ],
    but: &["but", "however", "though"],
};

/// Dutch manners.
pub const DUTCH: Manners = Manners {
    greetings: &[
        "hoi",
        "hallo",
        "hey",
        "goedemorgen",
        "goedemiddag",
        "beste",
        "dag",
    ],
    closings: &[
        "alvast bedankt",
        "bedankt",
        "groetjes",
        "aub",
        "mvg",
        "met vriendelijke groet",
        "graag snel",
    ],
    but: &["maar", "alleen", "echter"],
};

const ANGRY: [&str; 6] = ["😡", "🙄", "😤", "👎", "🤬", "😠"];
const HAPPY: [&str; 8] = ["😊", "👍", "🎉", "😍", "❤️", "🙏", "👏", "😁"];

/// How many of a hundred joined messages have a third sentence.
const LONG: usize = 35;

/// Sentences of one language, dressed: each once as it is, and as many joined ones.
pub fn dressed(plain: &[Example], manners: &Manners, random: &mut Random) -> Vec<Example> {
    let by = |feels| -> Vec<&Example> { plain.iter().filter(|e| e.feels == feels).collect() };
    let (negative, neutral, positive) =
        (by(Feels::Negative), by(Feels::Neutral), by(Feels::Positive));
    let mut all = Vec::with_capacity(plain.len() * 2);
    for example in plain {
        all.push(typed(&example.text, example.feels, random));
        let other = match (example.feels, random.below(4)) {
            (Feels::Negative, 0) => random.pick(&negative),
            (Feels::Positive, 0) => random.pick(&positive),
            (_, 0 | 1) => random.pick(&neutral),
            _ => None,
        };
        let text = match (other, random.pick(&neutral)) {
            (Some(other), Some(third)) if random.chance(LONG) => {
                let two = joined(&example.text, &other.text, random);
                joined(&two, &third.text, random)
            }
            (Some(other), _) => joined(&example.text, &other.text, random),
            (None, _) => mannered(&example.text, example.feels, manners, random),
        };
        all.push(typed(&text, example.feels, random));
    }
    // What comes behind "but" decides.
    for _ in 0..plain.len() / 12 {
        let but = random.pick(manners.but).copied().unwrap_or_default();
        let pair = [
            (&positive, &negative, Feels::Negative),
            (&negative, &positive, Feels::Positive),
        ];
        let (first, second, feels) = pair[usize::from(random.chance(25))];
        if let (Some(first), Some(second)) = (random.pick(first), random.pick(second)) {
            let text = format!("{}, {but} {}", first.text, second.text);
            all.push(typed(&text, feels, random));
        }
    }
    all
}

fn joined(one: &str, other: &str, random: &mut Random) -> String {
    let mark = random
        .pick(&[". ", ", ", " ", "! ", "\n", "... "])
        .copied()
        .unwrap_or(" ");
    if random.chance(50) {
        format!("{one}{mark}{other}")
    } else {
        format!("{other}{mark}{one}")
    }
}

fn mannered(text: &str, feels: Feels, manners: &Manners, random: &mut Random) -> String {
    let greeted = match random.pick(manners.greetings) {
        Some(greeting) if random.chance(60) => format!("{greeting}, {text}"),
        _ => text.to_owned(),
    };
    match random.pick(manners.closings) {
        Some(closing) if feels != Feels::Positive && random.chance(50) => {
            format!("{greeted}, {closing}")
        }
        _ => greeted,
    }
}

fn typed(text: &str, feels: Feels, random: &mut Random) -> Example {
    let mut text = text.to_owned();
    if random.chance(12) {
        text = misspelt(&text, random);
    }
    if random.chance(4) && feels == Feels::Negative {
        text = text.to_uppercase();
    }
    let end = match (feels, random.below(20)) {
        (Feels::Negative, 0..=2) | (Feels::Positive, 0..=4) | (Feels::Neutral, 0) => "!",
        (Feels::Negative, 3) => "!!!",
        (Feels::Negative, 4) => "?!",
        (Feels::Negative, 5) | (Feels::Neutral, 1) => "??",
        (Feels::Positive, 5) => "!!",
        (_, 6..=9) => ".",
        _ => "",
    };
    text.push_str(end);
    let emoji = match feels {
        Feels::Negative => &ANGRY[..],
        Feels::Positive => &HAPPY[..],
        Feels::Neutral => &HAPPY[1..2],
    };
    if random.chance(if feels == Feels::Neutral { 1 } else { 5 })
        && let Some(emoji) = random.pick(emoji)
    {
        text = format!("{text} {emoji}");
    }
    Example { text, feels }
}

/// One letter is missing, doubled or swapped with its neighbour.
fn misspelt(text: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 6 {
        return text.to_owned();
    }
    let at = 1 + random.below(letters.len() - 2);
    match random.below(3) {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        _ => letters.swap(at, at + 1),
    }
    letters.into_iter().collect()
}
