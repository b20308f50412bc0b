//! Makes probabilities of exponents: a scale and an offset each, so that of the messages with a
//! confidence of 0.8 about 80 in 100 are right.

use crate::fit::probabilities;

const STEPS: usize = 3_000;
const RATE: f32 = 0.1;

/// One message: its exponents, how it was labelled (2 is neutral), what it counts.
pub type Measured = ([f32; 2], usize, f32);

/// A scale and an offset for unhappy and for happy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// What the exponents are multiplied by.
    pub scale: [f32; 2],
    /// What is added then.
    pub offset: [f32; 2],
}

impl Calibration {
    /// Changes nothing.
    pub const NONE: Self = Self {
        scale: [1.0; 2],
        offset: [0.0; 2],
    };

    /// The exponents, calibrated.
    pub fn of(&self, exponents: [f32; 2]) -> [f32; 2] {
        std::array::from_fn(|side| self.scale[side] * exponents[side] + self.offset[side])
    }

    /// The one that makes these labels most likely.
    pub fn fitted(measured: &[Measured]) -> Self {
        let mut found = Self::NONE;
        let all: f32 = measured.iter().map(|one| one.2).sum::<f32>().max(1.0);
        for _ in 0..STEPS {
            let (mut scale, mut offset) = ([0.0; 2], [0.0; 2]);
            for (exponents, label, weight) in measured {
                let likely = probabilities(found.of(*exponents), true);
                for side in 0..2 {
                    let off = likely[side] - f32::from(u8::from(*label == side));
                    scale[side] += off * exponents[side] * weight / all;
                    offset[side] += off * weight / all;
                }
            }
            for side in 0..2 {
                found.scale[side] -= RATE * scale[side];
                found.offset[side] -= RATE * offset[side];
            }
        }
        found
    }
}
