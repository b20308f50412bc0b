//! Prepares and runs operations. A small schema stands in for Regie's own.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use async_graphql::{Object, Request, Response, Schema, ServerError, Subscription, Variables};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, Stream, StreamExt};

use crate::auth::{Authenticator, TokenRefused};
use crate::domain::Viewer;
use crate::graphql::gate::{Gate, GateRefusal, Limits, Passed};

pub use crate::graphql::gate::OperationKind;

/// One operation that passed the gate.
pub struct Prepared {
    /// What it does.
    pub kind: OperationKind,
    passed: Passed,
    variables: Variables,
}

/// A GraphQL request as a transport received it.
#[derive(Clone, Debug, Default)]
pub struct GraphQlRequest {
    /// The document.
    pub query: Option<String>,
    /// Which operation of the document.
    pub operation_name: Option<String>,
    /// The variables.
    pub variables: Variables,
    /// What the client adds beyond the specification.
    pub extensions: async_graphql::Extensions,
}

/// What a subscription yields.
pub enum SubscriptionItem {
    /// The payload of a `next` message, as JSON.
    Next(Bytes),
    /// The operation ended with these errors.
    Failed(Vec<ServerError>),
}

/// Runs operations.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    authenticator: Authenticator,
    gate: Gate,
    schema: Schema<Query, Mutation, Ticks>,
}

impl Engine {
    /// An engine over the stand-in schema.
    pub fn new(authenticator: Authenticator, limits: Limits) -> Self {
        Self(Arc::new(Inner {
            authenticator,
            gate: Gate::new(limits),
            schema: Schema::new(Query, Mutation, Ticks),
        }))
    }

    /// The viewer that the token stands for.
    pub fn authenticate(&self, token: &str) -> Result<Arc<Viewer>, TokenRefused> {
        self.0.authenticator.authenticate(token, self.now())
    }

    /// The instant now.
    pub fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    /// Parses, checks limits and shape, chooses the operation.
    pub fn prepare(&self, request: GraphQlRequest) -> Result<Prepared, GateRefusal> {
        let document = request.query.ok_or_else(GateRefusal::no_document)?;
        let name = request.operation_name.as_deref();
        let passed = self.0.gate.pass(&document, name, &request.variables)?;
        Ok(Prepared {
            kind: passed.kind,
            passed,
            variables: request.variables,
        })
    }

    /// Queries and mutations.
    pub async fn execute(&self, prepared: Prepared, viewer: Arc<Viewer>) -> Response {
        let schema = self.0.schema.clone();
        let run = async move { schema.execute(request(&prepared, viewer)).await };
        match tokio::spawn(AssertUnwindSafe(run).catch_unwind()).await {
            Ok(Ok(response)) => response,
            _ => Response::from_errors(vec![ServerError::new("Internal error", None)]),
        }
    }

    /// Subscriptions.
    pub async fn subscribe(
        &self,
        prepared: Prepared,
        viewer: Arc<Viewer>,
    ) -> Result<BoxStream<'static, SubscriptionItem>, Vec<ServerError>> {
        let mut responses = self.0.schema.execute_stream(request(&prepared, viewer));
        let Some(first) = responses.next().await else {
            return Ok(stream::empty().boxed());
        };
        if first.is_err() {
            return Err(first.errors);
        }
        let all = stream::iter([first]).chain(responses);
        Ok(all
            .map(|response| match serde_json::to_vec(&response) {
                Ok(json) => SubscriptionItem::Next(json.into()),
                Err(_) => SubscriptionItem::Failed(response.errors),
            })
            .boxed())
    }
}

fn request(prepared: &Prepared, viewer: Arc<Viewer>) -> Request {
    let mut request = Request::new("").variables(prepared.variables.clone());
    request.operation_name = prepared.passed.operation_name.as_deref().map(Into::into);
    request.set_parsed_query(prepared.passed.document().clone());
    request.data(viewer)
}

struct Query;

#[Object]
impl Query {
    async fn echo(&self, text: String) -> String {
        text
    }
}

struct Mutation;

#[Object]
impl Mutation {
    async fn touch(&self) -> bool {
        true
    }
}

struct Ticks;

#[Subscription]
impl Ticks {
    async fn count(&self, to: i32) -> impl Stream<Item = i32> {
        stream::iter(0..to)
    }
}
