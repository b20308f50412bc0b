//! How long to wait before asking again, and when to stop.

use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use tokio::time::Instant;

/// The first pause; each next one is twice as long.
const FIRST: Duration = Duration::from_millis(100);
/// The longest pause of our own choosing.
const LONGEST: Duration = Duration::from_secs(5);
/// After so long nothing is sent again: a server that restarts is back by then.
const ENDS_AFTER: Duration = Duration::from_mins(1);

/// The patience with one request.
pub(super) struct Patience {
    ends: Instant,
    next: Duration,
}

impl Patience {
    /// All of it, for a request that is first sent now.
    pub(super) fn from(now: Instant) -> Self {
        Self {
            ends: now + ENDS_AFTER,
            next: FIRST,
        }
    }

    /// How long to wait until the next attempt, at least as long as the server asked for; none
    /// when that would be too late.
    pub(super) fn pause(&mut self, now: Instant, asked: Option<Duration>) -> Option<Duration> {
        let pause = asked.map_or(self.next, |asked| asked.max(FIRST));
        self.next = (self.next * 2).min(LONGEST);
        (now + pause <= self.ends).then_some(pause)
    }
}

/// What a server that is busy asks for, in seconds. A date, the header's other form, is treated
/// like none: it would depend on two clocks.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok();
    seconds.map(Duration::from_secs)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let start = Instant::now();
        let mut patience = Patience::from(start);
        let mut now = start;
        let mut pauses = Vec::new();
        while let Some(pause) = patience.pause(now, None) {
            now += pause;
            pauses.push(pause);
        }
        assert_eq!(pauses[0], FIRST);
        assert_eq!(pauses[1], FIRST * 2);
        assert_eq!(pauses.last(), Some(&LONGEST));
        assert!(now <= start + ENDS_AFTER);
    }

    #[test]
    fn a_busy_server_is_given_the_time_that_it_asks_for() {
        let now = Instant::now();
        let mut patience = Patience::from(now);
        let asked = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(patience.pause(now, asked(7)), asked(7));
        assert_eq!(patience.pause(now, asked(0)), Some(FIRST));
        assert_eq!(patience.pause(now, asked(3_600)), None);
    }

    #[test]
    fn seconds_are_understood_and_dates_are_not() {
        let asked = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            retry_after(&headers)
        };
        assert_eq!(asked("2"), Some(Duration::from_secs(2)));
        assert_eq!(asked("Wed, 21 Oct 2026 07:28:00 GMT"), None);
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
