//! What messages said before they were edited or removed: text, which erasing deletes, and which goes some time after
//! its message was removed.

use sea_orm::entity::prelude::*;

use domain::ids::MessageId;

/// One earlier text.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message_revisions")]
pub struct Model {
    /// Of which message.
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: MessageId,
    /// The log position of the change that replaced it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// What it said; null: it had attachments alone.
    #[sea_orm(column_type = "Text")]
    pub text: Option<String>,
    /// Its attachments, as JSON; null: none.
    #[sea_orm(column_type = "Text")]
    pub attachments: Option<String>,
    /// Until when it said so.
    pub replaced_at: DateTimeUtc,
    /// When the removal of its message came in; null: the message is there.
    pub removed_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
