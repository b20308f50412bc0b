//! Writing the rows of labels: tags, which repeat the image, what attributes say, notes and comments.

use std::collections::BTreeMap;
use std::sync::Arc;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect};

use super::persist::insert;
use crate::store::StoreError;
use crate::store::upsert::all_but;
use domain::{ConversationId, Text};
use entity::tables::{
    conversation, conversation_attribute, conversation_note, conversation_tag, customer,
    rating_comment,
};

/// Writes the tags that conversations have now, and deletes those that they have no more.
pub(super) async fn write_tags(
    transaction: &DatabaseTransaction,
    tags: Vec<conversation_tag::ActiveModel>,
    gone: Vec<(ConversationId, Vec<String>)>,
) -> Result<(), StoreError> {
    use conversation_tag::Column as C;
    for (id, tags) in gone {
        conversation_tag::Entity::delete_many()
            .filter(C::ConversationId.eq(id))
            .filter(C::Tag.is_in(tags))
            .exec(transaction)
            .await?;
    }
    // Of a conversation that is not on the board it is not known what is there.
    let there = OnConflict::columns([C::ConversationId, C::Tag])
        .do_nothing()
        .to_owned();
    insert!(
        transaction,
        conversation_tag::Entity,
        tags,
        Some(there.clone())
    );
    Ok(())
}

/// Writes what attributes say after all of these texts.
pub(super) async fn write_attributes(
    transaction: &DatabaseTransaction,
    texts: &[Text],
) -> Result<(), StoreError> {
    use conversation_attribute::Column as C;
    let (mut set, mut gone) = (Vec::new(), BTreeMap::<_, Vec<String>>::new());
    for ((id, key), value) in last_of(texts) {
        match value {
            Some(value) => set.push(conversation_attribute::ActiveModel {
                conversation_id: Set(id),
                key: Set(key.to_string()),
                value: Set(value.to_string()),
            }),
            None => gone.entry(id).or_default().push(key.to_string()),
        }
    }
    for (id, keys) in gone {
        conversation_attribute::Entity::delete_many()
            .filter(C::ConversationId.eq(id))
            .filter(C::Key.is_in(keys))
            .exec(transaction)
            .await?;
    }
    let latest = all_but::<conversation_attribute::Entity>(&[]);
    insert!(
        transaction,
        conversation_attribute::Entity,
        set,
        Some(latest.clone())
    );
    Ok(())
}

/// Writes what was noted of conversations, each once, when it was closed.
pub(super) async fn write_notes(
    transaction: &DatabaseTransaction,
    texts: &[Text],
) -> Result<(), StoreError> {
    let notes = texts.iter().filter_map(|text| match text {
        Text::Note(conversation, text) => Some(conversation_note::ActiveModel {
            conversation_id: Set(*conversation),
            text: Set(text.to_string()),
        }),
        _ => None,
    });
    insert!(
        transaction,
        conversation_note::Entity,
        notes.collect::<Vec<_>>(),
        None
    );
    Ok(())
}

/// Writes what customers said who rated a conversation, which each is once. What comes after a customer's erasure is not
/// kept: nothing would take it away again.
pub(super) async fn write_comments(
    transaction: &DatabaseTransaction,
    texts: &[Text],
) -> Result<(), StoreError> {
    let given = texts.iter().filter_map(|text| match text {
        Text::RatingComment(conversation, text) => Some((*conversation, text)),
        _ => None,
    });
    let given: Vec<_> = given.collect();
    if given.is_empty() {
        return Ok(());
    }
    let erased: Vec<ConversationId> = conversation::Entity::find()
        .select_only()
        .column(conversation::Column::Id)
        .inner_join(customer::Entity)
        .filter(conversation::Column::Id.is_in(given.iter().map(|(id, _)| *id)))
        .filter(customer::Column::ErasedAt.is_not_null())
        .into_tuple()
        .all(transaction)
        .await?;
    let kept = given.into_iter().filter(|(id, _)| !erased.contains(id));
    let comments = kept.map(|(conversation, text)| rating_comment::ActiveModel {
        conversation_id: Set(conversation),
        text: Set(text.to_string()),
    });
    insert!(
        transaction,
        rating_comment::Entity,
        comments.collect::<Vec<_>>(),
        None
    );
    Ok(())
}

/// What each attribute says at last: one statement cannot touch a row twice.
fn last_of(texts: &[Text]) -> BTreeMap<(ConversationId, &Arc<str>), Option<&Arc<str>>> {
    let attributes = texts.iter().filter_map(|text| match text {
        Text::Attribute {
            conversation,
            key,
            value,
        } => Some(((*conversation, key), value.as_ref())),
        _ => None,
    });
    attributes.collect()
}
