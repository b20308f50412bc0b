//! What a transport hands in.

use async_graphql::{Extensions, Variables};

use super::COST;
use engine::log::GivenCursor;

/// A GraphQL request as a transport received it.
#[derive(Clone, Debug, Default)]
pub struct GraphQlRequest {
    /// The document.
    pub query: Option<String>,
    /// The document's name, instead of its text or beside it.
    pub document_id: Option<String>,
    /// Which operation of the document.
    pub operation_name: Option<String>,
    /// The variables.
    pub variables: Variables,
    /// What the client adds beyond the specification; `persistedQuery` names a document too, and
    /// `cost: true` asks for what the operation costs.
    pub extensions: Extensions,
    /// Where a subscription goes on whatever its `after` says, as the transport was told.
    pub resume: Option<GivenCursor>,
}

impl GraphQlRequest {
    /// Whether its client wants to know what it costs.
    pub fn asks_for_cost(&self) -> bool {
        self.extensions.get(COST) == Some(&async_graphql::Value::Boolean(true))
    }

    /// Whether it says in any way which document it means.
    pub fn names_a_document(&self) -> bool {
        self.query.is_some()
            || self.document_id.is_some()
            || self.extensions.contains_key("persistedQuery")
    }
}
