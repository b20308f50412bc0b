//! How much one viewer may have of the server: requests a second, and connections at once.
//!
//! A viewer is a token's subject, whichever of their tokens they use, so that nobody gets more by
//! asking for another token, and nobody less for what others do. Invariants: what is kept is
//! bounded, whoever comes; nothing here waits. Counted per server: several servers allow several
//! times as much.
//!
//! What it must not do: decide what a viewer may see or do.

mod rates;
mod slots;

use async_graphql::ServerError;
use tokio::time::Instant;

use super::options::HttpOptions;
use crate::graphql::gate::{coded, limit_exceeded};
use domain::refusal::Code;
use domain::{Role, Viewer};

pub use rates::Rate;

use rates::Buckets;
pub(super) use slots::ConnectionSlot;
use slots::ConnectionSlots;

/// The door that every authenticated request, operation and connection goes through.
pub(super) struct Admission {
    people: Option<Buckets>,
    gateways: Option<Buckets>,
    slots: ConnectionSlots,
}

/// Too many requests of one viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooOften {
    rate: Rate,
    /// Whole seconds until the next is let in, at least one.
    pub(super) retry_after: u64,
}

/// Too many connections of one viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooManyConnections {
    allowed: usize,
    found: usize,
}

impl Admission {
    pub(super) fn new(options: &HttpOptions) -> Self {
        let start = Instant::now();
        let buckets = |rate: Option<Rate>| rate.map(|rate| Buckets::new(rate, start));
        Self {
            people: buckets(options.rate),
            gateways: buckets(options.gateway_rate),
            slots: ConnectionSlots::new(options.connections_per_viewer),
        }
    }

    /// Counts one request of this viewer, or refuses it.
    pub(super) fn ask(&self, viewer: &Viewer) -> Result<(), TooOften> {
        // A gateway speaks for all customers of its channels, so it has a rate of its own.
        let buckets = if viewer.has_role(Role::CustomerGateway) {
            &self.gateways
        } else {
            &self.people
        };
        let Some(buckets) = buckets else {
            return Ok(());
        };
        let taken = buckets.take(viewer.subject(), Instant::now());
        taken.map_err(|wait| TooOften {
            rate: buckets.rate(),
            retry_after: wait.as_secs() + u64::from(wait.subsec_nanos() > 0),
        })
    }

    /// A place for one more connection of this viewer, for as long as it is kept.
    pub(super) fn connect(&self, viewer: &Viewer) -> Result<ConnectionSlot, TooManyConnections> {
        let place = self.slots.take(viewer.subject());
        place.map_err(|found| TooManyConnections {
            allowed: self.slots.most(),
            found,
        })
    }
}

impl TooOften {
    /// `RATE_LIMITED`, with the limit and how long to wait.
    pub(super) fn error(self) -> ServerError {
        let Self { rate, retry_after } = self;
        let message = format!(
            "Too many requests: {} a second are allowed, and {} at once. Try again in {retry_after} \
             seconds.",
            rate.per_second, rate.burst
        );
        let mut error = coded(Code::RateLimited, message, None);
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("limit", "requestsPerSecond");
        extensions.set("allowed", rate.per_second);
        extensions.set("burst", rate.burst);
        extensions.set("retryAfter", retry_after);
        error
    }
}

impl TooManyConnections {
    /// `LIMIT_EXCEEDED`, with the limit.
    pub(super) fn error(self) -> ServerError {
        limit_exceeded(
            "connectionsPerViewer",
            "connections of one subject",
            self.allowed as u64,
            self.found as u64,
        )
    }
}
