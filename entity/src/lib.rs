//! The words and the tables.
//!
//! [`ids`] and [`words`] are Regie's vocabulary: the newtypes and enums that rules, rows and
//! schema share. [`tables`] are the `SeaORM` entities, one file a table; only `api::store` may use them.

pub mod ids;
pub mod tables;
pub mod words;
