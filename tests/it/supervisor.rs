//! What supervisors do, and every way in which they are refused (domain.md sections 3 and 4).

mod acknowledge;
mod agents;
mod assign;
mod bulk;
mod correct;
mod drain;
mod exits;
mod force_close;
mod help;
mod join;
mod monitor;
mod policy;
mod requeue;
mod take_over;
mod team;
mod transfer;
