//! Prepares and runs operations: what transports use, and all that they use.
//!
//! A mutation runs in a task of its own, so that a caller who goes away stops nothing half-way.
//! A subscription is executed once to plan, and then once for each event it delivers, each time
//! with fresh loaders; that is the seam at which one execution can serve many subscribers.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};

use async_graphql::{Request, Response, ServerError, Variables};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt};
use tokio::sync::watch;

use super::Schema;
use super::context::internal;
use super::loaders::Loaders;
use super::subscription::{Execution, resume_error};
use crate::app::App;
use crate::auth::{Authenticator, TokenRefused};
use crate::domain::Viewer;
use crate::graphql::gate::{Gate, GateRefusal, Limits, Passed};
use crate::live::{Delivery, Follower, Plan};
use crate::store::Connected;

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

/// Whose a running subscription is; another viewer of the same subject when their token is replaced.
pub type Whose = watch::Receiver<Arc<Viewer>>;

/// Runs operations.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    app: Arc<App>,
    authenticator: Authenticator,
    gate: Gate,
    schema: Schema,
}

impl Engine {
    /// An engine for this application.
    pub fn new(app: Arc<App>, authenticator: Authenticator, limits: Limits) -> Self {
        let schema = super::schema();
        Self(Arc::new(Inner {
            app,
            authenticator,
            gate: Gate::new(limits),
            schema,
        }))
    }

    /// The viewer that the token stands for. One that is new here takes over, by and by, the running
    /// looks of its subject that an earlier one holds.
    pub fn authenticate(&self, token: &str) -> Result<Arc<Viewer>, TokenRefused> {
        let known = self.0.authenticator.recognise(token, self.now())?;
        if known.first_sight && self.0.app.holds_older_looks(&known.viewer) {
            tokio::spawn(self.clone().take_over(known.viewer.clone()));
        }
        Ok(known.viewer)
    }

    async fn take_over(self, viewer: Arc<Viewer>) {
        let taken = self.0.app.token_refreshed(&viewer);
        if let Err(error) = taken.await {
            tracing::warn!(%error, "cannot judge running looks by a new token");
            // So that its next use is again the first.
            let authenticator = &self.0.authenticator;
            authenticator.forget(|known| known.subject() == viewer.subject());
        }
    }

    /// The instant now, by the one clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.app.clock.now()
    }

    /// Counts a live stream of this viewer for as long as the answer is kept (domain.md section 2,
    /// "Agent connection").
    pub fn stream_opened(&self, viewer: &Viewer) -> Option<Connected> {
        self.0.app.stream_opened(viewer)
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

    /// Queries and mutations. A query ends with whoever asked; a mutation is finished all the same.
    pub async fn execute(&self, prepared: Prepared, viewer: Arc<Viewer>) -> Response {
        let mutates = prepared.kind == OperationKind::Mutation;
        let engine = self.clone();
        let run = async move {
            let request = engine.request(&prepared, viewer);
            engine.0.schema.execute(request).await
        };
        let run = AssertUnwindSafe(run).catch_unwind();
        let response = if mutates {
            tokio::spawn(run).await.ok().and_then(Result::ok)
        } else {
            run.await.ok()
        };
        response.unwrap_or_else(|| failed(&"a resolver panicked"))
    }

    /// Subscriptions: refused at once, or a stream of payloads. When `whose` changes, it goes on as
    /// that viewer's from the next event on, or ends with the errors with which it would be refused.
    pub async fn subscribe(
        &self,
        prepared: Prepared,
        mut whose: Whose,
    ) -> Result<BoxStream<'static, SubscriptionItem>, Vec<ServerError>> {
        let viewer = whose.borrow_and_update().clone();
        let plan = self.plan(&prepared, &viewer, Execution::Plan).await?;
        let follower = Follower::new(self.0.app.clone(), viewer.clone(), plan);
        let start = Some(Running {
            engine: self.clone(),
            prepared,
            viewer,
            whose,
            follower,
        });
        Ok(stream::unfold(start, |running| async move { running?.next().await }).boxed())
    }

    /// Executes the subscription without an event: its arguments are checked, its plan is left behind.
    async fn plan(
        &self,
        prepared: &Prepared,
        viewer: &Arc<Viewer>,
        execution: impl FnOnce(Arc<OnceLock<Plan>>) -> Execution,
    ) -> Result<Plan, Vec<ServerError>> {
        let place = Arc::new(OnceLock::new());
        let execution = execution(place.clone());
        let request = self.request(prepared, viewer.clone()).data(execution);
        let mut responses = self.0.schema.execute_stream(request);
        while let Some(response) = responses.next().await {
            if response.is_err() {
                return Err(response.errors);
            }
        }
        // The gate lets only subscriptions with exactly one root field through, and each plans.
        place
            .get()
            .cloned()
            .ok_or_else(|| failed(&"a subscription made no plan").errors)
    }

    fn request(&self, prepared: &Prepared, viewer: Arc<Viewer>) -> Request {
        let mut request = Request::new("").variables(prepared.variables.clone());
        request.operation_name = prepared.passed.operation_name.as_deref().map(Into::into);
        request.set_parsed_query(prepared.passed.document().clone());
        let app = self.0.app.clone();
        let loaders = Loaders::new(&app.store);
        request.data(viewer).data(loaders).data(app)
    }
}

/// A subscription that runs.
struct Running {
    engine: Engine,
    prepared: Prepared,
    viewer: Arc<Viewer>,
    whose: Whose,
    follower: Follower,
}

impl Running {
    async fn next(mut self) -> Option<(SubscriptionItem, Option<Self>)> {
        loop {
            let next = tokio::select! {
                // First, so that no event is delivered by a token that was replaced.
                biased;
                () = replaced(&mut self.whose) => {
                    if let Err(errors) = self.reauthorise().await {
                        return Some((SubscriptionItem::Failed(errors), None));
                    }
                    continue;
                }
                next = self.follower.next() => next,
            };
            let (delivery, last) = match next {
                Ok(next) => next,
                Err(error) => {
                    let error =
                        resume_error(&error).into_server_error(async_graphql::Pos::default());
                    return Some((SubscriptionItem::Failed(vec![error]), None));
                }
            };
            if let Some(item) = self.deliver(delivery).await {
                let ends = last || matches!(item, SubscriptionItem::Failed(_));
                return Some((item, (!ends).then_some(self)));
            }
            if last {
                return None;
            }
        }
    }

    /// Goes on from where it is as the viewer of the new token, if that may.
    async fn reauthorise(&mut self) -> Result<(), Vec<ServerError>> {
        self.viewer = self.whose.borrow_and_update().clone();
        let position = self.follower.position();
        let again = |place| Execution::PlanAgain(place, position);
        let plan = self
            .engine
            .plan(&self.prepared, &self.viewer, again)
            .await?;
        self.follower
            .reauthorise(self.viewer.clone(), plan.interest);
        Ok(())
    }

    /// Executes the operation for this event; none when it shows nothing of it.
    async fn deliver(&self, delivery: Delivery) -> Option<SubscriptionItem> {
        let request = self.engine.request(&self.prepared, self.viewer.clone());
        let request = request.data(Execution::Deliver(delivery));
        let mut responses = self.engine.0.schema.execute_stream(request);
        let response = AssertUnwindSafe(responses.next()).catch_unwind().await;
        let response = match response {
            Ok(response) => response?,
            Err(_) => failed(&"a resolver panicked"),
        };
        // Without data there is nothing to go on with: the client resumes from its last cursor.
        if response.is_err() && response.data == async_graphql::Value::Null {
            return Some(SubscriptionItem::Failed(response.errors));
        }
        match serde_json::to_vec(&response) {
            Ok(json) => Some(SubscriptionItem::Next(json.into())),
            Err(error) => Some(SubscriptionItem::Failed(failed(&error).errors)),
        }
    }
}

/// Ready when the viewer's token was replaced; never where nothing can replace it.
async fn replaced(whose: &mut Whose) {
    if whose.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn failed(what: &dyn std::fmt::Display) -> Response {
    let error = internal(what).into_server_error(async_graphql::Pos::default());
    Response::from_errors(vec![error])
}
