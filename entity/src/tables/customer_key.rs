//! The keys by which gateways know their customers again; erased with the customer.

use sea_orm::entity::prelude::*;

use domain::ids::CustomerId;

/// One key of a customer. A customer may have several.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_keys")]
pub struct Model {
    /// The source of the gateway whose key it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: String,
    /// The gateway's own text.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// The channel within which it is unique, or `SOURCE`: on all of the source's.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: String,
    /// Whose key it is.
    pub customer_id: CustomerId,
    /// The customer itself.
    #[sea_orm(belongs_to, from = "customer_id", to = "id")]
    pub customer: BelongsTo<super::customer::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
