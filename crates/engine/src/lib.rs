//! Regie's engine: what happened (`log`), what is ongoing (`board`), the only code that sees the database
//! (`store`), who is concerned by an event (`dispatch`), following the log (`live`), and all of it running (`app`). ARCHITECTURE.md has the map; each
//! module's header has its invariants.

pub mod app;
pub mod board;
pub mod clock;
pub mod dispatch;
pub mod live;
pub mod log;
pub mod store;
