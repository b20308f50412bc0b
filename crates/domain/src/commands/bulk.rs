//! `bulkAction`: a supervisor does the same to many conversations (domain.md section 13).
//!
//! What is decided here is that it begins. Each item is then decided and recorded by itself, as the single command
//! would be, in an order of its own: whatever happens in between, a repeat under the same key goes on with those that were
//! not decided.

use serde::Serialize;

use super::Act;
use crate::action::AuditedAction;
use crate::policy::require_role;
use crate::{Actor, AuditDetail, ConversationId, Decision, Refusal, Role, Viewer};

/// The most conversations of one bulk.
pub const MOST_ITEMS: usize = 500;

/// What is done to which conversations, each of them once.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bulk {
    /// The items, in the order in which they are decided.
    pub items: Vec<Item>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Item {
    /// Which conversation.
    pub conversation: ConversationId,
    /// What is done to it.
    pub act: Act,
}

impl Bulk {
    pub(super) const fn audited() -> AuditedAction {
        AuditedAction::BulkAction
    }

    /// What the audit keeps of it as a whole: what is done, and to how many.
    pub(super) fn audit(&self) -> AuditDetail {
        let first = self.items.first();
        let what = first.map(|item| item.act.action().spec().audited.as_str());
        AuditDetail::of(what.map(|what| format!("{what} {}", self.items.len())))
    }
}

/// It begins, whatever comes of its items.
pub(crate) fn decide(viewer: &Viewer) -> Result<Decision, Refusal> {
    require_role(viewer, Role::Supervisor)?;
    let subject = viewer.subject().clone();
    Ok(Decision {
        actor: Actor::Supervisor { subject },
        ..Decision::nothing()
    })
}
