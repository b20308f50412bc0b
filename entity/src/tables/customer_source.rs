//! Of which sources customers are; erased with the customer.

use sea_orm::entity::prelude::*;

use domain::ids::CustomerId;

/// One source of a customer. One who was merged from several has several.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_sources")]
pub struct Model {
    /// The source; of a customer from before there were sources the subject of the gateway.
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: String,
    /// Whose; never one who was merged into another.
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: CustomerId,
    /// Whether it is from before there were sources.
    pub before_sources: bool,
    /// The customer itself.
    #[sea_orm(belongs_to, from = "customer_id", to = "id")]
    pub customer: BelongsTo<super::customer::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
