//! Tells the operator why tokens are refused: in the log, and as a count.
//!
//! Invariants: nothing of a token is in a line; the lines are bounded in number, since anybody can
//! send anything; what was left out is counted in the next line.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::TokenRefused;

/// How many lines are written in each [`WINDOW`].
const LINES: u32 = 50;
const WINDOW: TimeDelta = TimeDelta::seconds(10);

/// The refusals of late.
#[derive(Debug, Default)]
pub(super) struct RefusalLog(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    began: Option<DateTime<Utc>>,
    lines: u32,
    left_out: u64,
}

impl RefusalLog {
    /// A token was refused.
    pub(super) fn refused(&self, why: TokenRefused, now: DateTime<Utc>) {
        metrics::counter!("regie_tokens_refused_total", "why" => why.label()).increment(1);
        if let Some(left_out) = self.line(now) {
            tracing::info!(%why, left_out, "a token was refused");
        }
    }

    /// Whether there is room for a line, and how many were left out before it.
    fn line(&self, now: DateTime<Utc>) -> Option<u64> {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if window
            .began
            .is_none_or(|began| (now - began).abs() >= WINDOW)
        {
            (window.began, window.lines) = (Some(now), 0);
        }
        if window.lines == LINES {
            window.left_out += 1;
            return None;
        }
        window.lines += 1;
        Some(std::mem::take(&mut window.left_out))
    }
}
