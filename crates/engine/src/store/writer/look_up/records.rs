//! What is recorded of the messages that commands change, by whichever of their ids they are named.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::Lookup;
use super::messages::{add_conversations, delivered};
use crate::board::Board;
use crate::store::StoreError;
use crate::store::external::Hashes;
use crate::store::order::Order;
use crate::store::said::{content_of, parse_reactor};
use domain::commands::OnMessage;
use domain::message::{Delivery, MessageRecord, Reaction, Reactor};
use domain::{
    Asker, Channel, Command, ConversationId, ExternalId, Intent, MessageAct, MessageHead,
    MessageId, MessageName, Subject, Viewer,
};
use entity::tables::{message, message_reaction, message_state};

/// Adds what is recorded of the messages that these orders change, and the conversations that they are in.
pub(super) async fn look_up(
    transaction: &DatabaseTransaction,
    board: &Board,
    hashes: &Hashes,
    orders: &[&Order],
    found: &mut Lookup,
) -> Result<(), StoreError> {
    let changing: Vec<(&Viewer, &OnMessage)> = orders
        .iter()
        .filter_map(|order| match (&order.asker, &order.command) {
            (Asker::Viewer(viewer), Command::OnMessage(on)) => Some((&**viewer, &**on)),
            _ => None,
        })
        .collect();
    let late = orders.iter().filter_map(|order| match &order.command {
        Command::LateScore(late) => Some(late.message),
        _ => None,
    });
    let late: Vec<MessageId> = late.collect();
    if changing.is_empty() && late.is_empty() {
        return Ok(());
    }
    let external = changing
        .iter()
        .filter_map(|(viewer, on)| on.external(viewer));
    let mut ids = by_external(transaction, hashes, external.collect(), found).await?;
    ids.extend(changing.iter().filter_map(|(_, on)| match on.message {
        MessageName::Id(id) => Some(id),
        MessageName::External(_) => None,
    }));
    ids.extend(late);
    let records = records(transaction, ids).await?;
    let theirs = records.values().map(|record| record.head.conversation);
    add_conversations(transaction, board, theirs.collect(), found).await?;
    let given = given(board, &changing, &records, found);
    by_external(transaction, hashes, given, found).await?;
    found.records = Some(records.into_values().collect());
    Ok(())
}

/// Adds the messages that are known by these ids of their providers.
async fn by_external(
    transaction: &DatabaseTransaction,
    hashes: &Hashes,
    asked: HashSet<ExternalId>,
    found: &mut Lookup,
) -> Result<HashSet<MessageId>, StoreError> {
    let asked: Vec<ExternalId> = asked.into_iter().collect();
    let known = delivered(transaction, hashes, &asked).await?;
    let ids = known.iter().map(|(_, head)| head.id).collect();
    for (external, head) in known {
        found.messages.push(head);
        found.delivered.push((external, head.id));
    }
    Ok(ids)
}

/// The ids that gateways give to messages of the organisation: whether another message has one is to be known.
fn given(
    board: &Board,
    changing: &[(&Viewer, &OnMessage)],
    records: &HashMap<MessageId, MessageRecord>,
    found: &Lookup,
) -> HashSet<ExternalId> {
    let channel_of = |id: ConversationId| -> Option<Channel> {
        let closed = found.closed.iter().find(|c| c.id == id).cloned();
        let there = closed.or_else(|| board.read(|b| b.world.conversations.get(&id).cloned()));
        there.map(|c| c.channel)
    };
    let one = |(viewer, on): &(&Viewer, &OnMessage)| {
        let MessageAct::RecordDelivery(delivery) = &on.act else {
            return None;
        };
        let named = match on.message {
            MessageName::Id(id) => records
                .get(&id)
                .and_then(|r| channel_of(r.head.conversation)),
            MessageName::External(_) => None,
        };
        Some(ExternalId {
            source: viewer.access().source()?.clone(),
            channel: named.or(on.channel)?,
            id: delivery.external_id.clone()?,
        })
    };
    changing.iter().filter_map(one).collect()
}

async fn records(
    transaction: &DatabaseTransaction,
    ids: HashSet<MessageId>,
) -> Result<HashMap<MessageId, MessageRecord>, StoreError> {
    let mut records = HashMap::new();
    if ids.is_empty() {
        return Ok(records);
    }
    let rows = message::Entity::find()
        .filter(message::Column::Id.is_in(ids.iter().copied()))
        .all(transaction)
        .await?;
    for row in rows {
        records.insert(row.id, record(&row)?);
    }
    let states = message_state::Entity::find()
        .filter(message_state::Column::MessageId.is_in(ids.iter().copied()))
        .all(transaction)
        .await?;
    for state in states {
        if let Some(record) = records.get_mut(&state.message_id) {
            record.edited_at = state.edited_at;
            record.removed_at = state.removed_at;
            let delivery = state.delivery.zip(state.delivery_at);
            record.delivery = delivery.map(|(state, at)| Delivery { state, at });
        }
    }
    let reactions = message_reaction::Entity::find()
        .filter(message_reaction::Column::MessageId.is_in(ids))
        .all(transaction)
        .await?;
    for row in reactions {
        let (id, reactor) = (row.message_id, parse_reactor(&row.who)?);
        let reaction = Reaction {
            reaction: row.reaction.map(Arc::from),
            at: row.at,
        };
        if let Some(record) = records.get_mut(&id) {
            record.reactions.insert(reactor, reaction);
        }
    }
    Ok(records)
}

fn record(row: &message::Model) -> Result<MessageRecord, StoreError> {
    let content = content_of(row.text.as_deref(), row.attachments.as_deref())?;
    let supervisor = row.author_subject.as_deref().and_then(Subject::new);
    let agent = row.agent_id.map(Reactor::Agent);
    Ok(MessageRecord {
        head: MessageHead {
            id: row.id,
            conversation: row.conversation_id,
            visibility: row.visibility,
            coached: row.coached_id,
        },
        author: row.author,
        writer: agent.or_else(|| supervisor.map(Reactor::Supervisor)),
        sent_at: row.sent_at,
        content,
        score: row.score,
        language: row.language.as_deref().map(Arc::from),
        source: row.score_source.unwrap_or_default(),
        is_closing: row.intent == Some(Intent::Closing),
        edited_at: None,
        removed_at: None,
        erased: row.erased_at.is_some(),
        delivery: None,
        reactions: HashMap::new(),
    })
}
