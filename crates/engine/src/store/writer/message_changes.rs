//! Writing what happens to messages after they were posted, one change after the other: a batch may edit a message and
//! remove it again.
//!
//! What a message said before is kept as a revision. Nothing is written of a message whose text was erased.

use std::collections::{HashMap, VecDeque};

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::persist::insert;
use crate::store::StoreError;
use crate::store::projection::{MessageChange, scored};
use crate::store::said::{attachments_text, reactor_text};
use crate::store::upsert::all_but;
use domain::{Change, Content, DeliveryState, MessageId, MessageScore, Text};
use entity::tables::{message, message_reaction, message_revision, message_state};

/// Writes these changes, with what was said in them.
pub(super) async fn write(
    transaction: &DatabaseTransaction,
    changes: Vec<MessageChange>,
    texts: &[Text],
) -> Result<(), StoreError> {
    let mut said: HashMap<MessageId, VecDeque<&Text>> = HashMap::new();
    if !changes.is_empty() {
        for text in texts.iter().filter(|text| !is_posting(text)) {
            if let Some(message) = text.message() {
                said.entry(message).or_default().push_back(text);
            }
        }
    }
    for changed in changes {
        let text = match changed.change {
            // These bring no text.
            Change::MessageScored { ref score, .. } => {
                felt(transaction, &changed, score).await?;
                continue;
            }
            Change::MessageRemoved { .. } => None,
            // What was said of a message is in the order of its changes.
            _ => said.get_mut(&changed.message).and_then(VecDeque::pop_front),
        };
        match text {
            Some(Text::Edited { content, .. }) => edited(transaction, &changed, content).await?,
            Some(Text::Reaction { by, reaction, .. }) => {
                let row = message_reaction::ActiveModel {
                    message_id: Set(changed.message),
                    who: Set(reactor_text(by)),
                    reaction: Set(reaction.reaction.as_deref().map(str::to_owned)),
                    at: Set(reaction.at),
                };
                let latest = all_but::<message_reaction::Entity>(&[]);
                insert!(
                    transaction,
                    message_reaction::Entity,
                    vec![row],
                    Some(latest.clone())
                );
            }
            Some(text @ Text::Delivery { .. }) => delivered(transaction, &changed, text).await?,
            _ => removed(transaction, &changed).await?,
        }
    }
    Ok(())
}

const fn is_posting(text: &Text) -> bool {
    matches!(text, Text::Message { .. })
}

async fn edited(
    transaction: &DatabaseTransaction,
    changed: &MessageChange,
    content: &Content,
) -> Result<(), StoreError> {
    let Change::MessageEdited {
        at, score, meaning, ..
    } = &changed.change
    else {
        return Ok(());
    };
    let text = content.has_text().then(|| content.text.to_string());
    let attachments = attachments_text(&content.attachments)?;
    if !revise(transaction, changed, (&text, &attachments)).await? {
        return Ok(());
    }
    let scored = scored(score.as_ref());
    message::Entity::update_many()
        .col_expr(message::Column::Text, Expr::value(text))
        .col_expr(message::Column::Attachments, Expr::value(attachments))
        .col_expr(message::Column::Score, Expr::value(scored.score))
        .col_expr(message::Column::Confidence, Expr::value(scored.confidence))
        .col_expr(message::Column::Language, Expr::value(scored.language))
        .col_expr(message::Column::ScoreSource, Expr::value(scored.source))
        .col_expr(message::Column::Intent, Expr::value(meaning.intent))
        .filter(message::Column::Id.eq(changed.message))
        .exec(transaction)
        .await?;
    let state = message_state::ActiveModel {
        edited_at: Set(Some(*at)),
        ..nothing_said(changed)
    };
    upsert(transaction, state, &[message_state::Column::EditedAt]).await
}

/// Writes the score that somebody else gave it.
async fn felt(
    transaction: &DatabaseTransaction,
    changed: &MessageChange,
    score: &MessageScore,
) -> Result<(), StoreError> {
    let scored = scored(Some(score));
    message::Entity::update_many()
        .col_expr(message::Column::Score, Expr::value(scored.score))
        .col_expr(message::Column::Confidence, Expr::value(scored.confidence))
        .col_expr(message::Column::Language, Expr::value(scored.language))
        .col_expr(message::Column::ScoreSource, Expr::value(scored.source))
        .filter(message::Column::Id.eq(changed.message))
        .filter(message::Column::ErasedAt.is_null())
        .exec(transaction)
        .await?;
    Ok(())
}

async fn removed(
    transaction: &DatabaseTransaction,
    changed: &MessageChange,
) -> Result<(), StoreError> {
    let Change::MessageRemoved { at, .. } = &changed.change else {
        return Ok(());
    };
    if !revise(transaction, changed, (&None, &None)).await? {
        return Ok(());
    }
    let nothing = || Expr::value(None::<String>);
    message::Entity::update_many()
        .col_expr(message::Column::Text, nothing())
        .col_expr(message::Column::Attachments, nothing())
        .col_expr(message::Column::Score, Expr::value(None::<f32>))
        .col_expr(message::Column::Confidence, Expr::value(None::<f32>))
        .col_expr(message::Column::Language, nothing())
        .col_expr(message::Column::ScoreSource, nothing())
        .col_expr(message::Column::Intent, nothing())
        .filter(message::Column::Id.eq(changed.message))
        .exec(transaction)
        .await?;
    message_revision::Entity::update_many()
        .col_expr(message_revision::Column::RemovedAt, Expr::value(changed.at))
        .filter(message_revision::Column::MessageId.eq(changed.message))
        .exec(transaction)
        .await?;
    let state = message_state::ActiveModel {
        removed_at: Set(Some(*at)),
        ..nothing_said(changed)
    };
    upsert(transaction, state, &[message_state::Column::RemovedAt]).await
}

async fn delivered(
    transaction: &DatabaseTransaction,
    changed: &MessageChange,
    text: &Text,
) -> Result<(), StoreError> {
    use message_state::Column as C;
    let (
        Change::MessageDelivery { state, at, .. },
        Text::Delivery {
            external,
            code,
            description,
            ..
        },
    ) = (&changed.change, text)
    else {
        return Ok(());
    };
    if let Some(external) = external {
        // The first one that is given; all are known by their hashes.
        message::Entity::update_many()
            .col_expr(
                message::Column::ExternalId,
                Expr::value(external.id.to_string()),
            )
            .filter(message::Column::Id.eq(changed.message))
            .filter(message::Column::ExternalId.is_null())
            .filter(message::Column::ErasedAt.is_null())
            .exec(transaction)
            .await?;
    }
    let mut columns = vec![C::Delivery, C::DeliveryAt];
    if *state != DeliveryState::Failed || code.is_some() || description.is_some() {
        columns.extend([C::DeliveryCode, C::DeliveryDescription]);
    }
    let row = message_state::ActiveModel {
        delivery: Set(Some(*state)),
        delivery_at: Set(Some(*at)),
        delivery_code: Set(code.as_deref().map(str::to_owned)),
        delivery_description: Set(description.as_deref().map(str::to_owned)),
        ..nothing_said(changed)
    };
    upsert(transaction, row, &columns).await
}

/// Keeps what the message says as a revision, where it is to say something else; false: it was erased.
async fn revise(
    transaction: &DatabaseTransaction,
    changed: &MessageChange,
    (text, attachments): (&Option<String>, &Option<String>),
) -> Result<bool, StoreError> {
    let row = message::Entity::find_by_id(changed.message);
    let Some(row) = row.one(transaction).await? else {
        return Ok(false);
    };
    if row.erased_at.is_some() {
        return Ok(false);
    }
    let says_another = (&row.text, &row.attachments) != (text, attachments);
    let revision = says_another.then_some(message_revision::ActiveModel {
        message_id: Set(changed.message),
        position: Set(changed.position),
        text: Set(row.text),
        attachments: Set(row.attachments),
        replaced_at: Set(changed.at),
        removed_at: Set(None),
    });
    let revision: Vec<_> = revision.into_iter().collect();
    insert!(transaction, message_revision::Entity, revision, None);
    Ok(true)
}

/// The row of a message to which nothing happened before this.
fn nothing_said(changed: &MessageChange) -> message_state::ActiveModel {
    message_state::ActiveModel {
        message_id: Set(changed.message),
        edited_at: Set(None),
        removed_at: Set(None),
        delivery: Set(None),
        delivery_at: Set(None),
        delivery_code: Set(None),
        delivery_description: Set(None),
        position: Set(changed.position),
    }
}

/// Writes these columns of a state; the others stay as they are.
async fn upsert(
    transaction: &DatabaseTransaction,
    state: message_state::ActiveModel,
    columns: &[message_state::Column],
) -> Result<(), StoreError> {
    let written = columns.iter().chain(&[message_state::Column::Position]);
    let these = OnConflict::column(message_state::Column::MessageId)
        .update_columns(written.copied())
        .to_owned();
    insert!(
        transaction,
        message_state::Entity,
        vec![state],
        Some(these.clone())
    );
    Ok(())
}
