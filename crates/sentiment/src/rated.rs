//! A list of rated words, by the hashes of the words.
//!
//! The weights cannot know every word that praises or blames; a lexicon knows many. What it makes
//! of a message is one feature among others, so a wrong rating is outvoted.

use std::collections::HashMap;

use crate::features::{negates, word_hash};
use crate::normal::{Kind, Plain};

/// What is left of praise, and of blame, behind a negation: "not good" is bad, "not bad" is
/// hardly good.
const TURNED: [i32; 2] = [-70, -30];

/// How far back a negation reaches, in words.
const REACH: usize = 3;

/// From which sums, in hundredths, one step of the feature leads to the next.
const STEPS: [i32; 4] = [15, 45, 80, 140];

/// The bytes of one word in a file: its hash and its rating.
const ENTRY: usize = 5;

/// Rated words: -100 the worst, 100 the best.
#[derive(Debug, Default)]
pub struct Lexicon(HashMap<u32, i8, Direct>);

/// The keys are hashes already.
#[derive(Clone, Copy, Debug, Default)]
struct Direct(u64);

impl std::hash::BuildHasher for Direct {
    type Hasher = Self;
    fn build_hasher(&self) -> Self {
        *self
    }
}

impl std::hash::Hasher for Direct {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0 << 8 | u64::from(*byte);
        }
    }
    fn write_u32(&mut self, hash: u32) {
        // The table takes both the lowest and the highest bits.
        self.0 = u64::from(hash) << 32 | u64::from(hash);
    }
}

impl Lexicon {
    /// A lexicon of words and ratings; of two ratings of one hash the last stays.
    pub fn new<'a>(words: impl Iterator<Item = (&'a str, i8)>) -> Self {
        Self(
            words
                .map(|(word, rating)| (word_hash(word), rating))
                .collect(),
        )
    }

    /// Reads what [`Lexicon::write`] wrote; a torn last entry is left out.
    pub fn read(bytes: &[u8]) -> Self {
        let entries = bytes.chunks_exact(ENTRY).map(|entry| {
            let hash = u32::from_le_bytes([entry[0], entry[1], entry[2], entry[3]]);
            (hash, i8::from_le_bytes([entry[4]]))
        });
        Self(entries.collect())
    }

    /// The lexicon as bytes, in the order of the hashes.
    pub fn write(&self) -> Vec<u8> {
        let mut entries: Vec<_> = self.0.iter().collect();
        entries.sort_unstable();
        let bytes = entries.into_iter().flat_map(|(hash, rating)| {
            let [a, b, c, d] = hash.to_le_bytes();
            [a, b, c, d, rating.to_le_bytes()[0]]
        });
        bytes.collect()
    }

    /// What blames and what praises in a message, each from 0 (nothing) to 4.
    pub fn steps(&self, plain: &Plain) -> [u32; 2] {
        let (mut blame, mut praise) = (0, 0);
        let mut turned = 0;
        for (text, kind) in plain.tokens() {
            match kind {
                Kind::Word => {}
                Kind::Mark | Kind::Pause => turned = 0,
                _ => continue,
            }
            let mut rating = self.rating(text);
            if turned > 0 {
                rating = rating * TURNED[usize::from(rating < 0)] / 100;
                turned -= 1;
            }
            blame -= rating.min(0);
            praise += rating.max(0);
            if kind == Kind::Word && negates(text) {
                turned = REACH;
            }
        }
        [step(blame), step(praise)]
    }

    fn rating(&self, word: &str) -> i32 {
        self.0.get(&word_hash(word)).copied().map_or(0, i32::from)
    }
}

fn step(sum: i32) -> u32 {
    STEPS.iter().map(|bound| u32::from(sum >= *bound)).sum()
}
