//! Rows of messages: what they say, and the ids that their providers gave them.

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::ActiveValue::Set;
use sea_orm::DatabaseTransaction;

use super::persist::insert;
use crate::log::Entry;
use crate::store::StoreError;
use crate::store::external::Hashes;
use crate::store::said::attachments_text;
use domain::{Change, Content, ConversationId, ExternalId, MessageId, Text};
use entity::tables::{external_id, message};

/// The rows with what their messages say.
pub(super) fn with_texts(
    mut rows: Vec<message::ActiveModel>,
    texts: &[Text],
) -> Result<Vec<message::ActiveModel>, StoreError> {
    let said: HashMap<MessageId, (&Content, Option<&ExternalId>)> = texts
        .iter()
        .filter_map(|text| match text {
            Text::Message {
                id,
                content,
                external,
            } => Some((*id, (content, external.as_ref()))),
            _ => None,
        })
        .collect();
    for row in &mut rows {
        let Set(id) = &row.id else { continue };
        let Some((content, external)) = said.get(id) else {
            continue;
        };
        // Text of nothing is no text.
        row.text = Set(content.has_text().then(|| content.text.to_string()));
        row.external_id = Set(external.map(|external| external.id.to_string()));
        row.attachments = Set(attachments_text(&content.attachments)?);
    }
    Ok(rows)
}

/// By which later deliveries of these messages are known.
pub(super) async fn write_external_ids(
    transaction: &DatabaseTransaction,
    hashes: &Hashes,
    entries: &[Arc<Entry>],
    texts: &[Text],
) -> Result<(), StoreError> {
    let given = texts.iter().filter_map(|text| match text {
        Text::Message { id, external, .. }
        | Text::Delivery {
            message: id,
            external,
            ..
        } => Some((*id, external.as_ref()?)),
        _ => None,
    });
    let (messages, given): (Vec<_>, Vec<_>) = given.unzip();
    if given.is_empty() {
        return Ok(());
    }
    let places = places(entries);
    let hashes = hashes.of(transaction, &given).await?;
    let rows = messages.into_iter().zip(hashes);
    let rows = rows.filter_map(|(message, hash)| {
        Some(external_id::ActiveModel {
            hash: Set(hash),
            message_id: Set(message),
            conversation_id: Set(*places.get(&message)?),
        })
    });
    let rows: Vec<_> = rows.collect();
    insert!(transaction, external_id::Entity, rows, None);
    Ok(())
}

/// In which conversation each message was posted, or was said to be on its way.
fn places(entries: &[Arc<Entry>]) -> HashMap<MessageId, ConversationId> {
    let posted = entries.iter().filter_map(|entry| match &entry.change {
        Change::MessagePosted { message, .. } | Change::MessageDelivery { message, .. } => {
            Some((*message, entry.conversation()?.id))
        }
        _ => None,
    });
    posted.collect()
}
