//! Regie's API: the schema and what stands before and behind it (`graphql`), and its transports (`http`).
//! ARCHITECTURE.md has the map; each module's header has its invariants.

#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
pub mod graphql;
pub mod http;
