//! The trained models: tables of small weights, and what they make of features.

pub mod feeling;
pub mod languages;

/// The exponential function, the same to the last bit on every machine: the platform's own may
/// differ, and weights have to be trained again byte by byte. Error below 1e-6 of the value.
pub fn exp(x: f32) -> f32 {
    let x = x.clamp(-30.0, 30.0);
    // e^x = (e^(x/1024))^1024, and e^y is 1 + y + y²/2 + y³/6 for so small an y.
    let y = f64::from(x) / 1024.0;
    let mut power = 1.0 + y * (1.0 + y * (0.5 + y / 6.0));
    for _ in 0..10 {
        power *= power;
    }
    // Rounded to what is asked for.
    #[allow(clippy::cast_possible_truncation)]
    let power = power as f32;
    power
}

/// Four bytes at a place, as a number; 0 behind the end.
fn number(bytes: &[u8], at: usize) -> f32 {
    bytes.get(at..at + 4).map_or(0.0, |four| {
        f32::from_le_bytes([four[0], four[1], four[2], four[3]])
    })
}

/// 1 / √count, and 0 for none: many features of one message say not much more than some.
pub(crate) fn share(count: usize) -> f32 {
    // A message has some thousand features at most.
    #[allow(clippy::cast_precision_loss)]
    let count = count as f32;
    if count > 0.0 { 1.0 / count.sqrt() } else { 0.0 }
}
