//! Erasing what is kept of a customer in words, inside the batch's transaction.
//!
//! Rows stay, so that the log, the audit and every count stay whole: name, key, subjects and texts become null.
//! Search words are rows of their own, and go.
//! One statement a table, whatever there is of the customer, so it is all gone or all there.

use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::words;
use crate::store::StoreError;
use domain::Text;
use entity::tables::{conversation, customer, message};

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
        let theirs = Query::select()
            .column(conversation::Column::Id)
            .from(conversation::Entity)
            .and_where(conversation::Column::CustomerId.eq(*id))
            .take();
        let nothing = || Expr::value(None::<String>);
        message::Entity::update_many()
            .col_expr(message::Column::Text, nothing())
            .col_expr(message::Column::ErasedAt, Expr::value(*at))
            .filter(message::Column::ConversationId.in_subquery(theirs))
            .filter(message::Column::Text.is_not_null())
            .exec(transaction)
            .await?;
        conversation::Entity::update_many()
            .col_expr(conversation::Column::Subject, nothing())
            .filter(conversation::Column::CustomerId.eq(*id))
            .filter(conversation::Column::Subject.is_not_null())
            .exec(transaction)
            .await?;
        words::erase(transaction, *id).await?;
        customer::Entity::update_many()
            .col_expr(customer::Column::Gateway, nothing())
            .col_expr(customer::Column::Key, nothing())
            .col_expr(customer::Column::Name, nothing())
            .col_expr(customer::Column::ErasedAt, Expr::value(*at))
            .filter(customer::Column::Id.eq(*id))
            .exec(transaction)
            .await?;
    }
    Ok(())
}
