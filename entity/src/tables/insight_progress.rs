//! How far the log is counted into figures, and who counts.

use sea_orm::entity::prelude::*;

/// The one row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "insight_progress")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// The position of the last event that is counted.
    pub position: i64,
    /// What else is known between two events: JSON.
    #[sea_orm(column_type = "Text")]
    pub state: String,
    /// The server that counts; null: none did yet, or there is one server alone.
    pub holder: Option<Uuid>,
    /// Until when it does, if it says no more.
    pub held_until: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
