//! What happens to messages after they were posted: reactions, deliveries, and what they said before.

use async_graphql::{Context, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::agent::Agent;
use super::attachment::Attachment;
use crate::graphql::context::Request;
use domain::message::Reactor;
use domain::{AgentKind, Author, DeliveryState};
use engine::store::queries::{MessageState, Reacted};

/// What a message said before.
pub struct Revision(pub engine::store::queries::Revision);

/// What a message said before it was edited or removed.
#[Object]
impl Revision {
    /// What it said; empty where it had attachments alone.
    async fn text(&self) -> &str {
        self.0.text.as_deref().unwrap_or_default()
    }

    /// What was attached, in order. Opening an address tells its host that somebody reads, so load one only when its reader asks
    /// for it.
    async fn attachments(&self) -> Vec<Attachment> {
        self.0.attachments.iter().cloned().map(Attachment).collect()
    }

    /// Until when it said so: when the edit or the removal came in.
    async fn replaced_at(&self) -> DateTime<Utc> {
        self.0.replaced_at
    }
}

/// Somebody's reaction.
pub struct Reaction {
    reacted: Reacted,
    is_read_inside: bool,
}

impl Reaction {
    /// A reaction, as it is read by the organisation's people or for the customer.
    pub const fn new(reacted: Reacted, is_read_inside: bool) -> Self {
        Self {
            reacted,
            is_read_inside,
        }
    }
}

/// Somebody's reaction to a message.
#[Object]
impl Reaction {
    /// The reaction, such as an emoji.
    async fn reaction(&self) -> &str {
        &self.reacted.reaction
    }

    /// Who reacted.
    async fn author(&self, ctx: &Context<'_>) -> Result<Author> {
        Ok(match self.reacted.by {
            Reactor::Customer => Author::Customer,
            Reactor::Supervisor(_) => Author::Supervisor,
            Reactor::Agent(id) => ctx.app()?.board.read(|board| {
                let agent = board.world.named_agent(id);
                match agent.map(|agent| agent.kind) {
                    Some(AgentKind::Bot) => Author::Bot,
                    _ => Author::Agent,
                }
            }),
        })
    }

    /// The agent or bot who reacted; null for other authors.
    async fn agent(&self, ctx: &Context<'_>) -> Result<Option<Agent>> {
        let Reactor::Agent(id) = self.reacted.by else {
            return Ok(None);
        };
        Ok(ctx
            .app()?
            .board
            .read(|board| board.world.named_agent(id).cloned().map(Agent)))
    }

    /// The subject of the supervisor who reacted; null for other authors, and for gateways.
    async fn supervisor(&self) -> Option<&str> {
        match &self.reacted.by {
            Reactor::Supervisor(subject) if self.is_read_inside => Some(subject.as_str()),
            _ => None,
        }
    }

    /// Since when, by the channel's clock.
    async fn at(&self) -> DateTime<Utc> {
        self.reacted.at
    }
}

/// How far a message came on its way to the customer.
#[derive(SimpleObject)]
pub struct Delivery {
    /// How far.
    state: DeliveryState,
    /// Since when, by the channel's clock; null: the gateway has said nothing.
    at: Option<DateTime<Utc>>,
    /// Of FAILED: the provider's code; null: none was given.
    error_code: Option<String>,
    /// Of FAILED: the provider's words; null: none were given, or they were erased.
    error_description: Option<String>,
}

impl Delivery {
    /// What its gateway said, if it said something.
    pub fn of(state: Option<&MessageState>) -> Self {
        let said = state.and_then(|state| Some((state, state.delivery?)));
        let Some((known, (state, at))) = said else {
            return Self {
                state: DeliveryState::Pending,
                at: None,
                error_code: None,
                error_description: None,
            };
        };
        Self {
            state,
            at: Some(at),
            error_code: known.code.as_deref().map(str::to_owned),
            error_description: known.description.as_deref().map(str::to_owned),
        }
    }
}
