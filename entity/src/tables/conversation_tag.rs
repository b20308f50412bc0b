//! The tags of conversations, folded, so that SQL finds conversations by them; closed ones too.
//!
//! They repeat what the image has, and are written with it.

use sea_orm::entity::prelude::*;

use domain::ids::ConversationId;

/// One tag of one conversation.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation_tags")]
pub struct Model {
    /// Of which conversation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub conversation_id: ConversationId,
    /// The tag as it is compared.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tag: String,
    /// The conversation itself.
    #[sea_orm(belongs_to, from = "conversation_id", to = "id")]
    pub conversation: BelongsTo<super::conversation::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
