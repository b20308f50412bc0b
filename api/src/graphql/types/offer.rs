//! Offers and transfer requests.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::agent::Agent;
use crate::graphql::context::Request;
use domain::audience::Fact;
use domain::{self, OfferKind};

/// An assignment that awaits acceptance, or a transfer request.
#[derive(Clone)]
pub struct Offer {
    offer: domain::conversation::Offer,
    conversation: Arc<domain::Conversation>,
}

impl Offer {
    /// The offer that this conversation waits for.
    pub fn of(conversation: &Arc<domain::Conversation>) -> Option<Self> {
        conversation.offer.clone().map(|offer| Self {
            offer,
            conversation: conversation.clone(),
        })
    }

    /// Which.
    pub const fn offer_id(&self) -> domain::OfferId {
        self.offer.id
    }

    /// Whether whoever asks may know this fact of it.
    fn shows(&self, ctx: &Context<'_>, fact: Fact) -> Result<bool> {
        Ok(ctx.observer(&self.conversation)?.knows(fact))
    }
}

/// An assignment that awaits acceptance, or a transfer request. A conversation has at most one at a
/// time; its agent answers with `acceptOffer` or `rejectOffer`.
#[Object]
impl Offer {
    /// The offer's id (`offer_…`).
    async fn id(&self) -> ID {
        ID(self.offer.id.to_string())
    }

    /// What accepting it does.
    async fn kind(&self) -> OfferKind {
        self.offer.kind
    }

    /// To whom it is made.
    async fn agent(&self, ctx: &Context<'_>) -> Result<Option<Agent>> {
        let id = self.offer.agent;
        Ok(ctx
            .app()?
            .board
            .read(|board| board.world.named_agent(id).cloned().map(Agent)))
    }

    /// The subject of the supervisor who made it. For supervisors of the conversation's queue and
    /// administrators; for its agents while that supervisor takes part; null for others.
    async fn made_by(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let known = self.shows(ctx, Fact::OfferMaker)?;
        Ok(known.then(|| self.offer.by.as_str()))
    }

    /// The capacity units reserved for it. For supervisors of the conversation's queue,
    /// administrators, and the agent to whom it is made; null for others.
    async fn units(&self, ctx: &Context<'_>) -> Result<Option<u32>> {
        Ok(self
            .shows(ctx, Fact::OfferUnits)?
            .then_some(self.offer.units))
    }

    /// By how many units the agent's capacity was exceeded when it was made; 0 without override.
    /// Null for whom `units` is.
    async fn capacity_exceeded_by(&self, ctx: &Context<'_>) -> Result<Option<u32>> {
        Ok(self
            .shows(ctx, Fact::OfferUnits)?
            .then_some(self.offer.exceeded_by))
    }

    /// When it was made.
    async fn made_at(&self) -> DateTime<Utc> {
        self.offer.made_at
    }

    /// When it times out.
    async fn due_at(&self) -> DateTime<Utc> {
        self.offer.due_at
    }
}
