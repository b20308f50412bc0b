//! Regie's engine: what happened (`log`), what is ongoing (`board`), the only code that sees the database
//! (`store`), following the log (`live`), and all of it running (`app`). ARCHITECTURE.md has the map; each
//! module's header has its invariants.

pub mod app;
pub mod board;
pub mod clock;
pub mod live;
pub mod log;
pub mod store;
