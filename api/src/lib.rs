//! Regie's library. ARCHITECTURE.md has the map; each module's header has its invariants.

pub mod app;
pub mod auth;
pub mod board;
pub mod clock;
pub mod domain;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
pub mod graphql;
mod hex;
pub mod http;
pub mod live;
pub mod log;
pub mod sentiment;
pub mod store;
