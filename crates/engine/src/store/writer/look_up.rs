//! What a batch needs to know that is not on the board, in one statement a kind.

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, ExprTrait, QueryFilter};

use self::customers::Customers;
use super::Order;
use super::persist::Kept;
use super::readings;
use crate::board::Board;
use crate::store::StoreError;
use crate::store::connections::Away;
use crate::store::external::Hashes;
use crate::store::load::parse_image;
use crate::store::reassessing;
use domain::message::MessageRecord;
use domain::{
    Asker, Command, Conversation, ConversationId, CustomerId, EarlierReading, ExternalId, Left,
    MessageHead, MessageId,
};
use entity::tables::{conversation, idempotency};

mod customers;
mod messages;
mod named;
mod records;

/// Customers who were there, and the names by which they were known.
pub(super) type KnownNames = HashMap<CustomerId, Option<Arc<str>>>;

/// What was found.
#[derive(Default)]
pub(super) struct Lookup {
    /// Closed conversations that commands name.
    pub closed: Vec<Arc<Conversation>>,
    /// Returning customers.
    pub customers: Customers,
    /// The messages that commands name.
    pub messages: Vec<MessageHead>,
    /// What is recorded of the messages that commands change; none where no command does.
    pub records: Option<Vec<MessageRecord>>,
    /// The messages that came in before with an id of their provider that commands name.
    pub delivered: Vec<(ExternalId, MessageId)>,
    /// What agents have read of earlier conversations that orders are about.
    pub readings: Vec<EarlierReading>,
    /// What earlier orders came to, by subject and idempotency key.
    pub kept: HashMap<(String, String), Kept>,
    /// Which agents are disconnected.
    pub away: Away,
    /// Which conversations are to be looked at again; known where an order is about that.
    pub left: Left,
}

/// Looks up what these orders need.
pub(super) async fn look_up(
    transaction: &DatabaseTransaction,
    board: &Board,
    hashes: &Hashes,
    orders: &[&Order],
) -> Result<Lookup, StoreError> {
    let mut found = Lookup::default();
    let named: Vec<ConversationId> = board.read(|board| {
        let ids = orders
            .iter()
            .filter_map(|order| named_conversation(&order.command));
        ids.filter(|id| !board.world.conversations.contains_key(id))
            .collect()
    });
    found.closed = closed(transaction, named).await?;
    messages::look_up(transaction, board, hashes, orders, &mut found).await?;
    records::look_up(transaction, board, hashes, orders, &mut found).await?;
    found.customers = customers::look_up(transaction, orders).await?;
    customers::last_closed(transaction, board, orders, &mut found).await?;
    customers::became(transaction, orders, &mut found).await?;
    found.readings = readings::look_up(transaction, orders).await?;
    named::look_up(transaction, board, orders, &mut found).await?;
    if orders
        .iter()
        .any(|order| matches!(order.command, Command::Reassess { .. }))
    {
        found.left = reassessing::left(transaction).await?;
    }
    // By subject and key together: that is the primary key, and nobody reads another's outcome.
    let mut subjects: HashMap<String, Vec<&str>> = HashMap::new();
    for order in orders {
        if let (Asker::Viewer(viewer), Some(idempotency)) = (&order.asker, &order.idempotency) {
            let keys = subjects.entry(viewer.subject().to_string()).or_default();
            keys.push(&idempotency.key);
        }
    }
    if !subjects.is_empty() {
        let pairs = subjects
            .into_iter()
            .fold(Condition::any(), |any, (subject, keys)| {
                let own = idempotency::Column::Subject.eq(subject);
                any.add(own.and(idempotency::Column::Key.is_in(keys)))
            });
        let rows = idempotency::Entity::find()
            .filter(pairs)
            .all(transaction)
            .await?;
        for row in rows {
            let kept = Kept {
                mutation: row.mutation,
                input: row.input_hash,
                outcome: serde_json::from_str(&row.outcome)
                    .map_err(StoreError::row("idempotency"))?,
            };
            found.kept.insert((row.subject, row.key), kept);
        }
    }
    Ok(found)
}

/// These conversations, as their rows have them.
async fn closed(
    transaction: &DatabaseTransaction,
    ids: Vec<ConversationId>,
) -> Result<Vec<Arc<Conversation>>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = conversation::Entity::find()
        .filter(conversation::Column::Id.is_in(ids))
        .all(transaction)
        .await?;
    let images = rows
        .iter()
        .map(|row| Ok(Arc::new(parse_image(&row.image)?)));
    images.collect()
}

/// The conversation that a command names: what it acts on, or what it continues.
fn named_conversation(command: &Command) -> Option<ConversationId> {
    match command {
        Command::Act { conversation, .. } | Command::TimerDue { conversation, .. } => {
            Some(*conversation)
        }
        Command::ReadEarlier { earlier, .. } => Some(*earlier),
        Command::Start(start) => start.previous,
        Command::Malformed(malformed) => malformed.conversation,
        // The message says which.
        Command::OnMessage(_)
        | Command::Receive(_)
        | Command::UpdateCustomer(_)
        | Command::Bulk(_)
        | Command::Drain(_)
        | Command::NotifyAgents(_)
        | Command::SetPresence(_)
        | Command::SetPresenceOf(_)
        | Command::AcknowledgeNotice { .. }
        | Command::Manage(_)
        | Command::AgentDisconnected(_)
        | Command::Reassess { .. }
        | Command::LateScore(_)
        | Command::TokenRefreshed => None,
    }
}
