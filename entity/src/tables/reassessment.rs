//! The look at every ongoing conversation that a changed setting made necessary.
//!
//! The row is made in the transaction of the change, moved on in the transaction of each step, and goes with the last.

use sea_orm::entity::prelude::*;

use domain::ids::ConversationId;

/// How far it has come; at most one row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reassessments")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// The last conversation that was looked at, in the order of their ids; null: none so far. Not a foreign key.
    pub after_id: Option<ConversationId>,
}

impl ActiveModelBehavior for ActiveModel {}
