//! Customers: the only place of their names, so that a name can be erased.
//!
//! Log, audit and idempotency rows know a customer by id; they hold neither key nor name.

use sea_orm::entity::prelude::*;

use domain::ids::CustomerId;

/// A customer of one or more conversations.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customers")]
pub struct Model {
    /// Its id; outlives the erased name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CustomerId,
    /// The subject of the gateway whose key it is; null where the key is.
    pub gateway: Option<String>,
    /// The gateway's own key, unique for that gateway, by which a returning customer is known; null:
    /// the gateway gave none, or it was erased.
    pub key: Option<String>,
    /// The customer's name; null: not known, or erased.
    pub name: Option<String>,
    /// When the first conversation started.
    pub created_at: DateTimeUtc,
    /// When key and name were erased; null: they were not.
    pub erased_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
