//! Customers, as a list and by their id.

use async_graphql::connection::{Connection, Edge};
use async_graphql::{Context, ID, Object, Result};
use tokio::sync::OnceCell;

use super::ongoing::search;
use crate::graphql::context::{Request, coded, internal};
use crate::graphql::types::customer::{
    Customer, CustomerConnection, CustomerFields, find_customer,
};
use crate::graphql::types::paging::{Count, count, invalid_cursor};
use domain::policy::CustomerReach;
use domain::{Code, Source};
use engine::store::queries::customers::{CustomerFilter, CustomerSlice};

/// Customers.
#[derive(Default)]
pub struct CustomerQueries;

/// Customers.
#[Object]
#[allow(clippy::too_many_arguments)] // What the field takes.
impl CustomerQueries {
    /// Customers, newest first: administrators find all, gateways those of their own source; others get ROLE_REQUIRED. `first` or
    /// `last`: 0 to 100, default the first 25.
    /// Who was merged into another, and whose data were erased, is not among them. From the database.
    async fn customers(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            name = "search",
            desc = "Every word of this begins a word of the name, in any order, whatever case and accents. 1 to 200 characters that \
                    are not all blank; of a word longer than 64 characters these count."
        )]
        text: Option<String>,
        #[graphql(
            desc = "Only those of this source (of before there were sources: by the gateway of this subject). 1 to 255 characters. \
                    A gateway finds nobody of another than its own."
        )]
        source: Option<String>,
        #[graphql(desc = "So many from the start; 0 to 100.")] first: Option<i32>,
        #[graphql(desc = "So many from the end; 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes after this page cursor, of the same search and source.")]
        after: Option<String>,
        #[graphql(
            desc = "Only what comes before this page cursor, of the same search and source."
        )]
        before: Option<String>,
    ) -> Result<CustomerConnection> {
        ctx.one_of(&CustomerReach::ROLES)?;
        let reach = CustomerReach::of(ctx.viewer()?);
        let parse = |text: String| {
            let problem = "source: give 1 to 255 characters that are not all blank.";
            Source::new(&text).ok_or_else(|| coded(Code::InvalidInput, problem))
        };
        let filter = CustomerFilter {
            source: source.map(parse).transpose()?,
            search: text.as_deref().map(search).transpose()?,
        };
        let Count { count, from_end } = count(first, last)?;
        let place = |cursor: Option<String>| {
            let place = cursor.map(|text| filter.decode(&text)).transpose();
            place.map_err(|_| invalid_cursor())
        };
        let slice = CustomerSlice {
            after: place(after)?,
            before: place(before)?,
            count,
            from_end,
        };
        ctx.note_read()?;
        let store = &ctx.app()?.store;
        let page = store.list_customers(&reach, &filter, slice).await;
        let (ids, more) = page.map_err(|error| internal(&error))?;
        let edges: Vec<_> = ids
            .into_iter()
            .map(|id| Edge::new(filter.encode(id), Customer::by_id(id)))
            .collect();
        let fields = CustomerFields {
            reach,
            filter,
            counted: OnceCell::new(),
        };
        let (has_previous, has_next) = if from_end {
            (more, slice.before.is_some())
        } else {
            (slice.after.is_some(), more)
        };
        let mut connection = Connection::with_additional_fields(has_previous, has_next, fields);
        connection.edges.extend(edges);
        Ok(connection)
    }

    /// One customer, also by an id that was merged into theirs, and also after their data were erased; null when there is none
    /// that you may find: administrators find all, gateways those of their own source. From the database.
    async fn customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The customer (`cust_…`).")] id: ID,
    ) -> Result<Option<Customer>> {
        match id.parse() {
            Ok(id) => find_customer(ctx, id).await,
            Err(_) => Ok(None),
        }
    }
}
