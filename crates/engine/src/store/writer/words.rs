//! Search words: the folded words of subjects and of customers' names, by which searches over all conversations find them
//! (domain.md section 11).
//!
//! They are text: written and erased in the transaction that writes and erases what they are of, and nowhere
//! else. Of a subject they belong to its conversation, of a name to its customer, so that a name that changes costs the
//! words of the name, however many conversations the customer has.

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::look_up::KnownNames;
use super::persist::insert;
use crate::store::StoreError;
use domain::fold::words;
use domain::{ConversationId, CustomerId, Text};
use entity::tables::{conversation, conversation_word, customer_word};

/// Replaces the words of what these texts say. `known` has the names that customers had before, as far as they were
/// looked up.
pub(super) async fn write(
    transaction: &DatabaseTransaction,
    texts: &[Text],
    known: &KnownNames,
) -> Result<(), StoreError> {
    // The last name that is given holds.
    let mut names: HashMap<CustomerId, &Arc<str>> = HashMap::new();
    let mut subjects = Vec::new();
    for text in texts {
        match text {
            Text::Customer {
                id,
                name: Some(name),
                ..
            } => {
                names.insert(*id, name);
            }
            Text::Subject(id, subject) => subjects.push((*id, &**subject)),
            _ => {}
        }
    }
    names.retain(|id, name| known.get(id).and_then(Option::as_ref) != Some(*name));
    let renamed = names.extract_if(|id, _| known.contains_key(id));
    for (id, name) in renamed.collect::<Vec<_>>() {
        rename(transaction, id, Some(&**name)).await?;
    }
    let names: Vec<_> = names.iter().map(|(id, name)| (*id, &***name)).collect();
    add(transaction, &subjects, &names).await
}

/// The words of a customer's name that is another one from now on; none: of no name.
pub(super) async fn rename(
    transaction: &DatabaseTransaction,
    customer: CustomerId,
    name: Option<&str>,
) -> Result<(), StoreError> {
    erase_name(transaction, customer).await?;
    let named: Vec<_> = name.map(|name| (customer, name)).into_iter().collect();
    add(transaction, &[], &named).await
}

/// Erases every word of a customer under this id: of the name, and of the subjects of the customer's conversations.
pub(super) async fn erase(
    transaction: &DatabaseTransaction,
    customer: CustomerId,
) -> Result<(), StoreError> {
    let theirs = Query::select()
        .column(conversation::Column::Id)
        .from(conversation::Entity)
        .and_where(conversation::Column::CustomerId.eq(customer))
        .take();
    conversation_word::Entity::delete_many()
        .filter(conversation_word::Column::ConversationId.in_subquery(theirs))
        .exec(transaction)
        .await?;
    erase_name(transaction, customer).await
}

async fn erase_name(
    transaction: &DatabaseTransaction,
    customer: CustomerId,
) -> Result<(), StoreError> {
    customer_word::Entity::delete_many()
        .filter(customer_word::Column::CustomerId.eq(customer))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Adds the words of these subjects and names, where they are not there.
pub(super) async fn add(
    transaction: &DatabaseTransaction,
    subjects: &[(ConversationId, &str)],
    names: &[(CustomerId, &str)],
) -> Result<(), StoreError> {
    use {conversation_word::Column as S, customer_word::Column as N};
    let of_subjects = subjects.iter().flat_map(|(id, subject)| {
        let row = |word| conversation_word::ActiveModel {
            word: Set(word),
            conversation_id: Set(*id),
        };
        words(subject).into_iter().map(row)
    });
    let of_names = names.iter().flat_map(|(id, name)| {
        let row = |word| customer_word::ActiveModel {
            word: Set(word),
            customer_id: Set(*id),
        };
        words(name).into_iter().map(row)
    });
    let (of_subjects, of_names): (Vec<_>, Vec<_>) = (of_subjects.collect(), of_names.collect());
    let kept = || {
        OnConflict::columns([S::Word, S::ConversationId])
            .do_nothing()
            .to_owned()
    };
    insert!(
        transaction,
        conversation_word::Entity,
        of_subjects,
        Some(kept())
    );
    let kept = || {
        OnConflict::columns([N::Word, N::CustomerId])
            .do_nothing()
            .to_owned()
    };
    insert!(transaction, customer_word::Entity, of_names, Some(kept()));
    Ok(())
}
