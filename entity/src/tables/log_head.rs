//! The head of the log and of the audit chain.
//!
//! Every write locks this row first: it is what puts writes of several servers in one order.

use sea_orm::entity::prelude::*;

/// The head; exactly one row, made by the migration.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "log_head")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// Which log this is: made again with the database, so that cursors of another log are refused.
    pub epoch: Uuid,
    /// The position of the latest event; 0: none yet.
    pub position: i64,
    /// The hash of the latest event; 0: none yet.
    pub hash: i64,
    /// The number of the latest audit row; 0: none yet.
    pub audit_number: i64,
    /// The hash of the latest audit row; empty: none yet.
    pub audit_hash: String,
}

impl ActiveModelBehavior for ActiveModel {}
