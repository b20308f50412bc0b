//! Requests for help by agents.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::agent::Agent;
use crate::graphql::context::Request;
use domain::conversation::Help;

/// A request for help that nobody has answered.
pub struct HelpRequest(pub(super) Help);

/// A primary agent's request for a supervisor's help that waits for an answer; not for gateways.
#[Object]
impl HelpRequest {
    /// Who asked: the primary agent.
    async fn agent(&self, ctx: &Context<'_>) -> Result<Option<Agent>> {
        let id = self.0.agent;
        Ok(ctx
            .app()?
            .board
            .read(|board| board.world.named_agent(id).cloned().map(Agent)))
    }

    /// When they asked.
    async fn requested_at(&self) -> DateTime<Utc> {
        self.0.since
    }

    /// The INTERNAL message that says what it is about (`msg_…`), for who may read the transcript; null without a note.
    async fn note_id(&self) -> Option<ID> {
        self.0.note.map(|id| ID(id.to_string()))
    }
}
