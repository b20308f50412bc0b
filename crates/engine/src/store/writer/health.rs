//! Whether commands are carried out, and why not: what readiness says.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::store::StoreError;

/// How long the database may keep the writer before it counts as not answering. What fails says so at once; but a connection, a
/// lock or an answer may be waited for much longer than that until it fails.
const STUCK: Duration = Duration::from_secs(5);

/// The writer's health, good in the beginning.
#[derive(Debug, Default)]
pub(super) struct Health {
    fails: AtomicBool,
    /// What the log says of it now.
    told: Mutex<Option<String>>,
    /// Since when the writer waits for the database.
    waits: Mutex<Option<Instant>>,
}

/// The writer waits for the database as long as this lives.
#[must_use]
pub(super) struct Waiting<'a>(&'a Health);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        *self.0.waits.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Health {
    /// Whether the last commit succeeded, and the database has what the board shows.
    pub(super) fn is_good(&self) -> bool {
        !self.fails.load(Ordering::Relaxed)
    }

    /// Whether the database keeps the writer at this moment for longer than it may.
    pub(super) fn is_stuck(&self, now: Instant) -> bool {
        let waits = *self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        waits.is_some_and(|since| now.saturating_duration_since(since) >= STUCK)
    }

    /// The database is asked something, until what this returns is dropped.
    pub(super) fn waits(&self, now: Instant) -> Waiting<'_> {
        *self.waits.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        Waiting(self)
    }

    /// A commit failed; whether the next one would is found out now.
    pub(super) fn fails(&self) {
        self.fails.store(true, Ordering::Relaxed);
    }

    /// Takes in how a commit ended, in this error, or how a look did, also well. The log has one line when that changes.
    pub(super) fn note(&self, error: Option<&StoreError>) {
        let why = error.map(ToString::to_string);
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if *told != why {
            if let Some(error) = &why {
                tracing::error!(error, "commands are not carried out");
            } else {
                tracing::info!("commands are carried out again");
            }
        }
        self.fails.store(why.is_some(), Ordering::Relaxed);
        *told = why;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_that_waits_is_stuck_after_a_while_and_no_more_once_it_has_its_answer() {
        let (health, now) = (Health::default(), Instant::now());
        assert!(!health.is_stuck(now + 2 * STUCK));
        let waiting = health.waits(now);
        assert!(!health.is_stuck(now + STUCK.mul_f32(0.9)));
        assert!(health.is_stuck(now + STUCK));
        drop(waiting);
        assert!(!health.is_stuck(now + 2 * STUCK));
        assert!(health.is_good(), "nothing has failed");
    }
}
