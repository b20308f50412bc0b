//! Regie's library. ARCHITECTURE.md has the map; each module's header has its invariants.

pub mod auth;
pub mod domain;
pub mod graphql;
pub mod http;
pub mod sentiment;
