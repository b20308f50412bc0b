//! Offers and transfer requests.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::agent::Agent;
use crate::domain;
use crate::graphql::context::{Request, leads};
use crate::graphql::enums::OfferKind;

/// An assignment that awaits acceptance, or a transfer request.
#[derive(Clone)]
pub struct Offer(pub domain::conversation::Offer);

/// An assignment that awaits acceptance, or a transfer request. A conversation has at most one at a
/// time; its agent answers with `acceptOffer` or `rejectOffer`.
#[Object]
impl Offer {
    /// The offer's id (`offer_…`).
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// What accepting it does.
    async fn kind(&self) -> OfferKind {
        self.0.kind.into()
    }

    /// To whom it is made.
    async fn agent(&self, ctx: &Context<'_>) -> Result<Option<Agent>> {
        let id = self.0.agent;
        Ok(ctx
            .app()?
            .board
            .read(|board| board.world.named_agent(id).cloned().map(Agent)))
    }

    /// The subject of the supervisor who made it. For supervisors and administrators; null for others.
    async fn made_by(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        Ok(leads(ctx.access()?).then(|| self.0.by.as_str()))
    }

    /// The capacity units reserved for it.
    async fn units(&self) -> u32 {
        self.0.units
    }

    /// By how many units the agent's capacity was exceeded when it was made; 0 without override.
    async fn capacity_exceeded_by(&self) -> u32 {
        self.0.exceeded_by
    }

    /// When it was made.
    async fn made_at(&self) -> DateTime<Utc> {
        self.0.made_at
    }

    /// When it times out.
    async fn due_at(&self) -> DateTime<Utc> {
        self.0.due_at
    }
}
