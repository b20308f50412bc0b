//! The key that seals cursors.
//!
//! Whoever reads it reads the database, and has no need of cursors. Another key makes every sealed cursor
//! expire.

use sea_orm::entity::prelude::*;

/// The key; one row, made by the first server of the database.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cursor_keys")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// 32 random bytes.
    #[sea_orm(column_type = "Blob")]
    pub bytes: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
