//! The attributes of conversations: the only place of what they say, which is text.
//!
//! The image and events have the keys. Erasing deletes the rows.

use sea_orm::entity::prelude::*;

use domain::ids::ConversationId;

/// One attribute of one conversation.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation_attributes")]
pub struct Model {
    /// Of which conversation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub conversation_id: ConversationId,
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// What it says.
    #[sea_orm(column_type = "Text")]
    pub value: String,
    /// The conversation itself.
    #[sea_orm(belongs_to, from = "conversation_id", to = "id")]
    pub conversation: BelongsTo<super::conversation::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
