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
    /// Of a customer from before there were sources: the subject of the gateway whose key it is; null where the key is.
    pub gateway: Option<String>,
    /// The key of such a customer, unique for that gateway; null: none, it was erased, or it is in `customer_keys`.
    pub key: Option<String>,
    /// The customer's name; null: not known, or erased. Of one who was merged: the surviving customer's.
    pub name: Option<String>,
    /// When the first conversation started.
    pub created_at: DateTimeUtc,
    /// When key and name were erased; null: they were not.
    pub erased_at: Option<DateTimeUtc>,
    /// The customer into whom this one was merged, who is merged into nobody; null: into none.
    pub merged_into_id: Option<CustomerId>,
}

impl ActiveModelBehavior for ActiveModel {}
