//! Which messages came in with an id of their provider: by a keyed hash of source, channel and id, which outlives the
//! erasure of the id itself, so that a late delivery is still known.

use sea_orm::entity::prelude::*;

use domain::ids::{ConversationId, MessageId};

/// A provider's id, as a hash.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "external_ids")]
pub struct Model {
    /// The first half of an HMAC-SHA-256 by the key in `external_id_keys`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: Uuid,
    /// The message.
    pub message_id: MessageId,
    /// The conversation that it is in.
    pub conversation_id: ConversationId,
}

impl ActiveModelBehavior for ActiveModel {}
