//! Events: the log, the one order in which everything happened.
//!
//! Positions are consecutive in commit order, and a row is never changed once committed; the oldest
//! are deleted when their retention ends. It holds ids, never names or text of customers.

use sea_orm::entity::prelude::*;

use domain::ids::ConversationId;

/// One event.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    /// Its place in the log: consecutive from 1, given by the program under the lock on the log head.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// When it was decided.
    pub at: DateTimeUtc,
    /// The kind of change, by the schema's name of the event.
    pub kind: String,
    /// Who made it: JSON.
    #[sea_orm(column_type = "Text")]
    pub actor: String,
    /// About which conversation; null: about something else. Not a foreign key, since the log must
    /// outlive what it tells of.
    pub conversation_id: Option<ConversationId>,
    /// The typed change: JSON.
    #[sea_orm(column_type = "Text")]
    pub change: String,
    /// What it is about, as it was right after: JSON.
    #[sea_orm(column_type = "Text")]
    pub after: String,
    /// Who could see the conversation before: JSON; null: the same as after.
    #[sea_orm(column_type = "Text")]
    pub before: Option<String>,
    /// A hash over this event and the one before; cursors carry part of it, so that a log that was
    /// rewritten is noticed.
    pub hash: i64,
}

impl ActiveModelBehavior for ActiveModel {}
