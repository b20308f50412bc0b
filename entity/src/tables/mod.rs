//! One entity a table.
