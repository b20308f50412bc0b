//! The rules, pure: no I/O, no framework, no clock; `now` is always an argument.
//!
//! `decide` says what a command does to what is there, as changes or as a refusal; `evolve` says
//! what a conversation becomes by a change. Everything else in Regie carries their results.

pub mod sentiment;
pub mod viewer;

pub use entity::{ids::*, words::*};
pub use sentiment::{Assessment, MessageScore, RecentScores};
pub use viewer::{Scope, Subject, Viewer};
