//! Customers: of a conversation, in a list, and by their id.

use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use tokio::sync::OnceCell;

use super::paging::connection_names;
use crate::graphql::context::{Request, internal};
use domain;
use domain::policy::CustomerReach;
use engine::board::Names;
use engine::store::queries;
use engine::store::queries::customers::CustomerFilter;
use engine::store::queries::past::GATHERED;

connection_names!(
    CustomerConnectionName = "CustomerConnection",
    CustomerEdgeName = "CustomerEdge"
);

/// A page of customers.
pub type CustomerConnection = Connection<
    String,
    Customer,
    CustomerFields,
    EmptyFields,
    CustomerConnectionName,
    CustomerEdgeName,
>;

/// A customer.
pub struct Customer {
    /// The id, which may have been merged into another.
    id: domain::CustomerId,
    /// By which conversation the name is found; none: the customer was asked for by themselves.
    conversation: Option<domain::ConversationId>,
}

/// A customer: of a conversation, for whoever sees it; in `customers` and by their id for administrators and for gateways of
/// their source.
#[Object]
impl Customer {
    /// The customer's id (`cust_…`). It outlives an erased name. Where the customer was merged into another, the
    /// other's.
    pub(crate) async fn id(&self, ctx: &Context<'_>) -> Result<ID> {
        let id = match self.on_board(ctx)? {
            Some((id, _)) => id,
            None => self.stored(ctx).await?.map_or(self.id, |stored| stored.id),
        };
        Ok(ID(id.to_string()))
    }

    /// The name as the gateway, or an administrator, said; null when not said, or erased.
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let name = match self.on_board(ctx)? {
            Some((_, names)) => names.customer.map(|name| name.text().clone()),
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
    /// The customer of a conversation.
    pub const fn of(conversation: &domain::Conversation) -> Self {
        Self {
            id: conversation.customer,
            conversation: Some(conversation.id),
        }
    }

    /// A customer by themselves.
    pub const fn by_id(id: domain::CustomerId) -> Self {
        Self {
            id,
            conversation: None,
        }
    }

    /// Who it is by now, and the names on the board; none when the conversation is not there.
    fn on_board(&self, ctx: &Context<'_>) -> Result<Option<(domain::CustomerId, Names)>> {
        let Some(conversation) = self.conversation else {
            return Ok(None);
        };
        Ok(ctx.app()?.board.read(|board| {
            let ongoing = board.world.conversations.get(&conversation)?;
            Some((board.world.survivor(self.id), board.names(ongoing)))
        }))
    }

    async fn stored(&self, ctx: &Context<'_>) -> Result<Option<queries::Customer>> {
        ctx.loaders()?.customers.get(self.id).await
    }
}

/// What the length of a list of customers is asked of.
pub struct CustomerFields {
    /// Who is within reach.
    pub reach: CustomerReach,
    /// Who is asked for.
    pub filter: CustomerFilter,
    /// How many that are, once for both fields.
    pub counted: OnceCell<u64>,
}

/// What a list of customers knows of itself.
#[Object]
impl CustomerFields {
    /// How many there are on all pages: exact up to 10,000, and 10,000 where there are more
    /// (`totalCountIsExact`). Counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let shown = self.count(ctx).await?.min(GATHERED);
        Ok(i32::try_from(shown).unwrap_or(i32::MAX))
    }

    /// Whether `totalCount` is all; false: there are more than 10,000. Counted only when asked for.
    async fn total_count_is_exact(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.count(ctx).await? <= GATHERED)
    }
}

impl CustomerFields {
    async fn count(&self, ctx: &Context<'_>) -> Result<u64> {
        let count = || async {
            ctx.note_read()?;
            let store = &ctx.app()?.store;
            let counted = store.count_customers(&self.reach, &self.filter).await;
            counted.map_err(|error| internal(&error))
        };
        self.counted.get_or_try_init(count).await.copied()
    }
}

/// The customer with this id, if the viewer may find them.
pub async fn find_customer(ctx: &Context<'_>, id: domain::CustomerId) -> Result<Option<Customer>> {
    let reach = CustomerReach::of(ctx.viewer()?);
    let Some(stored) = ctx.loaders()?.customers.get(id).await? else {
        return Ok(None);
    };
    let found = if reach.everything {
        true
    } else {
        let found = ctx.app()?.store.has_customer(&reach, stored.id).await;
        found.map_err(|error| internal(&error))?
    };
    Ok(found.then(|| Customer::by_id(stored.id)))
}
