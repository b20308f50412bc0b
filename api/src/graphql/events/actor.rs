//! Who made a change.

use async_graphql::{Context, Enum, Object, Result};

use crate::app::App;
use crate::domain;
use crate::graphql::context::{Request, leads};
use crate::graphql::types::agent::Agent;

/// In which role somebody made a change.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum ActorKind {
    /// The customer, through the gateway of the channel.
    Customer,
    /// An agent or bot.
    Agent,
    /// A supervisor.
    Supervisor,
    /// An administrator.
    Administrator,
    /// Regie itself: a timer, or a consequence of a rule.
    System,
}

/// Who made a change.
pub struct Actor {
    kind: ActorKind,
    agent: Option<Agent>,
    subject: Option<String>,
}

/// Who made a change.
#[Object]
impl Actor {
    /// In which role.
    async fn kind(&self) -> ActorKind {
        self.kind
    }

    /// The agent; null for others.
    async fn agent(&self) -> Option<Agent> {
        self.agent.clone()
    }

    /// The token's subject of a supervisor, administrator or gateway. For supervisors and
    /// administrators; null for others.
    async fn subject(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let may_know = leads(ctx.access()?);
        Ok(self.subject.as_deref().filter(|_| may_know))
    }
}

impl Actor {
    /// The actor of an event.
    pub(super) fn of(app: &App, actor: &domain::Actor) -> Self {
        let (kind, agent, subject) = match actor {
            domain::Actor::Gateway { subject } => (ActorKind::Customer, None, Some(subject)),
            domain::Actor::Agent { agent } => (ActorKind::Agent, Some(*agent), None),
            domain::Actor::Supervisor { subject } => (ActorKind::Supervisor, None, Some(subject)),
            domain::Actor::Administrator { subject } => {
                (ActorKind::Administrator, None, Some(subject))
            }
            domain::Actor::System => (ActorKind::System, None, None),
        };
        let agent = agent.and_then(|id| {
            app.board
                .read(|board| board.world.named_agent(id).cloned().map(Agent))
        });
        Self {
            kind,
            agent,
            subject: subject.map(ToString::to_string),
        }
    }
}
