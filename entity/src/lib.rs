//! The tables, as `SeaORM` entities: one file each. Only `engine::store` may use them.
//!
//! Their columns hold the ids and words of `domain`, whose feature `sea-orm` makes them values of a database.

pub mod tables;
