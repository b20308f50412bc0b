//! The search words of customers' names: folded, so text, and erased with it.

use sea_orm::entity::prelude::*;

use domain::ids::CustomerId;

/// One word of one customer's name.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_words")]
pub struct Model {
    /// The rest of a word from a place at which a search may begin, folded; 1 to 64 characters, ordered by bytes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub word: String,
    /// Whose name has it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: CustomerId,
    /// The customer itself.
    #[sea_orm(belongs_to, from = "customer_id", to = "id")]
    pub customer: BelongsTo<super::customer::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
