//! One clock for the whole program. Tests and demos move it; nothing else reads the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, DurationRound, TimeDelta, Utc};

/// The time now, to the microsecond (which both databases keep).
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead: Arc<AtomicI64>,
    /// Where it stands still, but for being moved; none: it goes with the system's.
    stands_at: Option<DateTime<Utc>>,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands still at this instant until it is moved.
    pub fn standing_at(at: DateTime<Utc>) -> Self {
        Self {
            stands_at: Some(at),
            ..Self::default()
        }
    }

    /// The instant now.
    pub fn now(&self) -> DateTime<Utc> {
        #[expect(clippy::disallowed_methods, reason = "the one clock")]
        let now = self.stands_at.unwrap_or_else(Utc::now)
            + TimeDelta::microseconds(self.ahead.load(Ordering::Relaxed));
        now.duration_trunc(TimeDelta::microseconds(1))
            .unwrap_or(now)
    }

    /// Moves the clock ahead, for everyone who shares it.
    pub fn advance(&self, by: TimeDelta) {
        self.ahead
            .fetch_add(by.num_microseconds().unwrap_or(0), Ordering::Relaxed);
    }
}
