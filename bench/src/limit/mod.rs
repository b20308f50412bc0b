//! The limit: the same bytes, ready beforehand, by the same web framework, to the same clients.

pub mod commands;
pub mod fanout;
pub mod view;
