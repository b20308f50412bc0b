//! Agents.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::paging::connection_names;
use super::queue::Queue;
use crate::graphql::context::Request;
use crate::graphql::insights::{InsightRange, Insights, answer, own_question, parts};
use domain;
use domain::audience::OrganisationFact;
use domain::{AgentKind, InsightInterval, Presence, Role};

connection_names!(
    AgentConnectionName = "AgentConnection",
    AgentEdgeName = "AgentEdge"
);

/// Who answers customers.
#[derive(Clone)]
pub struct Agent(pub Arc<domain::Agent>);

/// Who answers customers: a person or a bot. Everybody who sees an agent sees the name; presence,
/// capacity and queues are for supervisors, administrators and the agent.
#[Object]
impl Agent {
    /// The agent's id (`agent_…`).
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The name that colleagues see.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// A person or a bot.
    async fn kind(&self) -> AgentKind {
        self.0.kind
    }

    /// The `sub` of the agent's tokens; no two agents share one. Null for whom it does not concern.
    async fn subject(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        Ok(self
            .shows(ctx, OrganisationFact::AgentFigures)?
            .then(|| self.0.subject.as_str()))
    }

    /// Whether the agent can be reached for work. Null for a bot, and for whom it does not concern.
    async fn presence(&self, ctx: &Context<'_>) -> Result<Option<Presence>> {
        let human = self.0.kind == domain::AgentKind::Human;
        Ok((human && self.shows(ctx, OrganisationFact::AgentFigures)?).then(|| self.0.presence))
    }

    /// Capacity, in units. Null for a bot, and for whom it does not concern.
    async fn capacity(&self, ctx: &Context<'_>) -> Result<Option<Capacity>> {
        if self.0.kind == domain::AgentKind::Bot
            || !self.shows(ctx, OrganisationFact::AgentFigures)?
        {
            return Ok(None);
        }
        let load = ctx.app()?.board.read(|board| board.world.load(self.0.id));
        Ok(Some(Capacity::of(self.0.capacity, load.consumed)))
    }

    /// How many ongoing conversations the agent has or is offered (in ACTIVE, WAITING and WRAP_UP).
    /// Null for whom it does not concern.
    async fn active_conversations(&self, ctx: &Context<'_>) -> Result<Option<u32>> {
        if !self.shows(ctx, OrganisationFact::AgentFigures)? {
            return Ok(None);
        }
        Ok(Some(
            ctx.app()?
                .board
                .read(|board| board.world.load(self.0.id).conversations),
        ))
    }

    /// The queues the agent is a member of. Null for whom it does not concern.
    async fn queues(&self, ctx: &Context<'_>) -> Result<Option<Vec<Queue>>> {
        if !self.shows(ctx, OrganisationFact::AgentFigures)? {
            return Ok(None);
        }
        let queues = ctx.app()?.board.read(|board| {
            let queue = |id| board.world.queues.get(id).cloned();
            self.0.queues.iter().filter_map(queue).map(Queue).collect()
        });
        Ok(Some(queues))
    }

    /// When the agent acknowledged the monitoring notice as it is now. For administrators and the agent; null for
    /// others, when they have not, and when the text has changed since.
    async fn monitoring_notice_acknowledged_at(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<DateTime<Utc>>> {
        if !self.shows(ctx, OrganisationFact::Acknowledgement)? {
            return Ok(None);
        }
        let settings = ctx.app()?.board.read(|board| board.world.settings.clone());
        Ok(self.0.acknowledged_at(&settings))
    }

    /// Your own figures as an agent, in all queues, and your times; null of anybody else: `insights` shows agents to those who
    /// supervise them. Refused with INVALID_INPUT where range, interval or zone do not fit. Has a row once you did something.
    async fn insights(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which time.")] range: InsightRange,
        #[graphql(
            desc = "Into which parts the range is cut, for `series`; at most 1,000.",
            default_with = "InsightInterval::Whole"
        )]
        interval: InsightInterval,
        #[graphql(
            desc = "Where days, weeks and months begin at midnight: a time zone of the IANA database.",
            default = "UTC"
        )]
        time_zone: String,
    ) -> Result<Option<Insights>> {
        let parts = parts(&range, interval, &time_zone)?;
        let viewer = ctx.viewer()?;
        // Without the role, the agent of the same name is somebody else.
        if !viewer.has_role(Role::Agent) || !self.is(viewer) {
            return Ok(None);
        }
        answer(ctx, own_question(self.0.id, parts)).await
    }

    /// When the agent was deleted; null while they are there. Only what refers to them shows a deleted agent:
    /// closed conversations, events, the audit trail. Lists and `node` do not.
    async fn deleted_at(&self) -> Option<DateTime<Utc>> {
        self.0.deleted_at
    }
}

impl Agent {
    /// Whether whoever asks may know this fact of the agent.
    fn shows(&self, ctx: &Context<'_>, fact: OrganisationFact) -> Result<bool> {
        let audience = fact.audience();
        // Who asks is asked only where that decides: what does not depend on it can be shared.
        Ok(audience.has(ctx.access()?) || (audience.has_its_agent() && self.is(ctx.viewer()?)))
    }

    /// Whether the viewer is this agent. A deleted one's subject may be another's by now.
    fn is(&self, viewer: &domain::Viewer) -> bool {
        self.0.deleted_at.is_none() && *viewer.subject() == self.0.subject
    }
}

/// An agent's capacity in units. What is reserved by an offer or a transfer request counts as consumed.
#[derive(SimpleObject)]
pub struct Capacity {
    /// All of it.
    total_units: u32,
    /// Consumed and reserved now.
    consumed_units: u32,
    /// Total less consumed; negative after an override, a pick or a reopening beyond the total.
    available_units: i64,
}

impl Capacity {
    /// So many units in all, of which so many are consumed or reserved.
    pub(in crate::graphql) fn of(total: u32, consumed: u32) -> Self {
        Self {
            total_units: total,
            consumed_units: consumed,
            available_units: i64::from(total) - i64::from(consumed),
        }
    }
}
