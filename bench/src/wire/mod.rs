//! Clients that cost little: client and server share the machine, so a client reads frames by hand
//! and parses only what a bench needs.

pub mod http;
pub mod websocket;
