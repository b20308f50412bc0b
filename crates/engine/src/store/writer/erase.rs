//! Erasing what is kept of a customer in words, inside the batch's transaction.
//!
//! Rows stay, so that the log, the audit and every count stay whole: name, subjects, texts, attachments and providers' ids
//! become null. Keys, attributes, notes, comments, revisions and reactions are nothing but what they say, and their rows go.
//! Of a provider's id
//! the keyed hash stays, so that a late delivery is still known. Search words are rows of their own, and go.
//! All of that under every id that the customer has: their own, and those that were merged into it.
//! One statement a table and id, whatever there is of the customer, so it is all gone or all there.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::customers::merged_into;
use super::words;
use crate::store::StoreError;
use domain::{CustomerId, Text};
use entity::tables::{
    conversation, conversation_attribute, conversation_note, customer, customer_key,
    customer_source, message, message_reaction, message_revision, message_state, rating_comment,
};

/// Whether something is to be erased.
pub(super) fn erases(texts: &[Text]) -> bool {
    texts.iter().any(|text| matches!(text, Text::Erased { .. }))
}

/// Erases what is to be erased. Regie's own messages say nothing of the customer and stay.
pub(super) async fn erase(
    transaction: &DatabaseTransaction,
    texts: &[Text],
) -> Result<(), StoreError> {
    for text in texts {
        let Text::Erased { customer: id, at } = text else {
            continue;
        };
        let mut ids = merged_into(transaction, *id).await?;
        ids.push(*id);
        for id in ids {
            erase_id(transaction, id, *at).await?;
        }
    }
    Ok(())
}

/// Erases what is kept under one id.
async fn erase_id(
    transaction: &DatabaseTransaction,
    id: CustomerId,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let theirs = Query::select()
        .column(conversation::Column::Id)
        .from(conversation::Entity)
        .and_where(conversation::Column::CustomerId.eq(id))
        .take();
    conversation_attribute::Entity::delete_many()
        .filter(conversation_attribute::Column::ConversationId.in_subquery(theirs.clone()))
        .exec(transaction)
        .await?;
    conversation_note::Entity::delete_many()
        .filter(conversation_note::Column::ConversationId.in_subquery(theirs.clone()))
        .exec(transaction)
        .await?;
    rating_comment::Entity::delete_many()
        .filter(rating_comment::Column::ConversationId.in_subquery(theirs.clone()))
        .exec(transaction)
        .await?;
    let messages = Query::select()
        .column(message::Column::Id)
        .from(message::Entity)
        .and_where(message::Column::ConversationId.in_subquery(theirs.clone()))
        .take();
    message_revision::Entity::delete_many()
        .filter(message_revision::Column::MessageId.in_subquery(messages.clone()))
        .exec(transaction)
        .await?;
    message_reaction::Entity::delete_many()
        .filter(message_reaction::Column::MessageId.in_subquery(messages.clone()))
        .exec(transaction)
        .await?;
    let nothing = || Expr::value(None::<String>);
    message_state::Entity::update_many()
        .col_expr(message_state::Column::DeliveryDescription, nothing())
        .filter(message_state::Column::MessageId.in_subquery(messages))
        .filter(message_state::Column::DeliveryDescription.is_not_null())
        .exec(transaction)
        .await?;
    message::Entity::update_many()
        .col_expr(message::Column::Text, nothing())
        .col_expr(message::Column::Attachments, nothing())
        .col_expr(message::Column::ExternalId, nothing())
        .col_expr(message::Column::ErasedAt, Expr::value(at))
        .filter(message::Column::ConversationId.in_subquery(theirs))
        .filter(message::Column::SystemMessage.is_null())
        .filter(message::Column::ErasedAt.is_null())
        .exec(transaction)
        .await?;
    conversation::Entity::update_many()
        .col_expr(conversation::Column::Subject, nothing())
        .filter(conversation::Column::CustomerId.eq(id))
        .filter(conversation::Column::Subject.is_not_null())
        .exec(transaction)
        .await?;
    customer_key::Entity::delete_many()
        .filter(customer_key::Column::CustomerId.eq(id))
        .exec(transaction)
        .await?;
    customer_source::Entity::delete_many()
        .filter(customer_source::Column::CustomerId.eq(id))
        .exec(transaction)
        .await?;
    words::erase(transaction, id).await?;
    customer::Entity::update_many()
        .col_expr(customer::Column::Gateway, nothing())
        .col_expr(customer::Column::Key, nothing())
        .col_expr(customer::Column::Name, nothing())
        .col_expr(customer::Column::ErasedAt, Expr::value(at))
        .filter(customer::Column::Id.eq(id))
        .exec(transaction)
        .await?;
    Ok(())
}
