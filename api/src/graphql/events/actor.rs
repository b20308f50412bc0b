//! Who made a change.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, Result};

use crate::graphql::context::Request;
use crate::graphql::types::agent::Agent;
use domain::audience::{About, Fact};
use domain::{self, Author, Change, Conversation, Subject};
use engine::app::App;
use engine::log::Entry;

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
#[derive(Clone)]
pub struct Actor {
    kind: ActorKind,
    agent: Option<Agent>,
    subject: Option<Subject>,
    /// Whether a supervisor did it as one who takes part, before the eyes of the agents.
    took_part: bool,
    /// None: it is a change of the organisation.
    conversation: Option<Arc<Conversation>>,
}

/// Who made a change.
#[Object]
impl Actor {
    /// In which role.
    async fn kind(&self) -> ActorKind {
        self.kind
    }

    /// The agent; null when somebody else made it.
    async fn agent(&self) -> Option<Agent> {
        self.agent.clone()
    }

    /// The token's subject of a supervisor, administrator or gateway. For supervisors of the
    /// conversation's queue and administrators; its agents know supervisors who take part; null for
    /// others. Of a change of the organisation: for supervisors and administrators.
    async fn subject(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let Some(subject) = &self.subject else {
            return Ok(None);
        };
        let Some(conversation) = &self.conversation else {
            return Ok(ctx.access()?.leads().then(|| subject.as_str()));
        };
        let (fact, about) = match self.kind {
            ActorKind::Supervisor if self.took_part => {
                (Fact::ActingSupervisor, About::Participant(subject))
            }
            ActorKind::Supervisor => (Fact::ActingSupervisor, About::Supervisor(subject)),
            _ => (Fact::Actor, About::Nobody),
        };
        let observer = ctx.observer(conversation)?;
        Ok(observer.knows_about(fact, about).then(|| subject.as_str()))
    }
}

impl Actor {
    /// The actor of an event about this conversation.
    pub(super) fn of(app: &App, entry: &Entry, conversation: &Arc<Conversation>) -> Self {
        Self {
            conversation: Some(conversation.clone()),
            ..Self::of_organisation(app, entry)
        }
    }

    /// The actor of an event about the organisation.
    pub(super) fn of_organisation(app: &App, entry: &Entry) -> Self {
        let (kind, agent, subject) = match &entry.actor {
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
            subject: subject.cloned(),
            took_part: subject.is_some_and(|subject| took_part(entry, subject)),
            conversation: None,
        }
    }
}

/// Whether this supervisor, by whom the event is, took part in it for all to see: whoever joins,
/// leaves or writes shows themselves, and so does whoever had joined before it.
fn took_part(entry: &Entry, by: &Subject) -> bool {
    match &entry.change {
        Change::SupervisorJoined { supervisor } | Change::SupervisorLeft { supervisor } => {
            supervisor == by
        }
        Change::MessagePosted { author, .. } => *author == Author::Supervisor,
        _ => {
            let before = entry.before.as_ref();
            before.is_some_and(|seen| seen.joined.contains(by))
        }
    }
}
