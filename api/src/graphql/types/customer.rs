//! Customers, as far as a conversation names them.

use async_graphql::{Context, ID, Object, Result};

use crate::domain;
use crate::graphql::context::Request;

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
        let conversation = self.conversation;
        let on_board = ctx.app()?.board.read(|board| {
            let ongoing = board.world.conversations.get(&conversation)?;
            Some(board.names(ongoing).customer)
        });
        let name = match on_board {
            Some(name) => name,
            None => ctx.loaders()?.customers.get(self.id).await?.flatten(),
        };
        Ok(name.map(|name| name.to_string()))
    }
}
