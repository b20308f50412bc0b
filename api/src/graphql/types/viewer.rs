//! Who is asking.

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::agent::Agent;
use super::queue::Queue;
use crate::graphql::context::{Request, own_agent};
use domain::{self, Scope};
use domain::{Channel, Permission, Presence, Role};

/// The holder of the token.
pub struct Viewer(pub Arc<domain::Viewer>);

/// You: what your token says of you, and what Regie knows of you.
#[Object]
impl Viewer {
    /// Your token's `sub`.
    async fn subject(&self) -> &str {
        self.0.subject().as_str()
    }

    /// Your roles.
    async fn roles(&self) -> Vec<Role> {
        self.0.roles().iter().copied().collect()
    }

    /// What your token allows you as a supervisor.
    async fn permissions(&self) -> Vec<Permission> {
        self.0.permissions().iter().copied().collect()
    }

    /// The queues whose conversations you supervise.
    async fn scope(&self, ctx: &Context<'_>) -> Result<QueueScope> {
        Ok(ctx.app()?.board.read(|board| {
            let all = &board.world.queues;
            match self.0.queues() {
                Scope::All => QueueScope {
                    is_all: true,
                    queues: all.values().cloned().map(Queue).collect(),
                },
                Scope::Only(ids) => QueueScope {
                    is_all: false,
                    queues: ids
                        .iter()
                        .filter_map(|id| all.get(id))
                        .cloned()
                        .map(Queue)
                        .collect(),
                },
            }
        }))
    }

    /// The channels you carry as a gateway; null: every channel.
    async fn channels(&self) -> Option<Vec<Channel>> {
        match self.0.channels() {
            Scope::All => None,
            Scope::Only(channels) => Some(channels.iter().copied().collect()),
        }
    }

    /// The source under which your customers, conversations and external ids are kept as a gateway: your token's, or
    /// its subject. Null without the role CUSTOMER_GATEWAY.
    async fn source(&self) -> Option<&str> {
        self.0.access().source().map(domain::Source::as_str)
    }

    /// You as an agent; null when no agent has your subject.
    async fn agent(&self, ctx: &Context<'_>) -> Result<Option<Agent>> {
        Ok(own_agent(ctx.app()?, &self.0).map(Agent))
    }

    /// Your presence as an agent or, without being one, as a supervisor or administrator (AVAILABLE
    /// until you set it). Null for others, and for bots.
    async fn presence(&self, ctx: &Context<'_>) -> Result<Option<Presence>> {
        let app = ctx.app()?;
        // As setPresence has it: without the role, the agent of the same name is somebody else.
        let is_agent = self.0.has_role(domain::Role::Agent);
        if let Some(agent) = own_agent(app, &self.0).filter(|_| is_agent) {
            let human = agent.kind == domain::AgentKind::Human;
            return Ok(human.then(|| agent.presence));
        }
        let supervises = self.0.has_role(domain::Role::Supervisor)
            || self.0.has_role(domain::Role::Administrator);
        let set = app
            .board
            .read(|board| board.world.supervisors.get(self.0.subject()).copied());
        Ok(supervises.then(|| set.unwrap_or(domain::Presence::Available)))
    }

    /// What tells you that supervisors may watch conversations, and whether you have acknowledged it.
    async fn monitoring_notice(&self, ctx: &Context<'_>) -> Result<ViewerMonitoringNotice> {
        let app = ctx.app()?;
        let settings = app.board.read(|board| board.world.settings.clone());
        let is_agent = self.0.has_role(domain::Role::Agent);
        let agent = own_agent(app, &self.0).filter(|_| is_agent);
        Ok(ViewerMonitoringNotice {
            version: settings.notice_version(),
            acknowledged_at: agent.and_then(|agent| agent.acknowledged_at(&settings)),
            text: settings.monitoring_notice_text.to_string(),
        })
    }

    /// When your token expires. Streams that it holds end then. On an open WebSocket you can replace it
    /// before: send `{"type":"ping","payload":{"token":"…"}}`, and see `Subscription` for the answer.
    async fn token_expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at()
    }
}

/// The operator's text about monitoring, and whether you have acknowledged it.
#[derive(SimpleObject)]
pub struct ViewerMonitoringNotice {
    /// The operator's text that tells you that supervisors may watch conversations.
    text: String,
    /// Which text this is: give it to `acknowledgeMonitoringNotice`. The same text has the same version.
    version: String,
    /// When you acknowledged this text as an agent; null when you never did, when the text has changed since,
    /// and when no agent has your subject.
    acknowledged_at: Option<DateTime<Utc>>,
}

/// The queues that a token names.
#[derive(SimpleObject)]
pub struct QueueScope {
    /// Every queue, present and future (`*`).
    is_all: bool,
    /// The queues that exist now.
    queues: Vec<Queue>,
}
