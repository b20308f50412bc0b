//! Audit: who asked for what, when, and by which rule it was refused.
//!
//! Only ever appended to. Each row's hash covers the row before, so that a row that was changed or
//! taken away is noticed. It refers to customers and messages by id only, and to conversations
//! without a foreign key, since a refusal may name one that does not exist.

use sea_orm::entity::prelude::*;

use domain::ids::ConversationId;
use domain::words::Role;

/// One action, done or refused.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    /// Its place in the chain: consecutive from 1, given by the program.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// When.
    pub at: DateTimeUtc,
    /// The `sub` of who asked.
    pub subject: String,
    /// The role in which they asked.
    pub role: Role,
    /// What they asked for, by the schema's name of it.
    pub action: String,
    /// About which conversation; null: none. Not a foreign key.
    pub conversation_id: Option<ConversationId>,
    /// At whom or what it was aimed: a typed id's text, or two with a blank between; null: nothing.
    pub target: Option<String>,
    /// The code of the rule that refused it; null: it was done.
    pub refusal: Option<String>,
    /// The reason they gave; null: none.
    #[sea_orm(column_type = "Text")]
    pub reason: Option<String>,
    /// Which limits they lifted: a JSON array of their names, empty when none.
    #[sea_orm(column_type = "Text")]
    pub overrides: String,
    /// How the conversation was before that it is about (also when refused), or the settings that
    /// it changed: JSON without customers' text or names; null: neither, or not to be seen.
    #[sea_orm(column_type = "Text")]
    pub before: Option<String>,
    /// How it was after, likewise; null: refused.
    #[sea_orm(column_type = "Text")]
    pub after: Option<String>,
    /// The chain's hash up to and with this row, hexadecimal.
    pub hash: String,
}

impl ActiveModelBehavior for ActiveModel {}
