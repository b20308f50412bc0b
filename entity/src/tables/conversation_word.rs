//! The search words of subjects: folded, so text, and erased with it.

use sea_orm::entity::prelude::*;

use domain::ids::ConversationId;

/// One word of one conversation's subject.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation_words")]
pub struct Model {
    /// The rest of a word from a place at which a search may begin, folded; 1 to 64 characters, ordered by bytes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub word: String,
    /// Whose subject has it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub conversation_id: ConversationId,
    /// The conversation itself.
    #[sea_orm(belongs_to, from = "conversation_id", to = "id")]
    pub conversation: BelongsTo<super::conversation::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
