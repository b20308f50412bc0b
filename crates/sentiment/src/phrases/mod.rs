//! Phrases by kind, looked for in a message in one pass, whatever files they are from.
//!
//! A file has these lines: `# …` is a note; `@name a|b` says what `{name}` stands for; `[kind]` opens a kind; every
//! other line is a phrase of it, and one that begins with `- ` takes the kind away from the whole message. A phrase is
//! a row of parts: `a|b` is one of these words, `?a|b` the same or nothing, `_` any word, `..` up to four words, `^`
//! the beginning of a clause, `$` its end. No phrase goes over the end of a clause.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::normal::{Kind, Plain};

/// How many words `..` stands for at most.
const GAP: usize = 4;
/// A word that is in no phrase.
const UNKNOWN: u16 = 0;
/// The end of a clause, and the beginning of the next.
const BREAK: u16 = 1;

/// A part of a phrase.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    One(Vec<u16>),
    Maybe(Vec<u16>),
    Any,
    Gap,
}

/// A phrase of a kind.
#[derive(Debug)]
struct Phrase {
    kind: u32,
    takes_away: bool,
    rest: Vec<Part>,
}

/// What is wrong with a file of phrases, by the number of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No kind of this name.
    Kind(usize),
    /// A phrase before the first kind.
    NoKind(usize),
    /// A name that says nothing yet.
    Name(usize),
    /// A phrase begins with a word, none of _ and ...
    Beginning(usize),
}

/// The phrases of some kinds. Kinds are numbers below 32, and a set of them is a number with their bits.
#[derive(Debug)]
pub(crate) struct Phrases {
    words: HashMap<Box<str>, u16, BuildHasherDefault<WordHasher>>,
    /// The phrases that begin with each word.
    begin: Vec<Vec<Phrase>>,
}

/// The hash of a word. Which words are known is fixed, so nobody can make them collide.
#[derive(Debug)]
struct WordHasher(u64);

impl Default for WordHasher {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        // The table looks at the highest bits and at the lowest ones.
        self.0 ^ (self.0 >> 32)
    }
}

impl Default for Phrases {
    fn default() -> Self {
        Self {
            words: HashMap::default(),
            begin: vec![Vec::new(), Vec::new()],
        }
    }
}

impl Phrases {
    /// Adds the phrases of a file; `kind_of` knows its kinds by their names.
    pub fn and(mut self, text: &str, kind_of: impl Fn(&str) -> Option<u32>) -> Result<Self, Fault> {
        let mut names: HashMap<&str, String> = HashMap::new();
        let mut kind = None;
        for (number, line) in (1..).zip(text.lines().map(str::trim)) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some((name, choices)) = line.strip_prefix('@').and_then(|l| l.split_once(' ')) {
                names.insert(name, filled(choices, &names).ok_or(Fault::Name(number))?);
            } else if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                kind = Some(kind_of(name).ok_or(Fault::Kind(number))?);
            } else {
                let kind = kind.ok_or(Fault::NoKind(number))?;
                let whole = filled(line, &names).ok_or(Fault::Name(number))?;
                let (takes_away, row) = match whole.strip_prefix("- ") {
                    Some(row) => (true, row),
                    None => (false, whole.as_str()),
                };
                self.add(kind, takes_away, row)
                    .ok_or(Fault::Beginning(number))?;
            }
        }
        Ok(self)
    }

    /// The kinds of which a message has a phrase, and none that takes the kind away.
    pub fn found(&self, plain: &Plain, desk: &mut Vec<u16>) -> u32 {
        desk.clear();
        desk.push(BREAK);
        for (text, kind) in plain.tokens() {
            match kind {
                Kind::Word | Kind::Number => {
                    desk.push(self.words.get(text).copied().unwrap_or(UNKNOWN));
                }
                Kind::Mark | Kind::Pause => desk.push(BREAK),
                Kind::Link | Kind::Emoticon | Kind::Emoji => {}
            }
        }
        desk.push(BREAK);
        let (mut found, mut gone) = (0, 0);
        for (at, word) in desk.iter().enumerate() {
            if *word == UNKNOWN {
                continue;
            }
            for phrase in &self.begin[usize::from(*word)] {
                let known = if phrase.takes_away { gone } else { found };
                let bit = 1 << phrase.kind;
                if known & bit == 0 && fits(&phrase.rest, &desk[at + 1..]) {
                    if phrase.takes_away {
                        gone |= bit;
                    } else {
                        found |= bit;
                    }
                }
            }
        }
        found & !gone
    }

    fn add(&mut self, kind: u32, takes_away: bool, row: &str) -> Option<()> {
        let parts: Vec<Part> = row.split_whitespace().map(|part| self.part(part)).collect();
        self.begin_with(kind, takes_away, &parts)
    }

    fn begin_with(&mut self, kind: u32, takes_away: bool, parts: &[Part]) -> Option<()> {
        let (first, rest) = parts.split_first()?;
        let (Part::One(words) | Part::Maybe(words)) = first else {
            return None;
        };
        for word in words {
            self.begin[usize::from(*word)].push(Phrase {
                kind,
                takes_away,
                rest: rest.to_vec(),
            });
        }
        if matches!(first, Part::Maybe(_)) {
            self.begin_with(kind, takes_away, rest)?;
        }
        Some(())
    }

    fn part(&mut self, part: &str) -> Part {
        match part {
            "_" => Part::Any,
            ".." => Part::Gap,
            _ => match part.strip_prefix('?') {
                Some(maybe) => Part::Maybe(self.ids(maybe)),
                None => Part::One(self.ids(part)),
            },
        }
    }

    fn ids(&mut self, choices: &str) -> Vec<u16> {
        choices.split('|').map(|word| self.id(word)).collect()
    }

    fn id(&mut self, word: &str) -> u16 {
        if matches!(word, "^" | "$") {
            return BREAK;
        }
        if let Some(id) = self.words.get(word) {
            return *id;
        }
        // Files have some hundred words.
        let id = u16::try_from(self.begin.len()).unwrap_or(UNKNOWN);
        self.words.insert(word.into(), id);
        self.begin.push(Vec::new());
        id
    }
}

/// Whether these parts stand at the beginning of these words.
fn fits(parts: &[Part], words: &[u16]) -> bool {
    let Some((part, rest)) = parts.split_first() else {
        return true;
    };
    let one = |choices: &[u16]| {
        let first = words.first();
        first.is_some_and(|word| choices.contains(word)) && fits(rest, &words[1..])
    };
    match part {
        Part::One(choices) => one(choices),
        Part::Maybe(choices) => one(choices) || fits(rest, words),
        Part::Any => words.first().is_some_and(|word| *word != BREAK) && fits(rest, &words[1..]),
        Part::Gap => (0..=GAP)
            .take_while(|length| {
                words
                    .get(..*length)
                    .is_some_and(|gap| !gap.contains(&BREAK))
            })
            .any(|length| fits(rest, &words[length..])),
    }
}

/// A line with its names replaced by what they stand for.
fn filled(line: &str, names: &HashMap<&str, String>) -> Option<String> {
    let mut filled = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        filled.push_str(before);
        filled.push_str(names.get(name)?);
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}
