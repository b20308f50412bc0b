//! A bucket of tokens for each subject: full at first, filled at an even rate, one for a request.
//!
//! A bucket is one number, the instant at which it will be full again. Memory is bounded: each shard
//! keeps the subjects that asked last, and one that was crowded out begins with a full bucket.

use std::hash::{BuildHasher as _, RandomState};
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lru::LruCache;
use tokio::time::Instant;

use domain::Subject;

/// Locks, so that requests of many viewers seldom wait for each other.
const SHARDS: usize = 16;
/// Subjects that a shard remembers.
const SUBJECTS: NonZeroUsize = NonZeroUsize::new(2_048).unwrap();

/// How often one viewer may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests a second, in the long run; 0 counts as 1.
    pub per_second: u32,
    /// Requests at once, after a rest; 0 counts as 1.
    pub burst: u32,
}

/// The buckets of all subjects with one rate.
pub(super) struct Buckets {
    rate: Rate,
    /// What one request takes, and what a full bucket holds beside it.
    request: Duration,
    spare: Duration,
    /// What instants are counted from.
    start: Instant,
    hasher: RandomState,
    /// For each subject when its bucket is full again.
    shards: [Mutex<LruCache<Subject, Duration>>; SHARDS],
}

impl Buckets {
    pub(super) fn new(rate: Rate, start: Instant) -> Self {
        let request = Duration::from_secs(1) / rate.per_second.max(1);
        Self {
            rate,
            request,
            spare: request * rate.burst.saturating_sub(1),
            start,
            hasher: RandomState::new(),
            shards: std::array::from_fn(|_| Mutex::new(LruCache::sparse(SUBJECTS))),
        }
    }

    pub(super) const fn rate(&self) -> Rate {
        self.rate
    }

    /// Takes one token of this subject's; else how long it is until there is one.
    pub(super) fn take(&self, subject: &Subject, now: Instant) -> Result<(), Duration> {
        let now = now.saturating_duration_since(self.start);
        // The remainder is smaller than the number of shards, so it fits.
        let shard = usize::try_from(self.hasher.hash_one(subject) % SHARDS as u64).unwrap_or(0);
        let mut buckets = self.shards[shard]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let full_at = buckets.get(subject).copied().unwrap_or(now).max(now);
        let wait = full_at.saturating_sub(now).saturating_sub(self.spare);
        if !wait.is_zero() {
            return Err(wait);
        }
        match buckets.get_mut(subject) {
            Some(bucket) => *bucket = full_at + self.request,
            None => {
                buckets.put(subject.clone(), full_at + self.request);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn subject(name: &str) -> Subject {
        Subject::new(name).unwrap()
    }

    fn buckets(per_second: u32, burst: u32) -> (Buckets, Instant) {
        let start = Instant::now();
        (Buckets::new(Rate { per_second, burst }, start), start)
    }

    #[test]
    fn a_rested_viewer_has_a_burst_and_then_the_rate() {
        let (buckets, start) = buckets(10, 3);
        let ann = subject("ann");
        let at = |millis| start + Duration::from_millis(millis);
        for _ in 0..3 {
            assert_eq!(buckets.take(&ann, at(0)), Ok(()));
        }
        assert_eq!(buckets.take(&ann, at(0)), Err(Duration::from_millis(100)));
        assert_eq!(buckets.take(&ann, at(40)), Err(Duration::from_millis(60)));
        // What was refused cost nothing.
        assert_eq!(buckets.take(&ann, at(100)), Ok(()));
        assert!(buckets.take(&ann, at(100)).is_err());
        // A rest fills the bucket and no more than that.
        for _ in 0..3 {
            assert_eq!(buckets.take(&ann, at(60_000)), Ok(()));
        }
        assert!(buckets.take(&ann, at(60_000)).is_err());
    }

    #[test]
    fn one_viewers_requests_cost_another_nothing() {
        let (buckets, now) = buckets(1, 1);
        assert_eq!(buckets.take(&subject("ann"), now), Ok(()));
        assert!(buckets.take(&subject("ann"), now).is_err());
        assert_eq!(buckets.take(&subject("bob"), now), Ok(()));
    }

    #[test]
    fn the_memory_is_bounded_whoever_asks() {
        let (buckets, now) = buckets(1, 1);
        for number in 0..100_000 {
            let _ = buckets.take(&subject(&format!("viewer {number}")), now);
        }
        let kept: usize = buckets
            .shards
            .iter()
            .map(|shard| shard.lock().unwrap().len())
            .sum();
        assert!(kept <= SHARDS * SUBJECTS.get(), "{kept}");
        // Those who asked last are remembered.
        assert!(buckets.take(&subject("viewer 99999"), now).is_err());
    }
}
