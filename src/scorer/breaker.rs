//! Whether the operator's scorer is left alone for a while.

use std::time::{Duration, Instant};

/// How many batches fail in a row before it is.
const FAILURES: u32 = 5;
/// For how long.
const PAUSE: Duration = Duration::from_secs(30);

/// What is known of the latest batches.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    failures: u32,
    until: Option<Instant>,
}

impl Breaker {
    /// Whether a batch may be asked about now. After the pause one is, and the next ones once that went well or the next pause is
    /// over.
    pub(super) fn may_try(&mut self, now: Instant) -> bool {
        match self.until {
            None => true,
            Some(until) if now < until => false,
            Some(_) => {
                self.until = Some(now + PAUSE);
                true
            }
        }
    }

    /// How a batch went.
    pub(super) fn hears(&mut self, went_well: bool, now: Instant) {
        if went_well {
            *self = Self::default();
            return;
        }
        self.failures = self.failures.saturating_add(1);
        if self.failures >= FAILURES {
            self.until = Some(now + PAUSE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_left_alone_after_five_failures_in_a_row_and_tried_once_after_the_pause() {
        let (mut breaker, start) = (Breaker::default(), Instant::now());
        for _ in 0..FAILURES {
            assert!(breaker.may_try(start));
            breaker.hears(false, start);
        }
        assert!(!breaker.may_try(start));
        let later = start + PAUSE;
        assert!(breaker.may_try(later));
        assert!(!breaker.may_try(later), "one at a time");
        breaker.hears(true, later);
        assert!(breaker.may_try(later));
        breaker.hears(false, later);
        assert!(breaker.may_try(later), "one failure is none");
    }
}
