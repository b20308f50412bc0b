//! In which language a message is, or that it cannot be told.
//!
//! Chat messages are short, and guessers of letters alone take "My order has not arrived" for
//! Tagalog on a bad day. So frequent words vote first, and letters decide only what the
//! votes leave open. Saying nothing is an answer: "ok", "4411" and a link are of no language,
//! and must not turn a Dutch conversation into an English one.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::LazyLock;

use whatlang::{Detector, Lang, Script, detect_script};

use super::function_words::{ENGLISH, OTHERS};

/// The code of the language that the lexicon knows.
pub(super) const ENGLISH_CODE: &str = "en";

/// From how many words on the letters may contradict or replace the votes.
const LONG_ENOUGH: usize = 4;

/// The share of voting words below which a longer text is told by its letters, if they can.
const WEAK_SHARE: f32 = 0.2;

/// How sure the letters have to be to overrule the votes.
const RELIABLE: f64 = 0.9;

/// Below this the letters of a script tell too little to choose among its languages.
const UNSURE: f64 = 0.5;

/// How much of a message is looked at, in bytes: more tells no more.
const LOOKED_AT: usize = 600;

/// A language and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Detected {
    /// ISO 639-1.
    pub(super) code: &'static str,
    /// In (0, 1].
    pub(super) confidence: f32,
}

type Votes = [u16; OTHERS.len() + 1];

/// For each word a bit per language; the lowest is English.
static VOTERS: LazyLock<HashMap<&'static str, u8>> = LazyLock::new(|| {
    let mut voters = HashMap::new();
    let lists = std::iter::once(ENGLISH).chain(OTHERS.iter().map(|(_, words)| *words));
    for (index, words) in lists.enumerate() {
        for word in words.split_whitespace() {
            *voters.entry(word).or_default() |= 1 << index;
        }
    }
    voters
});

/// Only languages in which customers are likely to write: the fewer, the surer.
static LETTERS: LazyLock<Detector> =
    LazyLock::new(|| Detector::with_allowlist(CODES.iter().map(|(lang, _)| *lang).collect()));

const CODES: &[(Lang, &str)] = &[
    (Lang::Eng, "en"),
    (Lang::Nld, "nl"),
    (Lang::Deu, "de"),
    (Lang::Fra, "fr"),
    (Lang::Spa, "es"),
    (Lang::Ita, "it"),
    (Lang::Por, "pt"),
    (Lang::Pol, "pl"),
    (Lang::Ces, "cs"),
    (Lang::Hun, "hu"),
    (Lang::Ron, "ro"),
    (Lang::Tur, "tr"),
    (Lang::Swe, "sv"),
    (Lang::Dan, "da"),
    (Lang::Nob, "no"),
    (Lang::Fin, "fi"),
    (Lang::Hrv, "hr"),
    (Lang::Vie, "vi"),
    (Lang::Ind, "id"),
    (Lang::Afr, "af"),
    (Lang::Rus, "ru"),
    (Lang::Ukr, "uk"),
    (Lang::Bul, "bg"),
    (Lang::Srp, "sr"),
    (Lang::Ell, "el"),
    (Lang::Ara, "ar"),
    (Lang::Pes, "fa"),
    (Lang::Urd, "ur"),
    (Lang::Heb, "he"),
    (Lang::Hin, "hi"),
    (Lang::Mar, "mr"),
    (Lang::Ben, "bn"),
    (Lang::Tam, "ta"),
    (Lang::Tel, "te"),
    (Lang::Guj, "gu"),
    (Lang::Pan, "pa"),
    (Lang::Kan, "kn"),
    (Lang::Mal, "ml"),
    (Lang::Tha, "th"),
    (Lang::Cmn, "zh"),
    (Lang::Jpn, "ja"),
    (Lang::Kor, "ko"),
    (Lang::Amh, "am"),
    (Lang::Hye, "hy"),
    (Lang::Kat, "ka"),
    (Lang::Khm, "km"),
    (Lang::Mya, "my"),
    (Lang::Sin, "si"),
    (Lang::Ori, "or"),
];

/// The language of these words, lower case, links and numbers left out; none when it cannot be
/// told. `is_english` knows words that hardly stand in a text of another language.
pub(super) fn detect<'a>(
    words: impl Iterator<Item = &'a str>,
    is_english: impl Fn(&str) -> bool,
) -> Option<Detected> {
    let (mut votes, mut count, mut english_words) = (Votes::default(), 0usize, 0u16);
    let mut text = String::with_capacity(LOOKED_AT);
    for word in words {
        if text.len() + word.len() >= LOOKED_AT && count > 0 {
            break;
        }
        count += 1;
        vote(word, &mut votes);
        english_words += u16::from(is_english(word));
        text.push_str(&word[..word.floor_char_boundary(LOOKED_AT)]);
        text.push(' ');
    }
    let script = detect_script(&text)?;
    if script != Script::Latin {
        return by_letters(&text, UNSURE)
            .or_else(|| most_written(script))
            .or_else(|| by_letters(&text, 0.0));
    }
    let english = votes[0];
    let (index, other) = strongest_other(&votes);
    let winner = match english.cmp(&other) {
        Ordering::Greater => Some((ENGLISH_CODE, english, other)),
        Ordering::Less => Some((OTHERS[index].0, other, english)),
        Ordering::Equal => None,
    };
    let votes_weigh = winner.is_some_and(|(_, votes, _)| ratio(votes, count) >= WEAK_SHARE);
    if count >= LONG_ENOUGH
        && !votes_weigh
        && let Some(found) = by_letters(&text, RELIABLE)
    {
        return Some(found);
    }
    if let Some((code, votes, against)) = winner {
        return Some(Detected {
            code,
            confidence: sureness(votes, against),
        });
    }
    (english_words > 0).then_some(Detected {
        code: ENGLISH_CODE,
        confidence: 0.5,
    })
}

fn vote(word: &str, votes: &mut Votes) {
    let speakers = VOTERS.get(word).copied().unwrap_or_default();
    for (index, tally) in votes.iter_mut().enumerate() {
        *tally += u16::from(speakers >> index & 1);
    }
    // Elision, "l'article": only French among these does it with one letter.
    let elided = speakers == 0 && word.as_bytes().get(1) == Some(&b'\'') && word.len() > 3;
    if elided
        && matches!(
            word.as_bytes()[0],
            b'c' | b'd' | b'j' | b'l' | b'm' | b'n' | b's' | b't'
        )
    {
        votes[1 + 2] += 1;
    }
}

fn strongest_other(votes: &Votes) -> (usize, u16) {
    let others = votes[1..].iter().copied().enumerate();
    // The first of the list wins a draw: either way it is not English.
    others
        .rev()
        .max_by_key(|(_, tally)| *tally)
        .unwrap_or_default()
}

/// 0.5 for a single vote, near 1 for many that agree.
fn sureness(votes: u16, against: u16) -> f32 {
    let enough = 1.0 - 0.5f32.powi(i32::from(votes.min(8)));
    enough * f32::from(votes) / f32::from(votes + against)
}

fn ratio(votes: u16, words: usize) -> f32 {
    f32::from(votes) / f32::from(u16::try_from(words).unwrap_or(u16::MAX))
}

/// The language that most writers of a script with several languages use.
fn most_written(script: Script) -> Option<Detected> {
    let code = match script {
        Script::Cyrillic => "ru",
        Script::Arabic => "ar",
        Script::Devanagari => "hi",
        _ => return None,
    };
    Some(Detected {
        code,
        confidence: 0.3,
    })
}

fn by_letters(text: &str, at_least: f64) -> Option<Detected> {
    let info = LETTERS
        .detect(text)
        .filter(|info| info.confidence() >= at_least)?;
    let (_, code) = CODES.iter().find(|(lang, _)| *lang == info.lang())?;
    // Rounding to f32 loses nothing that matters here.
    #[allow(clippy::cast_possible_truncation)]
    let confidence = (info.confidence() as f32).clamp(0.1, 1.0);
    Some(Detected { code, confidence })
}
