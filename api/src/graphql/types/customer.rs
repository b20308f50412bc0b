//! Customers, as far as a conversation names them.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};

use crate::graphql::context::Request;
use domain;
use engine::board::Names;
use engine::store::queries;

/// The customer of a conversation.
pub struct Customer {
    /// Its id.
    pub(super) id: domain::CustomerId,
    /// By which conversation the name is found.
    pub(super) conversation: domain::ConversationId,
}

/// The customer of a conversation.
#[Object]
impl Customer {
    /// The customer's id (`cust_…`). It outlives an erased name.
    async fn id(&self) -> ID {
        ID(self.id.to_string())
    }

    /// The name as the gateway said; null when not said, or erased.
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let name = match self.on_board(ctx)? {
            Some(names) => names.customer.map(|name| name.text().clone()),
            None => self.stored(ctx).await?.and_then(|stored| stored.name),
        };
        Ok(name.map(|name| name.to_string()))
    }

    /// When the customer's name and the texts of their conversations were erased; null: they were not.
    async fn erased_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>> {
        // Who has something ongoing is not erased.
        if self.on_board(ctx)?.is_some() {
            return Ok(None);
        }
        Ok(self.stored(ctx).await?.and_then(|stored| stored.erased_at))
    }
}

impl Customer {
    /// The names on the board; none when the conversation is not there.
    fn on_board(&self, ctx: &Context<'_>) -> Result<Option<Names>> {
        let conversation = self.conversation;
        Ok(ctx.app()?.board.read(|board| {
            let ongoing = board.world.conversations.get(&conversation)?;
            Some(board.names(ongoing))
        }))
    }

    async fn stored(&self, ctx: &Context<'_>) -> Result<Option<queries::Customer>> {
        ctx.loaders()?.customers.get(self.id).await
    }
}
