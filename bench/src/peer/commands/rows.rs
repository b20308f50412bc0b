//! The rows that the project wrote, one group for each command, read back from its database.

use std::collections::HashMap;

use domain::ids::ConversationId;
use entity::tables::{audit, conversation, event, message, offer, timer};
use sea_orm::{
    ColumnTrait as _, DatabaseConnection, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use crate::Result;
use crate::commands::Kind;

/// More events than this are not read: a run of a few seconds does not come to their end.
const MOST: u64 = 50_000;

/// What one command wrote.
#[derive(Clone, Debug)]
pub struct Group {
    /// The conversation after it.
    pub conversation: conversation::Model,
    /// Its events, in order.
    pub events: Vec<event::Model>,
    /// The message it posted.
    pub message: Option<message::Model>,
    /// The offer it made.
    pub offer: Option<offer::Model>,
    /// The conversation's timers after it.
    pub timers: Vec<timer::Model>,
    /// What the audit trail says of it.
    pub audit: Option<audit::Model>,
}

impl Group {
    /// Every text of these rows, and 8 bytes for each other column of theirs: what a log of the
    /// same content would hold.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.conversation.image.clone().into_bytes();
        for event in &self.events {
            for text in [&event.kind, &event.actor, &event.change, &event.after] {
                bytes.extend_from_slice(text.as_bytes());
            }
        }
        let texts = self
            .message
            .iter()
            .filter_map(|message| message.text.as_ref());
        let audit = self.audit.iter();
        let audit = audit
            .flat_map(|audit| [&audit.before, &audit.after])
            .flatten();
        for text in texts.chain(audit) {
            bytes.extend_from_slice(text.as_bytes());
        }
        let numbers = 17 + 5 * self.events.len() + 3 * self.timers.len();
        let numbers = numbers
            + 13 * usize::from(self.message.is_some())
            + 12 * usize::from(self.offer.is_some())
            + 10 * usize::from(self.audit.is_some());
        bytes.resize(bytes.len() + 8 * numbers, b' ');
        bytes
    }
}

/// Reads them.
pub async fn groups(db: &DatabaseConnection, kind: Kind, after: i64) -> Result<Vec<Group>> {
    let opens = match kind {
        Kind::Assign => "AssignedToAgent",
        Kind::Message => "MessagePosted",
    };
    let mut events = event::Entity::find()
        .filter(event::Column::Position.gt(after))
        .order_by_asc(event::Column::Position)
        .limit(MOST)
        .all(db)
        .await?;
    // The last command may have been cut off.
    let last = events.iter().rposition(|event| event.kind == opens);
    events.truncate(last.ok_or("the project wrote nothing")?);
    let mut by_id: HashMap<ConversationId, Rows> = HashMap::new();
    for row in conversation::Entity::find().all(db).await? {
        by_id.insert(row.id, Rows::of(row));
    }
    for row in offer::Entity::find().all(db).await? {
        if let Some(rows) = by_id.get_mut(&row.conversation_id) {
            rows.offer = Some(row);
        }
    }
    for row in timer::Entity::find().all(db).await? {
        if let Some(rows) = by_id.get_mut(&row.conversation_id) {
            rows.timers.push(row);
        }
    }
    let recorded = audit::Entity::find().filter(audit::Column::ConversationId.is_not_null());
    for row in recorded.all(db).await? {
        let rows = row.conversation_id.and_then(|id| by_id.get_mut(&id));
        if let Some(rows) = rows {
            rows.audit = Some(row);
        }
    }
    let posted = message::Entity::find().filter(message::Column::Position.gt(after));
    let mut messages: HashMap<i64, message::Model> = HashMap::new();
    for row in posted.all(db).await? {
        messages.insert(row.position, row);
    }
    let mut groups: Vec<Group> = Vec::new();
    for event in events {
        let Some(rows) = event.conversation_id.and_then(|id| by_id.get(&id)) else {
            continue;
        };
        if event.kind == opens {
            groups.push(rows.group(messages.remove(&event.position), kind));
        }
        let Some(group) = groups.last_mut() else {
            continue;
        };
        let same = Some(group.conversation.id) == event.conversation_id;
        if same {
            group.conversation.image.clone_from(&event.after);
            group.events.push(event);
        }
    }
    Ok(groups)
}

/// A conversation's rows at the end.
struct Rows {
    conversation: conversation::Model,
    offer: Option<offer::Model>,
    timers: Vec<timer::Model>,
    audit: Option<audit::Model>,
}

impl Rows {
    const fn of(conversation: conversation::Model) -> Self {
        Self {
            conversation,
            offer: None,
            timers: Vec::new(),
            audit: None,
        }
    }

    fn group(&self, message: Option<message::Model>, kind: Kind) -> Group {
        let assigns = kind == Kind::Assign;
        Group {
            conversation: self.conversation.clone(),
            events: Vec::new(),
            message,
            offer: self.offer.clone().filter(|_| assigns),
            timers: self.timers.clone(),
            audit: self.audit.clone().filter(|_| assigns),
        }
    }
}
