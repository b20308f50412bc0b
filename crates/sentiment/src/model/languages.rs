//! The table that tells short texts of many languages apart.
//!
//! Sixteen lanes of 4 bits make one 8-byte row: a feature's weights for all lanes are read at
//! once. The last lane stands for every other language of the Latin script.

use super::{exp, number, share};
use crate::features::Features;

/// The languages that are told apart, ISO 639-1, in the order of the lanes.
pub const LANGUAGES: [&str; 15] = [
    "nl", "en", "af", "de", "da", "sv", "no", "fi", "hu", "tr", "pl", "pt", "it", "fr", "es",
];

/// Lanes: the languages, and one for all others.
pub const LANES: usize = 16;

/// How many bits of a hash choose a row of the table.
pub const BITS: u32 = 15;

/// The rows of a table.
pub const ROWS: usize = 1 << BITS;

/// What the pieces of words weigh against whole words.
pub const PIECES: f32 = 1.0;

/// The numbers in front of the table: the scale, and an offset for each lane.
pub const HEAD: usize = 4 * (1 + LANES);

/// The nibble of weight 0.
pub const ZERO: u8 = 8;

const LOW: u64 = 0x0f0f_0f0f_0f0f_0f0f;

/// How many nibbles a byte can add up.
const FULL: usize = 17;

/// A table and its numbers.
#[derive(Debug)]
pub struct Table {
    rows: Vec<u64>,
    scale: f32,
    offsets: [f32; LANES],
}

impl Table {
    /// Reads a table; missing rows say nothing.
    pub fn new(bytes: &[u8]) -> Self {
        let rows = bytes.get(HEAD..).unwrap_or_default().chunks_exact(8);
        let rows = rows.map(|row| row.try_into().map_or(0, u64::from_le_bytes));
        let mut rows: Vec<u64> = rows.collect();
        rows.resize(ROWS, u64::MAX / 15 * u64::from(ZERO));
        Self {
            rows,
            scale: number(bytes, 0),
            offsets: std::array::from_fn(|lane| number(bytes, 4 * (1 + lane))),
        }
    }

    /// The probability of each lane.
    pub fn probabilities(&self, features: &Features) -> [f32; LANES] {
        let words = self.sums(&features.words);
        let pieces = self.sums(&features.pieces);
        let word_share = share(features.words.len());
        let piece_share = share(features.pieces.len()) * PIECES;
        softmax(std::array::from_fn(|lane| {
            let sum = words[lane] * word_share + pieces[lane] * piece_share;
            self.offsets[lane] + self.scale * sum
        }))
    }

    fn sums(&self, features: &[u32]) -> [f32; LANES] {
        let mut sums = [0u32; LANES];
        for some in features.chunks(FULL) {
            let (mut even, mut odd) = (0u64, 0u64);
            for feature in some {
                let weights = self.rows[row(*feature)];
                even += weights & LOW;
                odd += weights >> 4 & LOW;
            }
            for (pair, (even, odd)) in even
                .to_le_bytes()
                .into_iter()
                .zip(odd.to_le_bytes())
                .enumerate()
            {
                sums[2 * pair] += u32::from(even);
                sums[2 * pair + 1] += u32::from(odd);
            }
        }
        // Some thousand features of at most 15 are exact in f32.
        #[allow(clippy::cast_precision_loss)]
        sums.map(|sum| sum as f32 - (features.len() * usize::from(ZERO)) as f32)
    }
}

/// The probabilities of exponents.
pub fn softmax(exponents: [f32; LANES]) -> [f32; LANES] {
    let greatest = exponents.into_iter().fold(f32::MIN, f32::max);
    let powers = exponents.map(|exponent| exp(exponent - greatest));
    let all: f32 = powers.iter().sum();
    powers.map(|power| power / all)
}

/// The row of a feature.
pub fn row(feature: u32) -> usize {
    (feature >> (32 - BITS)) as usize
}
