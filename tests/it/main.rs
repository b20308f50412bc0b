//! Regie as its users meet it: over HTTP and WebSocket, against a real server in this process.
//!
//! One file a feature. Tests are sentences of the domain; each asserts exact codes, and that nothing
//! else changed. What must hold on both databases takes a [`harness::Database`] and runs on `SQLite`
//! always and on `PostgreSQL` too where `REGIE_TEST_POSTGRES_URL` says so (as `.ci/run` does).
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]
// Tests look at the database and the time from outside.
#![allow(clippy::disallowed_methods)]

mod addresses;
mod administration;
mod agent;
mod agents_live;
mod api_docs;
mod attention;
mod audience;
mod audit;
mod authz;
mod backup;
mod batches;
mod behind;
mod board_verify;
mod candidates;
mod coaching;
mod connections;
mod crash;
mod cursors;
mod customers;
mod deleting;
mod demo;
mod desk;
mod dispositions;
mod erasure;
mod export;
mod faults;
mod floor;
mod gateway;
mod harness;
mod headers;
mod held;
mod hours;
mod idempotency;
mod images;
mod init;
mod input;
mod insights;
mod keys;
mod labels;
mod leaks;
mod learning;
mod limits;
mod listed;
mod live;
mod live_list;
mod main_job;
mod migrate;
mod min_cursor;
mod mixture;
mod model;
mod notice;
mod notifications;
mod odd;
mod organisation;
mod outage;
mod paced;
mod past;
mod proof;
mod quiet;
mod races;
mod rating;
mod refresh;
mod replay;
mod resume;
mod review;
mod revoked_late;
mod revoking;
mod rules;
mod schema;
mod servers;
mod shared;
mod slow;
mod sse;
mod stage;
mod statements;
mod stock;
mod store;
mod supervisor;
mod system_messages;
mod threats;
mod timers;
mod tokens;
mod tour;
mod transcripts;
mod updating;
mod upgrade;
mod validity;
mod view;
mod viewer_can;
