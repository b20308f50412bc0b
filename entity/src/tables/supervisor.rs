//! Supervisors: only what Regie must remember of them, their presence.
//!
//! What a supervisor may do stands in their token, never here.

use sea_orm::entity::prelude::*;

use domain::words::Presence;

/// A supervisor who once set a presence; without a row the presence is AVAILABLE.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "supervisors")]
pub struct Model {
    /// The `sub` of the supervisor's tokens.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: String,
    /// Whether sentiment alerts reach them: at AVAILABLE and BUSY.
    pub presence: Presence,
}

impl ActiveModelBehavior for ActiveModel {}
