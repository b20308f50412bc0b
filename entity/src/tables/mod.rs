//! The tables, one `SeaORM` entity a file, kept in step with the `migration` crate.
//!
//! Rows are how things are stored, never how they are shown: only `engine::store` uses them, and no
//! schema type is made from them. Ids and enums are the vocabulary's own types. Instants are UTC.
//! JSON is text, because the program alone reads and writes it and both databases must agree.
//! Relations only say which rows belong together; the store reads in batches, by id.

pub mod agent;
pub mod agent_connection;
pub mod audit;
pub mod conversation;
pub mod cursor_key;
pub mod customer;
pub mod event;
pub mod idempotency;
pub mod log_head;
pub mod membership;
pub mod message;
pub mod monitor_session;
pub mod offer;
pub mod participant;
pub mod queue;
pub mod reassessment;
pub mod revocation;
pub mod settings;
pub mod supervisor;
pub mod timer;
pub mod workstream;
