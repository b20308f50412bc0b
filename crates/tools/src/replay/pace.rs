//! How fast a dialogue is played.

use std::str::FromStr;
use std::time::Duration;

/// What somebody takes to read and to think.
const THINKING: Duration = Duration::from_millis(1_500);
/// What somebody takes to write one character.
const A_CHARACTER: Duration = Duration::from_millis(50);
/// Nobody makes the other wait longer than this.
const LONGEST: Duration = Duration::from_secs(15);
/// What an agent does after the contact.
const AFTER_WORK: Duration = Duration::from_secs(5);

/// A multiple of a realistic pace, or no pauses at all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// 1 is realistic, 2 is twice as fast.
    Times(f64),
    /// As fast as the server answers.
    Max,
}

impl Pace {
    /// Waits for as long as somebody takes to write this.
    pub(crate) async fn before(self, text: &str) {
        self.wait(writing(text)).await;
    }

    /// Waits for as long as an agent's work after the contact takes.
    pub(crate) async fn after_work(self) {
        self.wait(AFTER_WORK).await;
    }

    async fn wait(self, realistic: Duration) {
        if let Self::Times(times) = self {
            tokio::time::sleep(realistic.div_f64(times)).await;
        }
    }
}

fn writing(text: &str) -> Duration {
    let characters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    THINKING
        .saturating_add(A_CHARACTER.saturating_mul(characters))
        .min(LONGEST)
}

impl FromStr for Pace {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "max" {
            return Ok(Self::Max);
        }
        speed(text).map(Self::Times)
    }
}

/// A multiple of the realistic pace, 0.01 to 1,000.
pub fn speed(text: &str) -> Result<f64, &'static str> {
    let times = text.parse::<f64>().ok();
    times
        .filter(|times| (0.01..=1_000.0).contains(times))
        .ok_or("write a number from 0.01 to 1000, where 1 is a realistic pace")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_is_a_number_or_max() {
        assert_eq!("max".parse(), Ok(Pace::Max));
        assert_eq!("2.5".parse(), Ok(Pace::Times(2.5)));
        for wrong in ["0", "-1", "fast", "NaN", "inf", "1e9", ""] {
            assert!(wrong.parse::<Pace>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn long_texts_take_longer_but_not_for_ever() {
        assert!(writing("yes") < writing("yes, and please send me the invoice once more"));
        assert_eq!(writing(&"a".repeat(10_000)), LONGEST);
    }
}
