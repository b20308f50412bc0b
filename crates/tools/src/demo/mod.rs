//! The demo's organisation and the life in it, all through the public API.
//!
//! Invariant: whatever a person does to the conversations, they go on.

mod dialogues;
mod life;
pub mod media;
mod organisation;
mod past;
mod people;
mod saying;
mod tokens;

use chrono::TimeDelta;

pub use life::World;
pub use organisation::{Organisation, OrganisationError};
pub use past::{AGO, Past};
pub use people::{People, User};
pub use tokens::{Grants, Mint};

/// How much of the demo's life is over when it is first seen: long enough for conversations in
/// every state, and for some that have waited too long.
pub const BEFORE_THE_CURTAIN: TimeDelta = TimeDelta::seconds(420);
