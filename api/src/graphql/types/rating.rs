//! Ratings by customers.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use chrono::{DateTime, Utc};

use super::conversation::find;
use crate::graphql::context::Request;
use domain::conversation;
use domain::policy;

/// How a customer rated a conversation.
pub struct Rating {
    rating: conversation::Rating,
    of: Arc<domain::Conversation>,
}

impl Rating {
    /// That of this conversation, if it was rated.
    pub(in crate::graphql) fn of(conversation: &Arc<domain::Conversation>) -> Option<Self> {
        let of = conversation.clone();
        conversation.rating.map(|rating| Self { rating, of })
    }
}

/// How the customer rated a conversation, as its gateway recorded it.
#[Object]
impl Rating {
    /// From 1, worst, to 5.
    async fn score(&self) -> u8 {
        self.rating.score
    }

    /// When it was recorded.
    async fn recorded_at(&self) -> DateTime<Utc> {
        self.rating.at
    }

    /// What the customer said of it; null when nothing, or erased. For supervisors while they monitor, review or have joined; null
    /// for the rest. From the database.
    async fn comment(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(now) = find(ctx, self.of.id).await? else {
            return Ok(None);
        };
        let (viewer, own, at) = (ctx.viewer()?, ctx.agent()?, ctx.app()?.clock.now());
        if !policy::reads_in_session(viewer, own.as_deref(), &now.0, at) {
            return Ok(None);
        }
        let comment = ctx.loaders()?.comments.get(self.of.id).await?;
        Ok(comment.map(|comment| comment.to_string()))
    }
}
