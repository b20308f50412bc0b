//! A voice note without a voice: syllables hummed at a changing pitch, as a wave file.

use std::f64::consts::TAU;

/// Samples a second, of one byte each.
const RATE: u32 = 8_000;
/// How long a syllable and the pause after it are, in seconds.
const SYLLABLE: f64 = 0.21;

/// A wave file (8 bits, one channel) of this many seconds.
pub(super) fn note(seconds: u32) -> Vec<u8> {
    let length = RATE * seconds;
    let mut file = Vec::with_capacity(44 + length as usize);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + length).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    // PCM, one channel.
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&8_u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&length.to_le_bytes());
    file.extend((0..length).map(|at| sample(f64::from(at) / f64::from(RATE))));
    file
}

/// The sample at this second.
fn sample(second: f64) -> u8 {
    let syllable = (second / SYLLABLE).floor();
    let within = (second / SYLLABLE).fract();
    // Every seventh is a breath.
    let speaks = syllable % 7.0 < 6.0 && within < 0.8;
    let swell = if speaks {
        (within / 0.8 * TAU / 2.0).sin()
    } else {
        0.0
    };
    let pitch = 120.0 + 18.0 * (syllable * 1.7).sin();
    let tone: f64 = [(1.0, 0.5), (2.0, 0.3), (5.0, 0.15), (9.0, 0.08)]
        .iter()
        .map(|(overtone, strength)| strength * (TAU * pitch * overtone * second).sin())
        .sum();
    let level = 128.0 + 90.0 * swell * tone;
    // Between 128 - 93 and 128 + 93.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it fits"
    )]
    let level = level as u8;
    level
}
