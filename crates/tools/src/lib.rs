//! What plays Regie from outside, through the API that everybody has: the conversations of `demo`,
//! recorded dialogues for `replay`, and the first organisation that `init` makes.
//!
//! Invariant: nothing here reads a clock; whoever calls brings the instant ([`Now`]).
//!
//! What it must not do: know the server (`engine`, `api`), the command line or the configuration.

mod client;
pub mod demo;
pub mod init;
pub mod replay;

use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use client::{Client, ClientError};
pub use reqwest::Url;

/// The instant now, from whoever calls.
pub type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;
