//! The stock way: what one builds from the same crates by their guides, and as well as they allow.

pub mod commands;
pub mod fanout;
pub mod view;
