//! What the models see of a message: hashed features.
//!
//! Two groups, because a message has many more pieces of words than words: whole words, pairs of
//! words, negated words, marks, emoji and the lexicon's score in one; character 2- to 5-grams
//! inside words in the other. Each feature is a 32-bit hash; a model takes as many of its bits
//! as its table has. Training and scoring share this file: a change here needs new weights.

use crate::normal::{Kind, Plain};

/// How many words a negation reaches.
const NEGATION_REACHES: usize = 4;

/// The longest piece of a word, in characters.
const LONGEST_PIECE: usize = 5;

/// Words longer than this are cut for their pieces; a wall of letters tells nothing.
const LONGEST_WORD: usize = 40;

/// Words that turn what comes behind them, in English and Dutch.
const NEGATIONS: [&str; 26] = [
    "not",
    "no",
    "never",
    "cannot",
    "cant",
    "dont",
    "didnt",
    "doesnt",
    "isnt",
    "wasnt",
    "wont",
    "without",
    "nothing",
    "nobody",
    "hardly",
    "nor",
    "niet",
    "geen",
    "nooit",
    "niks",
    "niets",
    "niemand",
    "zonder",
    "nergens",
    "nauwelijks",
    "noch",
];

/// Whether a word turns what comes behind it.
pub(crate) fn negates(word: &str) -> bool {
    NEGATIONS.contains(&word) || word.ends_with("n't")
}

/// A feature's hash while it is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hash(u32);

impl Hash {
    const fn new(group: u8) -> Self {
        Self(0x811c_9dc5 ^ group as u32)
    }

    const fn with(self, part: u32) -> Self {
        Self((self.0 ^ part).wrapping_mul(0x0100_0193).rotate_left(5))
    }

    fn text(self, text: &str) -> Self {
        text.bytes()
            .fold(self, |hash, byte| hash.with(u32::from(byte)))
    }

    /// Spreads what went in over all bits.
    const fn end(self) -> u32 {
        let mut hash = self.0;
        hash ^= hash >> 16;
        hash = hash.wrapping_mul(0x85eb_ca6b);
        hash ^= hash >> 13;
        hash = hash.wrapping_mul(0xc2b2_ae35);
        hash ^ (hash >> 16)
    }
}

/// The hash by which a lexicon knows a word.
pub fn word_hash(word: &str) -> u32 {
    Hash::new(b'l').text(word).end()
}

/// The features of one message. Reuse one for many messages to spare its memory.
#[derive(Debug, Default)]
pub struct Features {
    /// Words, pairs, negated words, marks, emoji, lexicon.
    pub words: Vec<u32>,
    /// Pieces of words.
    pub pieces: Vec<u32>,
    letters: Vec<u32>,
}

impl Features {
    /// Replaces what is here by the features of a message; `lexicon` is what the lexicon makes
    /// of it, as the steps that [`Lexicon::steps`](crate::rated::Lexicon::steps) has.
    pub fn of_feeling(&mut self, plain: &Plain, lexicon: [u32; 2]) {
        self.words.clear();
        self.pieces.clear();
        self.words_and_pairs(plain);
        if plain.is_shouted() {
            self.words.push(Hash::new(b'!').end());
        }
        for (sign, step) in lexicon.into_iter().enumerate() {
            let side = Hash::new(b'x').with(u32::from(sign > 0));
            self.words.push(side.with(step).end());
        }
        let both = Hash::new(b'X').with(lexicon[0]).with(lexicon[1]);
        self.words.push(both.end());
        for (text, kind) in plain.tokens() {
            if kind == Kind::Word {
                self.pieces_of(text, 2);
            }
        }
    }

    /// Replaces what is here by the features that tell a language: words and their pieces.
    pub fn of_language(&mut self, plain: &Plain) {
        self.words.clear();
        self.pieces.clear();
        for word in plain.words() {
            self.words.push(Hash::new(b'w').text(word).end());
            self.pieces_of(word, 1);
        }
    }

    fn words_and_pairs(&mut self, plain: &Plain) {
        let start = Hash::new(b'^');
        let (mut before, mut last) = (start, start);
        let mut negated = 0;
        for (text, kind) in plain.tokens() {
            if kind == Kind::Pause {
                negated = 0;
                continue;
            }
            let word = Hash::new(b'w').text(text);
            self.words.push(word.end());
            self.words.push(last.with(word.0).end());
            if before != start {
                self.words.push(before.with(0xff).with(word.0).end());
            }
            if kind == Kind::Mark {
                negated = 0;
            }
            if kind == Kind::Word {
                if negated > 0 {
                    self.words.push(Hash::new(b'n').with(word.0).end());
                    negated -= 1;
                }
                if negates(text) {
                    negated = NEGATION_REACHES;
                }
            }
            (before, last) = (last, word);
        }
        self.words.push(last.with(u32::from(b'$')).end());
    }

    fn pieces_of(&mut self, word: &str, shortest: usize) {
        self.letters.clear();
        self.letters.push(u32::from(b'_'));
        self.letters
            .extend(word.chars().take(LONGEST_WORD).map(u32::from));
        self.letters.push(u32::from(b'_'));
        for from in 0..self.letters.len() {
            let mut hash = Hash::new(b'c');
            let rest = &self.letters[from..];
            for (index, letter) in rest.iter().take(LONGEST_PIECE).enumerate() {
                hash = hash.with(*letter);
                if index + 1 >= shortest {
                    self.pieces.push(hash.end());
                }
            }
        }
    }
}
