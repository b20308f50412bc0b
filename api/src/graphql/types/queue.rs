//! Queues.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::agent::Agent;
use super::hours::OpeningHours;
use super::paging::connection_names;
use crate::graphql::context::Request;
use domain;
use domain::QueueKind;
use domain::audience::OrganisationFact;

connection_names!(
    QueueConnectionName = "QueueConnection",
    QueueEdgeName = "QueueEdge"
);

/// Where conversations wait for an agent.
#[derive(Clone)]
pub struct Queue(pub Arc<domain::Queue>);

impl From<Arc<domain::Queue>> for Queue {
    fn from(queue: Arc<domain::Queue>) -> Self {
        Self(queue)
    }
}

/// Where conversations wait for an agent. Agents may pick what waits in queues they are members of;
/// supervisors see the conversations of the queues in their scope.
#[Object]
impl Queue {
    /// The queue's id (`queue_…`).
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The queue's name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is for: a conversation waits in a queue whose kind fits its channel.
    async fn kind(&self) -> QueueKind {
        self.0.kind
    }

    /// When it is open; null: always. Waiting and unanswered customers, and auto-close in OPEN and WRAP_UP, count only the time
    /// in which the queue is open. Changed hours act on clocks that start later.
    async fn hours(&self) -> Option<OpeningHours> {
        self.0.hours.clone().map(OpeningHours)
    }

    /// Whether it is open now: when the answer, or the message of a subscription, was made. True without hours.
    async fn is_open(&self, ctx: &Context<'_>) -> Result<bool> {
        let now = now(ctx)?;
        let hours = self.0.hours.as_ref();
        Ok(hours.is_none_or(|hours| hours.is_open(now)))
    }

    /// When it opens next. Null while it is open, without hours, and when it does not within ten years.
    async fn next_opens_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>> {
        let now = now(ctx)?;
        let hours = self.0.hours.as_ref();
        Ok(hours.and_then(|hours| hours.next_opens_at(now)))
    }

    /// When the queue was deleted; null while it is there. Only what refers to it shows a deleted queue: closed
    /// conversations, events, the audit trail. Lists and `node` do not.
    async fn deleted_at(&self) -> Option<DateTime<Utc>> {
        self.0.deleted_at
    }

    /// The agents who are members, by name. For supervisors and administrators; null for others.
    async fn members(&self, ctx: &Context<'_>) -> Result<Option<Vec<Agent>>> {
        if !OrganisationFact::Members.audience().has(ctx.access()?) {
            return Ok(None);
        }
        let queue = self.0.id;
        let mut members = ctx.app()?.board.read(|board| {
            let agents = board.world.agents.values();
            agents
                .filter(|agent| agent.queues.contains(&queue))
                .cloned()
                .collect::<Vec<_>>()
        });
        members.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        Ok(Some(members.into_iter().map(Agent).collect()))
    }
}

/// The instant of this answer, which is then not kept for anybody who asks later.
fn now(ctx: &Context<'_>) -> Result<DateTime<Utc>> {
    ctx.note_read()?;
    Ok(ctx.app()?.clock.now())
}
