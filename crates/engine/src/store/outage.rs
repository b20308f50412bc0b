//! What a task cannot do for a while, in two log lines: one when it begins to fail, one when it succeeds again.

use std::fmt::Display;

/// Whether a repeated work fails now.
#[derive(Debug)]
pub(crate) struct Outage {
    work: &'static str,
    lasts: bool,
}

impl Outage {
    /// Of this work, in words that follow "cannot"; it is taken to succeed.
    pub(crate) const fn of(work: &'static str) -> Self {
        Self { work, lasts: false }
    }

    /// Takes in how a try ended; whether it failed.
    pub(crate) fn hears<T, E: Display>(&mut self, tried: &Result<T, E>) -> bool {
        match tried {
            Err(error) if !self.lasts => tracing::error!(%error, "cannot {}", self.work),
            Ok(_) if self.lasts => tracing::info!("can {} again", self.work),
            Err(_) | Ok(_) => {}
        }
        self.lasts = tried.is_err();
        self.lasts
    }
}
