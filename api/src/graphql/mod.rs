//! GraphQL: the gate before execution, and the engine behind it.

pub mod engine;
pub mod gate;
