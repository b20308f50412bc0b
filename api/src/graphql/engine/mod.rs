//! Prepares and runs operations: what transports use, and all that they use.
//!
//! A mutation runs in a task of its own, so that a caller who goes away stops nothing half-way.
//! A subscription is executed once to plan, and then once for each event it delivers, each time
//! with fresh loaders: once for all who ask the same with the same access (`group`). A query that
//! rests on the board alone is executed once for a position of the board (`answers`). Both kinds of
//! execution are for nobody in particular; where a resolver asks who asks, each gets their own.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};

use async_graphql::{Request, Response, ServerError, Variables};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::watch;

use self::answers::{Answers, KeptAnswer};
use self::budget::Budget;
use self::group::{Follows, Group, Groups};
use self::items::Shown;
use self::lists::{ListGroups, ListHandle, Work};
use self::paced::Said;
use self::question::{Question, without_reached, without_resume};
use self::running::Running;
use super::Schema;
use super::context::{Asking, internal};
use super::described::{DESCRIPTION, in_answer};
use super::loaders::Loaders;
use super::subscription::{Execution, resume_error};
use crate::graphql::gate::{Cost, Gate, GateOptions, GateRefusal, Passed};
use auth::Authenticator;
use domain::Viewer;
use engine::app::App;
use engine::live::list::{ListFollower, Listing};
use engine::live::{Audience, Planned};
use engine::log::{GivenCursor, ShownCursor};
use engine::store::ResumeError;

mod answers;
mod budget;
mod embedded;
mod group;
pub mod holdings;
mod identity;
mod items;
mod lists;
mod paced;
mod question;
mod ready;
mod running;

pub use self::embedded::Embedded;
pub use self::holdings::{Held, Holdings, HoldsTooMuch};
pub use self::items::{Answer, Payload, SubscriptionItem};
pub use self::running::Place;
pub use crate::graphql::gate::{GraphQlRequest, OperationKind};

/// One operation that passed the gate.
pub struct Prepared {
    /// What it does.
    pub kind: OperationKind,
    operation: Passed,
    variables: Variables,
    resume: Option<GivenCursor>,
    /// What it costs, if its client asked and was not told yet.
    cost: Option<Cost>,
}

/// Whose a running subscription is; another viewer of the same subject when their token is replaced.
pub type Whose = watch::Receiver<Arc<Viewer>>;

/// Runs operations.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    app: Arc<App>,
    authenticator: Arc<Authenticator>,
    gate: Gate,
    schema: Schema,
    /// For the executions of a subscription after the one that planned it.
    repeats: Schema,
    answers: Arc<Answers>,
    groups: Groups,
    lists: ListGroups,
    holdings: Holdings,
}

impl Engine {
    /// An engine for this application, whose operations pass a gate with these options.
    pub fn new(
        app: Arc<App>,
        authenticator: impl Into<Arc<Authenticator>>,
        options: impl Into<GateOptions>,
    ) -> Self {
        let options = options.into();
        let schema = super::schema(options.introspection);
        let validator = super::validation::validator(&schema, options.introspection);
        let holdings = Holdings::new(options.held_bytes);
        let budget = Arc::new(Budget::new(options.ready_bytes));
        let answers = Arc::new(Answers::new(app.board.head(), budget.clone()));
        Self(Arc::new(Inner {
            groups: Groups::new(budget, answers.clone()),
            answers,
            lists: ListGroups::new(options.lists.clone(), holdings.clone()),
            holdings,
            app,
            authenticator: authenticator.into(),
            gate: Gate::new(options).with_validator(validator),
            schema,
            repeats: super::schema_for_repeats(),
        }))
    }

    /// The same operations for another integration of async-graphql.
    pub fn embedded(&self) -> Embedded {
        Embedded(self.clone())
    }

    /// The instant now, by the one clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.app.clock.now()
    }

    /// Parses, checks limits and shape, chooses the operation.
    pub fn prepare(&self, request: GraphQlRequest) -> Result<Prepared, GateRefusal> {
        let passed = self.0.gate.admit(&request)?;
        let cost = if request.asks_for_cost() {
            Some(self.0.gate.cost(&passed, &request.variables)?)
        } else {
            None
        };
        Ok(Prepared {
            cost,
            kind: passed.kind,
            operation: passed,
            variables: request.variables,
            resume: request.resume,
        })
    }

    /// Queries and mutations. A query ends with whoever asked; a mutation is finished all the same.
    pub async fn execute(&self, mut prepared: Prepared, viewer: Arc<Viewer>) -> Answer {
        let cost = prepared.cost.take();
        let answer = self.run(prepared, viewer).await;
        match cost {
            Some(cost) => answer.with(&cost),
            None => answer,
        }
    }

    async fn run(&self, prepared: Prepared, viewer: Arc<Viewer>) -> Answer {
        if prepared.kind == OperationKind::Query
            && let Some(ready) = self.kept(&prepared, &viewer).await
        {
            return Answer::Ready(ready);
        }
        let mutates = prepared.kind == OperationKind::Mutation;
        let engine = self.clone();
        let run = async move {
            let asking = Asking::new(Audience::One(viewer));
            let (operation, variables) = (&prepared.operation, &prepared.variables);
            engine.executed(operation, variables, &asking).await
        };
        let run = AssertUnwindSafe(run).catch_unwind();
        let response = if mutates {
            tokio::spawn(run).await.ok().and_then(Result::ok)
        } else {
            run.await.ok()
        };
        Answer::Executed(response.unwrap_or_else(|| failed(&"a resolver panicked")))
    }

    /// The kept answer to a query, made now if there is none; none if it is only for who asks, or for who must not
    /// learn by the same answer that nothing happened since.
    async fn kept(&self, prepared: &Prepared, viewer: &Viewer) -> Option<Bytes> {
        let operation = &prepared.operation;
        let access = viewer.access();
        if operation.is_personal() || !access.is_impersonal() || !access.knows_positions() {
            return None;
        }
        let name = operation.operation_name.as_deref();
        let app = &self.0.app;
        let here = |given| {
            let opened = app.cursors.open(given, access);
            opened.is_ok_and(|cursor| app.log.has(cursor))
        };
        let variables = without_reached(operation.document(), name, &prepared.variables, here)?;
        let question = Question::new(operation.clone(), &variables, viewer);
        let make = || {
            let (engine, question) = (self.clone(), question.clone());
            let variables = variables.into_owned();
            // A task of its own, so that no caller's departure fails the others.
            let made = tokio::spawn(async move { engine.make(&question, &variables).await });
            made.map(|made| made.unwrap_or(KeptAnswer::Own)).boxed()
        };
        let head = || self.0.app.board.head();
        match self.0.answers.get(&question, head, make).await {
            KeptAnswer::Ready(bytes) => Some(bytes),
            KeptAnswer::Own => None,
        }
    }

    /// Executes a query or mutation.
    async fn executed(
        &self,
        operation: &Passed,
        variables: &Variables,
        asking: &Asking,
    ) -> Response {
        let schema = &self.0.schema;
        let answer = schema.execute(self.request(operation, variables, asking));
        let answer = answer.await;
        if operation.introspects() {
            return in_answer(answer, schema.execute(DESCRIPTION).await);
        }
        answer
    }

    /// Executes a query for everybody with its access.
    async fn make(&self, question: &Question, variables: &Variables) -> KeptAnswer {
        let asking = Asking::new(Audience::Everyone(question.access().clone()));
        let response = self.executed(question.operation(), variables, &asking);
        let response = response.await;
        if asking.is_personal() || asking.has_read() {
            question.operation().set_personal();
            return KeptAnswer::Own;
        }
        match serde_json::to_vec(&response) {
            Ok(json) if response.is_ok() => {
                self.0.answers.weigh(json.len());
                KeptAnswer::Ready(json.into())
            }
            _ => KeptAnswer::Own,
        }
    }

    /// Subscriptions: refused at once, or a stream of payloads. When `whose` changes, it goes on as
    /// that viewer's from the next event on and says so, or ends with the errors with which it would
    /// be refused. Where others have the same question it ends with a place among them.
    pub async fn subscribe(
        &self,
        prepared: Prepared,
        whose: Whose,
    ) -> Result<BoxStream<'static, SubscriptionItem>, Vec<ServerError>> {
        // Not marked as seen: whoever replaced it before this began is told as well.
        let viewer = whose.borrow().clone();
        let resume = prepared.resume;
        let first = |place| Execution::Plan(place, resume);
        let plan = self.plan(&prepared, &viewer, first).await?;
        let running = Running::begin(self.clone(), prepared, viewer, whose, plan);
        Ok(running.await?.into_stream())
    }

    /// Those with whom a subscription that goes on so is executed once for all.
    fn group(
        &self,
        prepared: &Prepared,
        viewer: &Viewer,
        follows: &Follows<'_>,
    ) -> Option<Arc<Group>> {
        let operation = &prepared.operation;
        if operation.is_personal() || !viewer.access().is_impersonal() {
            return None;
        }
        let (question, variables) = Self::question(prepared, viewer);
        Some(self.0.groups.join(self, &question, &variables, follows))
    }

    /// What everybody of a group asks, wherever they begin.
    fn question(prepared: &Prepared, viewer: &Viewer) -> (Question, Variables) {
        let operation = &prepared.operation;
        let name = operation.operation_name.as_deref();
        let variables = without_resume(operation.document(), name, &prepared.variables);
        let question = Question::new(operation.clone(), &variables, viewer);
        (question, variables)
    }

    /// A handle among those for whom this list is kept once for all, which is one's own where it depends on
    /// who looks. What it is taken `instead` of is given up next.
    fn list_handle(
        &self,
        prepared: &Prepared,
        viewer: &Arc<Viewer>,
        wanted: &Listing,
        instead: Option<&ListHandle>,
    ) -> Result<ListHandle, Vec<ServerError>> {
        let (question, variables) = Self::question(prepared, viewer);
        let work = || {
            let one = || Audience::One(viewer.clone());
            let audience = Audience::around(viewer).unwrap_or_else(one);
            let follower = ListFollower::new(self.app().clone(), &audience, wanted);
            let work = Work::new(self, &question, variables, audience, wanted.clone());
            (work, follower)
        };
        let handle = self
            .0
            .lists
            .join(self, &question, viewer.subject(), instead, work);
        handle.map_err(|error| vec![error])
    }

    /// Executes the subscription without an event: its arguments are checked, its plan is left behind.
    async fn plan(
        &self,
        prepared: &Prepared,
        viewer: &Arc<Viewer>,
        execution: impl FnOnce(Arc<OnceLock<Planned>>) -> Execution,
    ) -> Result<Planned, Vec<ServerError>> {
        let place = Arc::new(OnceLock::new());
        let execution = execution(place.clone());
        let asking = Asking::new(Audience::One(viewer.clone()));
        let request = self
            .request(&prepared.operation, &prepared.variables, &asking)
            .data(execution);
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

    /// Where to go on after this execution's event, as this audience may see it.
    fn cursor_of(&self, execution: &Execution, audience: &Audience) -> Option<ShownCursor> {
        let cursor = execution.cursor()?;
        Some(self.0.app.cursors.show(cursor, audience.access()))
    }

    /// Executes a subscription that was planned, for one event, for what is told of a list, or for an answer.
    async fn show(
        &self,
        operation: &Passed,
        variables: &Variables,
        audience: Audience,
        execution: Execution,
    ) -> Shown {
        let cursor = self.cursor_of(&execution, &audience);
        let asking = match execution {
            Execution::Answer => Asking::noting_cursors(audience),
            _ => Asking::new(audience),
        };
        let request = self.request(operation, variables, &asking);
        let mut responses = self.0.repeats.execute_stream(request.data(execution));
        let response = AssertUnwindSafe(responses.next()).catch_unwind().await;
        if asking.is_personal() {
            return Shown::Personal;
        }
        let response = match response {
            Ok(None) => return Shown::Nothing,
            Ok(Some(response)) => response,
            Err(_) => failed(&"a resolver panicked"),
        };
        // Without data there is nothing to go on with: the client resumes from its last cursor.
        if response.is_err() && response.data == async_graphql::Value::Null {
            return Shown::Failed(response.errors);
        }
        match serde_json::to_vec(&response) {
            Ok(json) => Shown::Payload(Payload {
                said: asking
                    .noted_cursors()
                    .map(|cursors| Said::of(&json, &cursors)),
                json: json.into(),
                cursor,
            }),
            Err(error) => Shown::Failed(failed(&error).errors),
        }
    }

    fn request(&self, operation: &Passed, variables: &Variables, asking: &Asking) -> Request {
        let mut request = Request::new("").variables(variables.clone());
        request.operation_name = operation.operation_name.as_deref().map(Into::into);
        request.set_parsed_query(operation.document().clone());
        let app = self.0.app.clone();
        let loaders = Loaders::new(&app.store, asking);
        request.data(asking.clone()).data(loaders).data(app)
    }

    fn app(&self) -> &Arc<App> {
        &self.0.app
    }
}

fn failed(what: &dyn std::fmt::Display) -> Response {
    let error = internal(what).into_server_error(async_graphql::Pos::default());
    Response::from_errors(vec![error])
}

/// The error of a subscription that cannot follow the log any further.
fn resume_failed(error: &ResumeError) -> ServerError {
    resume_error(error).into_server_error(async_graphql::Pos::default())
}
