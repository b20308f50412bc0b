//! One language's model of feeling: is this message unhappy, neutral or happy.
//!
//! Linear: each feature has a weight for unhappy and one for happy, 4 bits each in one byte;
//! neutral is the reference with 0. The sums, scaled, are the exponents of the probabilities.

use super::{exp, number, share};
use crate::features::Features;

/// How many bits of a hash choose a row of the table.
pub const BITS: u32 = 18;

/// The rows of a table.
pub const ROWS: usize = 1 << BITS;

/// What the pieces of words weigh against whole words.
pub const PIECES: f32 = 0.7;

/// The numbers in front of the table: scale and offset for unhappy and for happy.
pub const HEAD: usize = 16;

/// The nibble of weight 0.
pub const ZERO: u8 = 8;

/// The probabilities of the three feelings; their sum is 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Feeling {
    /// Unhappy.
    pub negative: f32,
    /// A plain statement, question or request.
    pub neutral: f32,
    /// Happy.
    pub positive: f32,
}

impl Feeling {
    /// The probabilities of exponents, neutral's being 0.
    pub fn of([negative, positive]: [f32; 2]) -> Self {
        let (negative, positive) = (exp(negative), exp(positive));
        let all = negative + 1.0 + positive;
        Self {
            negative: negative / all,
            neutral: 1.0 / all,
            positive: positive / all,
        }
    }

    /// P(positive) - P(negative), in [-1, 1].
    pub fn score(self) -> f32 {
        self.positive - self.negative
    }

    /// The greatest of the probabilities.
    pub fn confidence(self) -> f32 {
        self.negative.max(self.neutral).max(self.positive)
    }
}

/// A table and its numbers.
#[derive(Debug)]
pub struct Model<'a> {
    table: &'a [u8],
    scale: [f32; 2],
    offset: [f32; 2],
}

impl<'a> Model<'a> {
    /// Reads a model; a table of another size is treated as if the missing weights were 0.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            table: bytes.get(HEAD..).unwrap_or_default(),
            scale: [number(bytes, 0), number(bytes, 4)],
            offset: [number(bytes, 8), number(bytes, 12)],
        }
    }

    /// The feeling of a message with these features.
    pub fn feeling(&self, features: &Features) -> Feeling {
        Feeling::of(self.exponents(features))
    }

    /// The exponents of unhappy and happy of a message with these features.
    pub fn exponents(&self, features: &Features) -> [f32; 2] {
        let words = self.sums(&features.words);
        let pieces = self.sums(&features.pieces);
        let word_share = share(features.words.len());
        let piece_share = share(features.pieces.len()) * PIECES;
        let exponent = |side: usize| {
            let sum = words[side] * word_share + pieces[side] * piece_share;
            self.offset[side] + self.scale[side] * sum
        };
        [exponent(0), exponent(1)]
    }

    fn sums(&self, features: &[u32]) -> [f32; 2] {
        let (mut low, mut high) = (0u32, 0u32);
        for feature in features {
            let both = self
                .table
                .get(row(*feature))
                .copied()
                .unwrap_or(ZERO << 4 | ZERO);
            low += u32::from(both & 15);
            high += u32::from(both >> 4);
        }
        // Some thousand features of at most 15 are exact in f32.
        #[allow(clippy::cast_precision_loss)]
        let signed = |sum: u32| sum as f32 - (features.len() * usize::from(ZERO)) as f32;
        [signed(low), signed(high)]
    }
}

/// The row of a feature.
pub fn row(feature: u32) -> usize {
    (feature >> (32 - BITS)) as usize
}
