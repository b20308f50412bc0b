//! Agents, queues and workstreams at one moment, as the audit trail keeps them.
//!
//! Types of their own, without an id to be fetched by: a client that keeps what it read by type and id must not
//! take how something was for how it is.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, Union};
use chrono::{DateTime, Utc};

use crate::graphql::context::Request;
use crate::graphql::types::hours::OpeningHours;
use crate::graphql::types::queue::Queue;
use crate::graphql::types::workstream::{AutoClose, wrap_up_capacity_seconds};
use domain;
use domain::{AgentKind, MonitoringNotice, Presence, QueueKind};
use engine::store::queries::audit::Resource;

/// An agent, queue or workstream at one moment, as the audit trail keeps it.
#[derive(Union)]
pub enum AuditResource {
    /// An agent.
    Agent(AuditAgent),
    /// A queue.
    Queue(AuditQueue),
    /// A workstream.
    Workstream(AuditWorkstream),
}

impl From<Resource> for AuditResource {
    fn from(resource: Resource) -> Self {
        match resource {
            Resource::Agent(agent) => Self::Agent(AuditAgent(agent)),
            Resource::Queue(queue) => Self::Queue(AuditQueue(queue)),
            Resource::Workstream(workstream) => Self::Workstream(AuditWorkstream(workstream)),
        }
    }
}

/// An agent at one moment.
pub struct AuditAgent(Arc<domain::Agent>);

/// An agent at one moment, as the audit trail keeps it.
#[Object]
impl AuditAgent {
    /// Which agent (`agent_…`).
    async fn agent_id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The `sub` of the agent's tokens.
    async fn subject(&self) -> &str {
        self.0.subject.as_str()
    }

    /// The name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// A person or a bot.
    async fn kind(&self) -> AgentKind {
        self.0.kind
    }

    /// Total capacity, in units; 0 for a bot.
    async fn total_units(&self) -> u32 {
        self.0.capacity
    }

    /// The queues the agent was a member of, as they are now.
    async fn queues(&self, ctx: &Context<'_>) -> Result<Vec<Queue>> {
        Ok(ctx.app()?.board.read(|board| {
            let queue = |id: &domain::QueueId| board.world.named_queue(*id).cloned();
            self.0.queues.iter().filter_map(queue).map(Queue).collect()
        }))
    }

    /// When the agent was deleted; null when they were there.
    async fn deleted_at(&self) -> Option<DateTime<Utc>> {
        self.0.deleted_at
    }
}

/// A queue at one moment.
pub struct AuditQueue(Arc<domain::Queue>);

/// A queue at one moment, as the audit trail keeps it.
#[Object]
impl AuditQueue {
    /// Which queue (`queue_…`).
    async fn queue_id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it was for.
    async fn kind(&self) -> QueueKind {
        self.0.kind
    }

    /// When it was open; null: always.
    async fn hours(&self) -> Option<OpeningHours> {
        self.0.hours.clone().map(OpeningHours)
    }

    /// When it was deleted; null when it was there.
    async fn deleted_at(&self) -> Option<DateTime<Utc>> {
        self.0.deleted_at
    }
}

/// A workstream at one moment.
pub struct AuditWorkstream(Arc<domain::Workstream>);

/// A workstream at one moment, as the audit trail keeps it. The fields say what those of Workstream say.
#[Object]
impl AuditWorkstream {
    /// Which workstream (`ws_…`).
    async fn workstream_id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// For which kind of channel.
    async fn kind(&self) -> QueueKind {
        self.0.kind
    }

    /// Presences in which an agent might be given work without override.
    async fn allowed_presences(&self) -> Vec<Presence> {
        let allowed = self.0.allowed_presences.iter();
        allowed.copied().collect()
    }

    /// Capacity units that one conversation took.
    async fn units(&self) -> u32 {
        self.0.units
    }

    /// Seconds until an unanswered offer or transfer request timed out.
    async fn offer_timeout_seconds(&self) -> u32 {
        self.0.offer_seconds
    }

    /// Seconds for which WRAP_UP kept the agent's capacity; 0: not at all; null: until CLOSED.
    async fn wrap_up_capacity_seconds(&self) -> Option<u32> {
        wrap_up_capacity_seconds(self.0.wrap_up_capacity)
    }

    /// What must have happened before monitoring.
    async fn monitoring_notice(&self) -> MonitoringNotice {
        self.0.monitoring_notice
    }

    /// Seconds for which a live-chat customer might be away.
    async fn customer_grace_seconds(&self) -> u32 {
        self.0.customer_grace_seconds
    }

    /// Own auto-close times.
    async fn auto_close(&self) -> AutoClose {
        self.0.auto_close.into()
    }

    /// When it was deleted; null when it was there.
    async fn deleted_at(&self) -> Option<DateTime<Utc>> {
        self.0.deleted_at
    }
}
