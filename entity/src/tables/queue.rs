//! Queues: where conversations wait.

use sea_orm::entity::prelude::*;

use domain::ids::QueueId;
use domain::words::QueueKind;

/// A queue.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "queues")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: QueueId,
    /// Its name.
    pub name: String,
    /// What it is for; a channel fits exactly one kind.
    pub kind: QueueKind,
    /// When it is open, as JSON; null: always.
    #[sea_orm(column_type = "Text")]
    pub hours: Option<String>,
    /// When it was made: by the migration or by an administrator.
    pub created_at: DateTimeUtc,
    /// When an administrator deleted it; null: it is there.
    pub deleted_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
