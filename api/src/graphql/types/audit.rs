//! The audit trail, as it is shown. Who may see which entry is decided where pages are made.

mod pages;
mod resource;

use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::agent::Agent;
use super::conversation::{Conversation, find};
use super::paging::connection_names;
use super::participant::{MonitorSession, ReviewSession};
use super::queue::Queue;
use super::settings::SupervisorSettings;
use resource::AuditResource;

use crate::graphql::context::{Request, internal};
use domain::Code as ErrorCode;
use domain::{self, AuditedAction, ConversationId, LookKind, Override};
use domain::{Role, State, StatusReason};
use engine::store::queries::Session;
use engine::store::queries::audit::{self as rows, AuditFilter, Whose};
pub use pages::{about, code, trail};

/// The session that this entry is about, if it is of this kind.
async fn look(
    ctx: &Context<'_>,
    entry: &rows::AuditEntry,
    kind: LookKind,
) -> Result<Option<Session>> {
    let target = entry.target.as_deref().and_then(|id| id.parse().ok());
    let (Some(conversation), Some(id)) = (entry.conversation, target) else {
        return Ok(None);
    };
    let id: domain::MonitorSessionId = id;
    let sessions = ctx.loaders()?.sessions.get(conversation).await?;
    let mut sessions = sessions.into_iter().flatten();
    Ok(sessions.find(|one| one.id == id && one.kind == kind))
}

connection_names!(
    AuditEntryConnectionName = "AuditEntryConnection",
    AuditEntryEdgeName = "AuditEntryEdge"
);

/// A page of the audit trail.
pub type AuditEntryConnection = Connection<
    String,
    AuditEntry,
    AuditTotal,
    EmptyFields,
    AuditEntryConnectionName,
    AuditEntryEdgeName,
>;

/// One action, done or refused.
pub struct AuditEntry(rows::AuditEntry);

/// One action of a supervisor or administrator, done or refused. Entries are only ever added; each
/// one's hash covers the entry before, so that one that was altered or removed is noticed
/// (`regie audit verify`). They hold ids and states, never what a customer wrote.
#[Object]
impl AuditEntry {
    /// Its place in the trail: consecutive from 1, in the order in which things were done.
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// When.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// Who asked: their token's `sub`.
    async fn subject(&self) -> &str {
        &self.0.subject
    }

    /// In which role it was asked for: SUPERVISOR or ADMINISTRATOR; AGENT where one read an earlier conversation. With the refusal ROLE_REQUIRED
    /// or INVALID_INPUT they need not have had it.
    async fn role(&self) -> Role {
        self.0.role
    }

    /// What was asked for.
    async fn action(&self) -> AuditedAction {
        self.0.action
    }

    /// The id that was given as the conversation's (`conv_…`), whether or not there is one; null
    /// when it is about none.
    async fn conversation_id(&self) -> Option<ID> {
        self.0.conversation.map(|id| ID(id.to_string()))
    }

    /// The conversation as it is now; null when it is about none, and when you may not see it (now).
    async fn conversation(&self, ctx: &Context<'_>) -> Result<Option<Conversation>> {
        match self.0.conversation {
            Some(id) => find(ctx, id).await,
            None => Ok(None),
        }
    }

    /// At whom or what it was aimed, by id: the agent or queue of an assign or transfer; the monitor
    /// or review session that was started, joined, left or stopped; the message sent; the offer withdrawn; the agent, queue or
    /// workstream created, changed or deleted; the customer erased; the token's own id, or the subject, that was revoked; agent and queue, with a blank between, of a membership. Null when it
    /// was aimed at nothing else than the conversation, and for what was refused before it came into being.
    async fn target(&self) -> Option<&str> {
        self.0.target.as_deref()
    }

    /// The monitor session that was started, joined, left or stopped, as it is now: how long the
    /// look lasted and what ended it. Null for other actions, and when refused. From the database.
    async fn monitor_session(&self, ctx: &Context<'_>) -> Result<Option<MonitorSession>> {
        let session = look(ctx, &self.0, LookKind::Monitor).await?;
        Ok(session.map(Into::into))
    }

    /// The review session that was started or stopped, as it is now: how long the look lasted and what ended it.
    /// Null for other actions, and when refused. From the database.
    async fn review_session(&self, ctx: &Context<'_>) -> Result<Option<ReviewSession>> {
        let session = look(ctx, &self.0, LookKind::Review).await?;
        Ok(session.map(Into::into))
    }

    /// The first rule that refused it; null: it was done.
    async fn refusal(&self) -> Option<ErrorCode> {
        self.0.refusal
    }

    /// Why, in their words; null when they gave no reason.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// The limits that they asked to lift; empty when none.
    async fn overrides(&self) -> Vec<Override> {
        self.0.overrides.clone()
    }

    /// How the conversation was just before; null when it is about none that they could see.
    async fn before(&self) -> Option<AuditSnapshot> {
        self.0.before.conversation.clone().map(AuditSnapshot)
    }

    /// How the conversation was right after; null when refused, and when it is about none.
    async fn after(&self) -> Option<AuditSnapshot> {
        self.0.after.conversation.clone().map(AuditSnapshot)
    }

    /// The organisation's settings just before they were changed; null for other actions, and when refused.
    async fn settings_before(&self) -> Option<SupervisorSettings> {
        self.0.before.settings.clone().map(SupervisorSettings)
    }

    /// The organisation's settings right after they were changed; null for other actions, and when refused.
    async fn settings_after(&self) -> Option<SupervisorSettings> {
        self.0.after.settings.clone().map(SupervisorSettings)
    }

    /// The agent, queue or workstream just before it was changed or deleted, also when that was refused; null for
    /// other actions, and when it was not there.
    async fn resource_before(&self) -> Option<AuditResource> {
        self.0.before.resource.clone().map(Into::into)
    }

    /// The agent, queue or workstream right after it was created, changed or deleted; null for other actions, and
    /// when refused.
    async fn resource_after(&self) -> Option<AuditResource> {
        self.0.after.resource.clone().map(Into::into)
    }

    /// SHA-256 over the hash of the entry before and everything in this one, 64 hexadecimal digits.
    /// Noted elsewhere, it proves later that nothing up to here was changed: `regie audit verify --expect`.
    async fn hash(&self) -> &str {
        &self.0.hash
    }
}

/// A conversation at one moment, as the audit trail keeps it.
pub struct AuditSnapshot(rows::Snapshot);

/// A conversation at one moment, as the audit trail keeps it: where it stood, no text.
#[Object]
impl AuditSnapshot {
    /// Where it stood.
    async fn state(&self) -> State {
        self.0.state
    }

    /// Why it stood there.
    async fn status_reason(&self) -> StatusReason {
        self.0.reason
    }

    /// Its version.
    async fn version(&self) -> u32 {
        self.0.version
    }

    /// The queue it was in.
    async fn queue(&self, ctx: &Context<'_>) -> Result<Option<Queue>> {
        let id = self.0.queue;
        let queue = |board: &engine::board::State| board.world.named_queue(id).cloned();
        Ok(ctx.app()?.board.read(queue).map(Queue))
    }

    /// Who had it, or was offered it as an assignment; null when nobody.
    async fn agent(&self, ctx: &Context<'_>) -> Result<Option<Agent>> {
        let Some(id) = self.0.agent else {
            return Ok(None);
        };
        let agent = |board: &engine::board::State| board.world.named_agent(id).cloned();
        Ok(ctx.app()?.board.read(agent).map(Agent))
    }
}

/// What the length of a list is asked of.
pub enum AuditTotal {
    /// The trail, through a filter.
    Trail(Box<AuditFilter>),
    /// What is about one conversation.
    About(ConversationId, Whose),
}

/// What the audit trail knows of itself.
#[Object]
impl AuditTotal {
    /// How many there are on all pages. Counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let count = match self {
            Self::Trail(filter) => {
                ctx.note_read()?;
                let counted = ctx.app()?.store.count_audit(filter).await;
                i32::try_from(counted.map_err(|error| internal(&error))?)
            }
            Self::About(conversation, whose) => {
                let key = (*conversation, whose.clone());
                i32::try_from(ctx.loaders()?.audit_counts.get(key).await?.unwrap_or(0))
            }
        };
        Ok(count.unwrap_or(i32::MAX))
    }
}
