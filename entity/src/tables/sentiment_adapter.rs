//! What Regie's scorer learnt from the operator's labels: `regie sentiment adapt` adds a row, the newest counts.

use sea_orm::entity::prelude::*;

/// One adapter.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sentiment_adapters")]
pub struct Model {
    /// From 1, in the order in which they were made.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    /// When it was made.
    pub made_at: DateTimeUtc,
    /// On how many labels it was trained and checked.
    pub labels: i32,
    /// Its weights, as text (`sentiment::Adapter`); no text of a customer. Empty: none from here on.
    #[sea_orm(column_type = "Text")]
    pub weights: String,
}

impl ActiveModelBehavior for ActiveModel {}
