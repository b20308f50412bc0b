//! What customers who rated a conversation said of it: text, which erasing deletes.

use sea_orm::entity::prelude::*;

use domain::ids::ConversationId;

/// The comment on one conversation.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rating_comments")]
pub struct Model {
    /// On which conversation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub conversation_id: ConversationId,
    /// What it says.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// The conversation itself.
    #[sea_orm(belongs_to, from = "conversation_id", to = "id")]
    pub conversation: BelongsTo<super::conversation::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
