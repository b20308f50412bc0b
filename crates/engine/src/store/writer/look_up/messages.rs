//! Messages that commands name, by their own ids or by their providers'.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect};

use super::{Lookup, closed};
use crate::board::Board;
use crate::store::StoreError;
use crate::store::external::Hashes;
use crate::store::order::Order;
use domain::{
    Act, AgentId, Asker, Channel, Command, ConversationId, ExternalId, MessageHead, MessageId,
    MessageName, Viewer, Visibility,
};
use entity::tables::{external_id, message};

/// What orders name of messages.
#[derive(Default)]
struct Named {
    ids: HashSet<MessageId>,
    external: HashSet<ExternalId>,
}

/// Adds what is known of the messages that these orders name, and the conversations that they are in.
pub(super) async fn look_up(
    transaction: &DatabaseTransaction,
    board: &Board,
    hashes: &Hashes,
    orders: &[&Order],
    found: &mut Lookup,
) -> Result<(), StoreError> {
    let channel_of = |id: ConversationId| {
        let closed = found.closed.iter().find(|c| c.id == id).cloned();
        let there = closed.or_else(|| board.read(|b| b.world.conversations.get(&id).cloned()));
        there.map(|c| c.channel)
    };
    let mut named = Named::default();
    for order in orders {
        if let Asker::Viewer(viewer) = &order.asker {
            named.add(viewer, &order.command, channel_of);
        }
    }
    let external: Vec<ExternalId> = named.external.into_iter().collect();
    let delivered = delivered(transaction, hashes, &external).await?;
    let theirs = delivered.iter().map(|(_, head)| head.conversation);
    add_conversations(transaction, board, theirs.collect(), found).await?;
    for (external, head) in delivered {
        found.messages.push(head);
        found.delivered.push((external, head.id));
    }
    found.messages.extend(heads(transaction, named.ids).await?);
    Ok(())
}

/// Adds those of these conversations that are neither ongoing nor found.
pub(super) async fn add_conversations(
    transaction: &DatabaseTransaction,
    board: &Board,
    these: HashSet<ConversationId>,
    found: &mut Lookup,
) -> Result<(), StoreError> {
    let elsewhere = board.read(|board| {
        let ongoing = |id: &ConversationId| board.world.conversations.contains_key(id);
        let found = |id: &ConversationId| found.closed.iter().any(|c| c.id == *id);
        let unknown = these.into_iter();
        let unknown = unknown.filter(|id| !ongoing(id) && !found(id));
        unknown.collect::<Vec<_>>()
    });
    found.closed.extend(closed(transaction, elsewhere).await?);
    Ok(())
}

impl Named {
    fn add(
        &mut self,
        viewer: &Viewer,
        command: &Command,
        channel_of: impl Fn(ConversationId) -> Option<Channel>,
    ) {
        let (message, channel) = match command {
            Command::Receive(receive) => (&receive.message, Some(receive.start.channel)),
            Command::Act { conversation, act } => match act {
                Act::CustomerMessage(message) => {
                    let names = message.external_id.is_some() || message.reply_to.is_some();
                    let channel = names.then(|| channel_of(*conversation)).flatten();
                    (message, channel)
                }
                Act::Send(send) => {
                    self.ids.extend(send.reply_to);
                    return;
                }
                _ => return,
            },
            _ => return,
        };
        let (Some(channel), Some(source)) = (channel, viewer.access().source()) else {
            return;
        };
        self.external.extend(message.external(viewer, channel));
        match &message.reply_to {
            Some(MessageName::Id(id)) => {
                self.ids.insert(*id);
            }
            Some(MessageName::External(id)) => {
                self.external.insert(ExternalId {
                    source: source.clone(),
                    channel,
                    id: id.clone(),
                });
            }
            None => {}
        }
    }
}

/// The messages that came in with these ids; only PUBLIC ones have any.
pub(super) async fn delivered(
    transaction: &DatabaseTransaction,
    hashes: &Hashes,
    asked: &[ExternalId],
) -> Result<Vec<(ExternalId, MessageHead)>, StoreError> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let all: Vec<&ExternalId> = asked.iter().collect();
    let hashed = hashes.of(transaction, &all).await?;
    let by_hash: HashMap<_, _> = hashed.iter().zip(asked).collect();
    let rows = external_id::Entity::find()
        .filter(external_id::Column::Hash.is_in(hashed.iter().copied()))
        .all(transaction)
        .await?;
    let found = rows.into_iter().filter_map(|row| {
        let external = *by_hash.get(&row.hash)?;
        let head = MessageHead {
            id: row.message_id,
            conversation: row.conversation_id,
            visibility: Visibility::Public,
            coached: None,
        };
        Some((external.clone(), head))
    });
    Ok(found.collect())
}

async fn heads(
    transaction: &DatabaseTransaction,
    ids: HashSet<MessageId>,
) -> Result<Vec<MessageHead>, StoreError> {
    use message::Column as C;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(MessageId, ConversationId, Visibility, Option<AgentId>)> =
        message::Entity::find()
            .select_only()
            .columns([C::Id, C::ConversationId, C::Visibility, C::CoachedId])
            .filter(C::Id.is_in(ids))
            .into_tuple()
            .all(transaction)
            .await?;
    let head = |(id, conversation, visibility, coached)| MessageHead {
        id,
        conversation,
        visibility,
        coached,
    };
    Ok(rows.into_iter().map(head).collect())
}
