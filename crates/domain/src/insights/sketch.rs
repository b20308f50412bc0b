//! Durations: their number, their sum, how many were within each of the known limits, and percentiles.
//!
//! Number, sum and limits are exact. Percentiles come from counts in bins of logarithmic width, as `DDSketch` has them: a value is
//! told with at most 1 % of relative error, and joined sketches are the sketch of all values. Bins are whole numbers, and only
//! those that are not empty are kept, since most sketches are of a minute.

use serde::{Deserialize, Serialize};

use super::counts::Counts;

/// The limits in seconds within which durations are counted: what a service level may be asked for.
pub const LIMITS: [u32; 17] = [
    5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1_800, 3_600, 14_400, 86_400,
];

/// The relative error of a percentile, at most.
pub const ERROR: f64 = 0.01;

/// Some durations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Durations {
    /// How many.
    #[serde(rename = "n", default, skip_serializing_if = "is_zero")]
    pub count: u64,
    /// How long together, in milliseconds.
    #[serde(rename = "s", default, skip_serializing_if = "is_zero")]
    pub millis: u64,
    /// How many are above the limit before and within this one, by the limit's place.
    #[serde(rename = "w", default, skip_serializing_if = "Counts::is_empty")]
    within: Counts,
    /// How many are in each bin.
    #[serde(rename = "b", default, skip_serializing_if = "Counts::is_empty")]
    bins: Counts,
}

// The signature is serde's.
#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Durations {
    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Adds one of so many milliseconds.
    pub fn add(&mut self, millis: u64) {
        self.count += 1;
        self.millis += millis;
        let place = LIMITS.partition_point(|limit| u64::from(*limit) * 1_000 < millis);
        if let Some(place) = u16::try_from(place).ok().filter(|_| place < LIMITS.len()) {
            self.within.add(place, 1);
        }
        self.bins.add(bin_of(millis), 1);
    }

    /// Adds all of these.
    pub fn join(&mut self, other: &Self) {
        self.count += other.count;
        self.millis += other.millis;
        self.within.join(&other.within);
        self.bins.join(&other.bins);
    }

    /// How many took at most so many seconds; none: it is none of the [`LIMITS`].
    pub fn within(&self, seconds: u32) -> Option<u64> {
        let place = LIMITS.iter().position(|limit| *limit == seconds)?;
        let upto = self.within.iter();
        let upto = upto.take_while(|(limit, _)| usize::from(*limit) <= place);
        Some(upto.map(|(_, count)| count).sum())
    }

    /// Their mean in seconds; none: there are none.
    pub fn mean_seconds(&self) -> Option<f64> {
        // Counts and sums are far below where a double is too coarse.
        #[allow(clippy::cast_precision_loss)]
        (self.count > 0).then(|| self.millis as f64 / self.count as f64 / 1_000.0)
    }

    /// The value in seconds that so many percent of them do not exceed, to 1 %; none: there are none.
    pub fn percentile_seconds(&self, percent: u64) -> Option<f64> {
        let rank = (self.count * percent).div_ceil(100).max(1);
        let mut seen = 0;
        for (bin, count) in self.bins.iter() {
            seen += count;
            if seen >= rank {
                return Some(middle_of(bin) / 1_000.0);
            }
        }
        None
    }
}

/// The ratio of a bin's bounds.
const RATIO: f64 = (1.0 + ERROR) / (1.0 - ERROR);

/// Bin 0 has what is below a millisecond; bin i from there on what is above RATIO^(i - 2) and up to RATIO^(i - 1).
fn bin_of(millis: u64) -> u16 {
    if millis == 0 {
        return 0;
    }
    #[allow(clippy::cast_precision_loss)] // A duration of 285,000 years is not counted.
    let place = (millis as f64).ln() / RATIO.ln();
    // Far below: the longest duration there can be is in bin 2,220.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let place = place.ceil() as u16;
    place + 1
}

/// The value of a bin that is off by as little as possible, in milliseconds.
fn middle_of(bin: u16) -> f64 {
    match bin {
        0 => 0.0,
        bin => 2.0 * RATIO.powi(i32::from(bin) - 1) / (RATIO + 1.0),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(values: &[u64]) -> Durations {
        let mut durations = Durations::default();
        for value in values {
            durations.add(*value);
        }
        durations
    }

    #[test]
    fn of_none_there_is_no_mean_and_no_percentile() {
        let none = Durations::default();
        assert_eq!(none.mean_seconds(), None);
        assert_eq!(none.percentile_seconds(50), None);
        assert_eq!(none.within(20), Some(0));
        assert_eq!(none.within(21), None);
    }

    #[test]
    fn a_limit_takes_what_is_exactly_as_long() {
        let some = of(&[0, 5_000, 5_001, 20_000, 20_001, 90_000_000]);
        assert_eq!(some.within(5), Some(2));
        assert_eq!(some.within(10), Some(3));
        assert_eq!(some.within(20), Some(4));
        assert_eq!(some.within(86_400), Some(5));
        assert_eq!(some.mean_seconds(), Some(90_050.002 / 6.0));
    }

    proptest! {
        #[test]
        #[allow(clippy::cast_precision_loss)] // Durations of days.
        fn percentiles_are_within_their_error_however_they_are_joined(
            one in prop::collection::vec(0_u64..100_000_000, 0..200),
            other in prop::collection::vec(0_u64..5_000, 1..200),
            percent in 1_usize..=100,
        ) {
            let mut joined = of(&one);
            joined.join(&of(&other));
            let mut all: Vec<_> = one.iter().chain(&other).copied().collect();
            prop_assert_eq!(&joined, &of(&all));
            all.sort_unstable();
            let rank = (all.len() * percent).div_ceil(100).max(1);
            let exact = all[rank - 1] as f64 / 1_000.0;
            let told = joined.percentile_seconds(percent as u64).unwrap_or(f64::NAN);
            prop_assert!((told - exact).abs() <= exact * (ERROR + 1e-9), "{told} is not {exact}");
            for limit in LIMITS {
                let exact = all.iter().filter(|one| **one <= u64::from(limit) * 1_000).count();
                prop_assert_eq!(joined.within(limit), Some(exact as u64));
            }
        }
    }
}
