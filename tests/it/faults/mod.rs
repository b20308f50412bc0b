//! The suite of faults: the real server under load while its database fails, on SQLite and PostgreSQL.
//!
//! Each case injects one fault from outside the server, ends it, and waits until commands succeed again in the
//! same process. Invariants: what was acknowledged is in the database exactly once; what was not is there at
//! most once; a subscriber got nothing that is not in the log; while every command fails the server says that it
//! is not ready; both verifications hold. A case whose fault did not occur fails.
//!
//! The cases need root, a C compiler, a mount namespace of their own and PostgreSQL, so they are ignored where
//! `cargo test` runs alone; `.ci/faults` runs them. `FAULTS_LOG=1` shows all that each server logged.

mod background;
mod case;
mod cluster;
mod commits;
mod disk;
mod folding;
mod health;
mod injector;
mod migrations;
mod postgresql;
mod verdict;
