//! Tokens that were taken back.

use async_graphql::{Context, Object, Result};

use crate::graphql::context::Request;
use crate::graphql::types::paging::{List, PageArguments, page};
use crate::graphql::types::revocation::{
    TokenRevocation, TokenRevocationConnectionName, TokenRevocationEdgeName,
};
use domain::Role;

/// Tokens that were taken back.
#[derive(Default)]
pub struct RevocationQueries;

/// Tokens that were taken back.
#[Object]
impl RevocationQueries {
    /// The revocations that are in force, oldest first: those whose tokens could be alive still. What one server of a database
    /// took back the others list within a second. For administrators; others get ROLE_REQUIRED.
    async fn token_revocations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start; 0 to 100.")] first: Option<i32>,
        #[graphql(desc = "So many from the end; 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes after this page cursor.")] after: Option<String>,
        #[graphql(desc = "Only what comes before this page cursor.")] before: Option<String>,
    ) -> Result<List<TokenRevocation, TokenRevocationConnectionName, TokenRevocationEdgeName>> {
        ctx.one_of(&[Role::Administrator])?;
        // Not on the board, so an answer holds for no position of it.
        ctx.note_read()?;
        let app = ctx.app()?;
        let listed = app.revocations().list(app.clock.now()).into_iter();
        page(
            listed
                .map(|(number, one)| (number, TokenRevocation(one)))
                .collect(),
            &PageArguments {
                after,
                before,
                first,
                last,
            },
        )
    }
}
