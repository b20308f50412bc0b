//! The types that settings are read into. What exists is valid.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use chrono::TimeDelta;
use engine::store::{Address, AddressError};
use tracing_subscriber::EnvFilter;

/// The database's address. `Debug` hides what may be a password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct DatabaseUrl(String);

impl DatabaseUrl {
    /// An address of `SQLite` or `PostgreSQL`; otherwise why not, in words that quote nothing.
    pub(super) fn parse(text: &str) -> Result<Self, AddressError> {
        Address::of(text).map(|_| Self(text.to_owned()))
    }

    /// The address of an `SQLite` database in this file, which is made when it is not there.
    pub(crate) fn of_file(path: &Path) -> Self {
        Self(Address::url_of_file(path))
    }

    /// The address as it was configured, password and all.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.0.split(':').next().unwrap_or_default();
        write!(f, "DatabaseUrl({scheme}:redacted)")
    }
}

/// Which log lines are written: directives of `tracing-subscriber`, such as `info,api=debug`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogFilter(String);

impl LogFilter {
    pub(super) fn parse(text: &str) -> Option<Self> {
        EnvFilter::try_new(text).ok().map(|_| Self(text.to_owned()))
    }

    /// The directives.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl LogFormat {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Hours, 1 to 8,760 (a year).
pub(super) fn hours(text: &str) -> Option<TimeDelta> {
    within(text, 1..=8_760).and_then(TimeDelta::try_hours)
}

/// Days, 1 to 3,650 (ten years).
pub(super) fn days(text: &str) -> Option<TimeDelta> {
    within(text, 1..=3_650).and_then(TimeDelta::try_days)
}

/// Seconds, 1 to 86,400 (a day).
pub(super) fn seconds(text: &str) -> Option<TimeDelta> {
    within(text, 1..=86_400).and_then(TimeDelta::try_seconds)
}

/// Connections at once, 16 to 1,000,000.
pub(super) fn connections(text: &str) -> Option<usize> {
    within(text, 16..=1_000_000).and_then(|number| number.try_into().ok())
}

/// Seconds that fetched keys hold, 60 to 86,400 (a day).
pub(super) fn key_age(text: &str) -> Option<TimeDelta> {
    within(text, 60..=86_400).and_then(TimeDelta::try_seconds)
}

/// Hours that keys are used while they cannot be fetched, 1 to 168 (a week).
pub(super) fn outage(text: &str) -> Option<TimeDelta> {
    within(text, 1..=168).and_then(TimeDelta::try_hours)
}

/// Seconds that clocks may differ, 0 to 300.
pub(super) fn skew(text: &str) -> Option<TimeDelta> {
    within(text, 0..=300).and_then(TimeDelta::try_seconds)
}

/// Bytes of a request body, 1,024 to 16,777,216.
pub(super) fn body_bytes(text: &str) -> Option<usize> {
    within(text, 1_024..=16_777_216).and_then(|bytes| bytes.try_into().ok())
}

fn within(text: &str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
    text.parse().ok().filter(|number| range.contains(number))
}

/// IP:PORT; `localhost` stands for 127.0.0.1.
pub(crate) fn address(text: &str) -> Option<SocketAddr> {
    match text.strip_prefix("localhost:") {
        Some(port) => Some((Ipv4Addr::LOCALHOST, port.parse().ok()?).into()),
        None => text.parse().ok(),
    }
}

/// An issuer or an audience: text that is not blank, without white space at either end.
pub(super) fn name(text: &str) -> Option<String> {
    (!text.is_empty() && text.trim() == text).then(|| text.to_owned())
}
