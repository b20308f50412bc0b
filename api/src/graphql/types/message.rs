//! Messages of a transcript.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::agent::Agent;
use super::paging::connection_names;
use super::sentiment::thousandths;
use crate::domain;
use crate::graphql::context::{Request, inside};
use crate::graphql::enums::{Author, SystemMessage, Visibility};
use crate::store::queries;

connection_names!(
    MessageConnectionName = "MessageConnection",
    MessageEdgeName = "MessageEdge"
);

/// One message of a transcript.
#[derive(Clone)]
pub struct Message(pub queries::Message);

/// One message of a transcript. Whoever can see a message may read it whole: INTERNAL messages are
/// left out for whom they are not meant.
#[Object]
impl Message {
    /// The message's id (`msg_…`).
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its place in the transcript, from 1. Null for gateways: a gap would tell of INTERNAL messages.
    async fn number(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        Ok(inside(ctx.access()?).then_some(self.0.number))
    }

    /// Who wrote it.
    async fn author(&self) -> Author {
        self.0.author.into()
    }

    /// The agent or bot who wrote it; null for other authors.
    async fn agent(&self, ctx: &Context<'_>) -> Result<Option<Agent>> {
        let Some(id) = self.0.agent else {
            return Ok(None);
        };
        Ok(ctx
            .app()?
            .board
            .read(|board| board.world.named_agent(id).cloned().map(Agent)))
    }

    /// The subject of the supervisor who wrote it; null for other authors, and for gateways.
    async fn supervisor(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let inside = inside(ctx.access()?);
        Ok(self.0.supervisor.as_deref().filter(|_| inside))
    }

    /// Who may read it.
    async fn visibility(&self) -> Visibility {
        self.0.visibility.into()
    }

    /// What it says. Never empty, unless it was erased at the customer's request: see `erasedAt`.
    async fn text(&self) -> &str {
        match self.0.system {
            Some(domain::SystemMessage::SupervisorJoined) => {
                "A supervisor joined the conversation."
            }
            Some(domain::SystemMessage::SupervisorLeft) => "A supervisor left the conversation.",
            Some(domain::SystemMessage::ForceClosed) => "A supervisor ended the conversation.",
            None => self.0.text.as_deref().unwrap_or_default(),
        }
    }

    /// Which message of Regie itself it is; null for what people and bots write.
    async fn system_message(&self) -> Option<SystemMessage> {
        self.0.system.map(Into::into)
    }

    /// What this customer message alone scored, from -1 to 1; null for other authors, when analysis
    /// was off, and when no scorer knows its language.
    async fn score(&self) -> Option<f64> {
        self.0.score.map(thousandths)
    }

    /// When its text was erased; null: it was not. Show a placeholder of yours then, in place of the empty `text`.
    async fn erased_at(&self) -> Option<DateTime<Utc>> {
        self.0.erased_at
    }

    /// When it was posted.
    async fn posted_at(&self) -> DateTime<Utc> {
        self.0.posted_at
    }
}
