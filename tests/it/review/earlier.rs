//! The next agent.
