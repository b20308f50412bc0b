//! The grammar of service sentences: patterns by kind, and what may stand in their gaps.
//!
//! A file has three forms of lines: `@name a | b | c` says what may stand in `{name}`;
//! `[kind -]` opens a kind of sentences with its feeling (`-` unhappy, `0` neutral, `+` happy);
//! every other line is a pattern, where `(a|b|)` is one of these, or nothing, and `{name}` a gap.

use std::collections::BTreeMap;

use crate::Feels;
use crate::random::Random;

/// The deepest nesting of gaps; deeper is a circle.
const DEEPEST: usize = 8;

/// What is wrong with a file of the grammar.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A pattern before the first kind.
    #[error("line {0}: no kind has been opened")]
    NoKind(usize),
    /// A kind without a feeling.
    #[error("line {0}: a kind is written [name -], [name 0] or [name +]")]
    Kind(usize),
}

/// One kind of sentences.
#[derive(Debug)]
pub struct Kind {
    /// Its name: delay, thanks, ...
    pub name: String,
    /// How its sentences feel.
    pub feels: Feels,
    patterns: Vec<String>,
}

impl Kind {
    /// How many patterns it has.
    pub fn patterns(&self) -> usize {
        self.patterns.len()
    }
}

/// One language's grammar.
#[derive(Debug)]
pub struct Grammar {
    gaps: BTreeMap<String, Vec<String>>,
    /// The kinds, in the order of the file.
    pub kinds: Vec<Kind>,
}

impl Grammar {
    /// Reads a file's text.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let mut grammar = Self {
            gaps: BTreeMap::new(),
            kinds: Vec::new(),
        };
        for (number, line) in (1..).zip(text.lines().map(str::trim)) {
            if let Some((name, choices)) = line.strip_prefix('@').and_then(|l| l.split_once(' ')) {
                let choices = choices.split(" | ").map(|c| c.trim().to_owned());
                grammar.gaps.insert(name.to_owned(), choices.collect());
            } else if let Some(head) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                let (name, sign) = head.split_once(' ').ok_or(Fault::Kind(number))?;
                let feels = Feels::of_sign(sign).ok_or(Fault::Kind(number))?;
                grammar.kinds.push(Kind {
                    name: name.to_owned(),
                    feels,
                    patterns: Vec::new(),
                });
            } else if !line.is_empty() {
                let kind = grammar.kinds.last_mut().ok_or(Fault::NoKind(number))?;
                kind.patterns.push(line.to_owned());
            }
        }
        Ok(grammar)
    }

    /// So many sentences of every pattern of a kind. A pattern without gaps gives the same
    /// sentence each time: "thank you" alone has to weigh as much as a pattern that holds it.
    pub fn sentences(&self, kind: &Kind, each: usize, random: &mut Random) -> Vec<String> {
        let mut all = Vec::new();
        for pattern in &kind.patterns {
            let drawn = (0..each).map(|_| self.fill(pattern, random, 0));
            all.extend(drawn.map(|sentence| tidy(&sentence)));
        }
        all
    }

    fn fill(&self, pattern: &str, random: &mut Random, depth: usize) -> String {
        let mut filled = String::new();
        let mut rest = pattern;
        while let Some(at) = rest.find(['(', '{']) {
            filled.push_str(&rest[..at]);
            let (inside, after) = enclosed(&rest[at..]);
            let chosen = if rest[at..].starts_with('{') {
                let choices = self.gaps.get(inside);
                choices.and_then(|choices| random.pick(choices)).cloned()
            } else {
                let choices: Vec<_> = inside.split('|').collect();
                random.pick(&choices).map(|choice| (*choice).to_owned())
            };
            if depth < DEEPEST {
                let chosen = chosen.unwrap_or_default();
                filled.push_str(&self.fill(&chosen, random, depth + 1));
            }
            rest = after;
        }
        filled.push_str(rest);
        filled
    }
}

/// What stands between the bracket in front and its partner, and what comes behind.
fn enclosed(text: &str) -> (&str, &str) {
    let close = if text.starts_with('(') { ')' } else { '}' };
    let end = text.find(close).unwrap_or(text.len() - 1);
    (&text[1..end], text.get(end + 1..).unwrap_or_default())
}

fn tidy(sentence: &str) -> String {
    let words: Vec<_> = sentence.split_whitespace().collect();
    words.join(" ").replace(" ,", ",").replace(" !", "!")
}
