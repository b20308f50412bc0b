//! Idempotency: the first outcome of commands that carried a key, for a repeat to be answered from.
//!
//! Written only for commands that succeeded, in their transaction; kept for a configured time.

use sea_orm::entity::prelude::*;

/// One key that one subject used.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency")]
pub struct Model {
    /// The `sub` of who used it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: String,
    /// The key that they chose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// The mutation it was used with, by the schema's name.
    pub mutation: String,
    /// A hash of the input, hexadecimal; another input with the same key is refused.
    pub input_hash: String,
    /// What the command answered: JSON that refers to rows by id, without text or names.
    #[sea_orm(column_type = "Text")]
    pub outcome: String,
    /// When; decides when it is forgotten.
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
