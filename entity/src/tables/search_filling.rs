//! How far the conversations of before have come to have their search words.
//!
//! The migration makes the row where there are conversations; it is moved on in the transaction of each step, and goes
//! with the last.

use sea_orm::entity::prelude::*;

use domain::ids::ConversationId;

/// How far it has come; at most one row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_fillings")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// The last conversation that has its words, in the order of their ids; null: none so far. Not a foreign key.
    pub after_id: Option<ConversationId>,
}

impl ActiveModelBehavior for ActiveModel {}
