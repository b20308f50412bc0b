//! Pages of all conversations, closed ones included.

use async_graphql::connection::{Connection, Edge, EmptyFields};
use async_graphql::{Context, Object, Result};
use tokio::sync::OnceCell;

use super::conversation::Conversation;
use super::paging::connection_names;
use crate::graphql::context::{Request, internal};
use domain::policy::Reach;
use engine::store::queries::past::{GATHERED, PastFilter, PastOrder, PastPage, PastSlice};

connection_names!(
    ConversationHistoryConnectionName = "ConversationHistoryConnection",
    ConversationHistoryEdgeName = "ConversationHistoryEdge"
);

/// A page of all conversations, closed ones included.
pub type ConversationHistoryConnection = Connection<
    String,
    Conversation,
    ConversationHistoryFields,
    EmptyFields,
    ConversationHistoryConnectionName,
    ConversationHistoryEdgeName,
>;

/// What the length of the list is asked of.
pub struct ConversationHistoryFields {
    reach: Reach,
    filter: PastFilter,
    counted: OnceCell<u64>,
}

/// What a list of all conversations knows of itself.
#[Object]
impl ConversationHistoryFields {
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

    /// False for a while after an upgrade from a version without this search: until then `filter: { text }`, `dispositionCodes` and `ratings` do not find every
    /// conversation from before the upgrade, and `lastActivityAt` of ongoing ones may be taken for their start by
    /// filter and order. Everything else is complete always.
    async fn is_complete(&self, ctx: &Context<'_>) -> Result<bool> {
        ctx.note_read()?;
        let filled = ctx.app()?.store.is_filled().await;
        filled.map_err(|error| internal(&error))
    }
}

impl ConversationHistoryFields {
    /// The count, or one more than is counted; once for both fields.
    async fn count(&self, ctx: &Context<'_>) -> Result<u64> {
        let count = || async {
            ctx.note_read()?;
            let store = &ctx.app()?.store;
            let counted = store.count_past(&self.reach, &self.filter).await;
            counted.map_err(|error| internal(&error))
        };
        self.counted.get_or_try_init(count).await.copied()
    }
}

/// The page that is asked for of what is within reach.
pub async fn history(
    ctx: &Context<'_>,
    reach: Reach,
    filter: PastFilter,
    order: PastOrder,
    slice: PastSlice,
) -> Result<ConversationHistoryConnection> {
    ctx.note_read()?;
    let page = ctx.app()?.store.list_past(&reach, &filter, order, slice);
    let PastPage { rows, more, total } = page.await.map_err(|error| internal(&error))?;
    let (has_previous, has_next) = if slice.from_end {
        (more, slice.before.is_some())
    } else {
        (slice.after.is_some(), more)
    };
    let edges: Vec<_> = rows
        .into_iter()
        .map(|(place, c)| Edge::new(order.encode(&filter, place), Conversation(c)))
        .collect();
    let fields = ConversationHistoryFields {
        reach,
        filter,
        counted: OnceCell::new_with(total),
    };
    let mut connection = Connection::with_additional_fields(has_previous, has_next, fields);
    connection.edges.extend(edges);
    Ok(connection)
}
