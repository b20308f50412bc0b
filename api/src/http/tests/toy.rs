//! A toy engine: what the transports are tested over.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use async_graphql::{
    Context, ErrorExtensions, Object, Request, Response, Schema, ServerError, Subscription, Value,
    Variables,
};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, Stream, StreamExt};
use tokio::sync::Notify;

use super::super::operations::{Operations, Subscribed};
use crate::graphql::engine::{
    Answer, GraphQlRequest, Held, Holdings, HoldsTooMuch, OperationKind, Payload, SubscriptionItem,
    Whose,
};
use crate::graphql::gate::{Gate, GateOptions, GateRefusal, Passed};
use auth::{AuthConfig, Authenticator, Secret, Signer, TokenRefused, TokenRequest, VerifyingKey};
use domain::{Revocations, Role, Subject, Viewer};

const SECRET: &str = "a secret of at least thirty-two bytes";

/// What the toy's resolvers count.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) mutations: AtomicUsize,
    pub(super) streams: AtomicUsize,
    pub(super) items: AtomicUsize,
    /// How often a token was to take over what earlier ones hold.
    pub(super) taken_over: AtomicUsize,
    /// Lets `told` say something.
    pub(super) told: Notify,
}

#[derive(Clone)]
pub(super) struct Toy {
    pub(super) counts: Arc<Counts>,
    ahead: Arc<AtomicI64>,
    revoked: Arc<AtomicBool>,
    authenticator: Arc<Authenticator>,
    gate: Arc<Gate>,
    holdings: Holdings,
    schema: Schema<Query, Mutation, Streams>,
}

pub(super) struct ToyPrepared(Passed, Variables);

impl Toy {
    /// A toy whose operations pass a gate with these options.
    pub(super) fn behind(gate: impl Into<GateOptions>) -> Self {
        let gate = gate.into();
        let counts = Arc::new(Counts::default());
        let schema = Schema::build(Query, Mutation, Streams).data(Arc::clone(&counts));
        Self {
            counts,
            ahead: Arc::default(),
            revoked: Arc::default(),
            authenticator: Arc::new(Authenticator::new(AuthConfig::new(VerifyingKey::secret(
                &Secret::new(SECRET).unwrap(),
            )))),
            holdings: Holdings::new(gate.held_bytes),
            gate: Arc::new(Gate::new(gate)),
            schema: schema.finish(),
        }
    }

    /// Moves the clock.
    pub(super) fn advance(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Ends Ann's tokens that last a minute: by the clock, or taken back.
    pub(super) fn end(&self, revoked: bool) {
        if revoked {
            self.revoke_ann();
        } else {
            self.advance(61);
        }
    }

    /// Takes Ann's tokens back.
    pub(super) fn revoke_ann(&self) {
        self.revoked.store(true, Ordering::SeqCst);
    }

    /// A token that is valid for so long.
    pub(super) fn token(&self, seconds: u64) -> String {
        self.token_of("ann", seconds)
    }

    /// A token of somebody else.
    pub(super) fn token_of(&self, subject: &str, seconds: u64) -> String {
        let signer = Signer::new(&Secret::new(SECRET).unwrap(), None, None);
        let subject = Subject::new(subject).unwrap();
        let request = TokenRequest::new(subject, Duration::from_secs(seconds));
        signer.sign(&request, self.now()).unwrap()
    }

    /// A token of a customer gateway.
    pub(super) fn gateway_token(&self, subject: &str) -> String {
        let signer = Signer::new(&Secret::new(SECRET).unwrap(), None, None);
        let subject = Subject::new(subject).unwrap();
        let mut request = TokenRequest::new(subject, Duration::from_hours(1));
        request.roles.insert(Role::CustomerGateway);
        signer.sign(&request, self.now()).unwrap()
    }

    fn request(prepared: &ToyPrepared) -> Request {
        let ToyPrepared(passed, variables) = prepared;
        let mut request = Request::new("").variables(variables.clone());
        request.operation_name = passed.operation_name.as_deref().map(Into::into);
        request.set_parsed_query(passed.document().clone());
        request
    }
}

impl Operations for Toy {
    type Prepared = ToyPrepared;

    async fn authenticate(&self, token: &str) -> Result<Arc<Viewer>, TokenRefused> {
        let (revocations, now) = (Revocations::default(), self.now());
        let known = self
            .authenticator
            .identify(token, &revocations, now)
            .await?;
        if known.first_sight {
            self.counts.taken_over.fetch_add(1, Ordering::SeqCst);
        }
        Ok(known.viewer)
    }

    async fn authenticate_next(
        &self,
        token: &str,
        _: &Viewer,
    ) -> Result<Arc<Viewer>, TokenRefused> {
        let (revocations, now) = (Revocations::default(), self.now());
        let known = self
            .authenticator
            .identify(token, &revocations, now)
            .await?;
        self.counts.taken_over.fetch_add(1, Ordering::SeqCst);
        Ok(known.viewer)
    }

    fn is_revoked(&self, viewer: &Viewer) -> bool {
        self.revoked.load(Ordering::SeqCst) && viewer.subject().as_str() == "ann"
    }

    #[expect(clippy::disallowed_methods, reason = "a test of its own")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::seconds(self.ahead.load(Ordering::SeqCst))
    }

    fn prepare(&self, request: GraphQlRequest) -> Result<ToyPrepared, GateRefusal> {
        let passed = self.gate.admit(&request)?;
        Ok(ToyPrepared(passed, request.variables))
    }

    fn kind(prepared: &ToyPrepared) -> OperationKind {
        prepared.0.kind
    }

    fn hold(&self, prepared: &ToyPrepared, viewer: &Viewer) -> Result<Held, ServerError> {
        let ToyPrepared(passed, variables) = prepared;
        let held = match variables.get("held") {
            Some(Value::Number(held)) => held.as_u64().unwrap(),
            _ => 0,
        };
        let held = usize::try_from(held).unwrap();
        let held = self.holdings.hold(viewer.subject(), held, Some(passed));
        held.map_err(HoldsTooMuch::error)
    }

    fn hold_payload(
        &self,
        viewer: &Viewer,
        bytes: usize,
    ) -> Result<Option<Box<Held>>, ServerError> {
        let held = self.holdings.hold(viewer.subject(), bytes, None);
        held.map(|held| Some(Box::new(held)))
            .map_err(HoldsTooMuch::error)
    }

    fn execute(
        &self,
        prepared: ToyPrepared,
        _viewer: Arc<Viewer>,
    ) -> impl Future<Output = Answer> + Send {
        let (schema, request) = (self.schema.clone(), Self::request(&prepared));
        let run = async move { schema.execute(request).await };
        match prepared.0.kind {
            OperationKind::Mutation => tokio::spawn(run)
                .map(|done| Answer::Executed(done.unwrap()))
                .boxed(),
            _ => run.map(Answer::Executed).boxed(),
        }
    }

    async fn subscribe(&self, prepared: ToyPrepared, whose: Whose) -> Subscribed {
        let mut responses = self.schema.execute_stream(Self::request(&prepared));
        let Some(first) = responses.next().now_or_never() else {
            return Ok(items(responses, whose));
        };
        match first {
            Some(first) if first.is_err() => Err(first.errors),
            first => Ok(items(stream::iter(first).chain(responses).boxed(), whose)),
        }
    }
}

/// The responses as items, and between them that a token was replaced.
fn items(
    responses: BoxStream<'static, Response>,
    whose: Whose,
) -> BoxStream<'static, SubscriptionItem> {
    let both = (responses, whose);
    let next = stream::unfold(both, |(mut responses, mut whose)| async move {
        let item = tokio::select! {
            biased;
            Ok(()) = whose.changed() => SubscriptionItem::Replaced,
            response = responses.next() => item(response?),
        };
        Some((item, (responses, whose)))
    });
    next.boxed()
}

fn item(response: Response) -> SubscriptionItem {
    if response.is_err() {
        let errors: Vec<ServerError> = response.errors;
        return SubscriptionItem::Failed(errors);
    }
    let json = serde_json::to_vec(&response).unwrap().into();
    SubscriptionItem::Next(Payload::alone(json), None)
}

pub(super) struct Query;

#[Object]
impl Query {
    async fn echo(&self, text: String) -> String {
        text
    }

    async fn fails(&self) -> Option<async_graphql::Result<i32>> {
        let error = async_graphql::Error::new("no");
        Some(Err(error.extend_with(|_, e| e.set("code", "NOT_FOUND"))))
    }

    async fn fails_hard(&self) -> async_graphql::Result<i32> {
        Err(async_graphql::Error::new("no"))
    }

    async fn sleeps(&self) -> bool {
        tokio::time::sleep(Duration::from_mins(1)).await;
        true
    }

    async fn panics(&self) -> bool {
        assert_eq!("a secret", "detail");
        true
    }
}

pub(super) struct Mutation;

#[Object]
impl Mutation {
    async fn touch(&self, context: &Context<'_>, millis: Option<u64>) -> usize {
        tokio::time::sleep(Duration::from_millis(millis.unwrap_or(0))).await;
        let counts = context.data_unchecked::<Arc<Counts>>();
        counts.mutations.fetch_add(1, Ordering::SeqCst) + 1
    }
}

/// Counts the streams that live.
struct Living(Arc<Counts>);

impl Drop for Living {
    fn drop(&mut self) {
        self.0.streams.fetch_sub(1, Ordering::SeqCst);
    }
}

pub(super) struct Streams;

#[Subscription]
impl Streams {
    async fn count(&self, to: i32) -> impl Stream<Item = i32> {
        stream::iter(0..to)
    }

    async fn silent(&self, context: &Context<'_>) -> impl Stream<Item = i32> {
        let counts = Arc::clone(context.data_unchecked::<Arc<Counts>>());
        counts.streams.fetch_add(1, Ordering::SeqCst);
        let living = Living(counts);
        stream::pending().map(move |item: i32| {
            let _ = &living;
            item
        })
    }

    async fn flood(&self, context: &Context<'_>, bytes: usize) -> impl Stream<Item = String> {
        let counts = Arc::clone(context.data_unchecked::<Arc<Counts>>());
        counts.streams.fetch_add(1, Ordering::SeqCst);
        let living = Living(counts);
        let text = "x".repeat(bytes);
        stream::repeat(text).map(move |text| {
            living.0.items.fetch_add(1, Ordering::SeqCst);
            text
        })
    }

    /// Says something whenever the test lets it.
    async fn told(&self, context: &Context<'_>) -> impl Stream<Item = i32> {
        let counts = Arc::clone(context.data_unchecked::<Arc<Counts>>());
        counts.streams.fetch_add(1, Ordering::SeqCst);
        stream::unfold(Living(counts), |living| async move {
            living.0.told.notified().await;
            Some((1, living))
        })
    }

    async fn breaks(&self) -> impl Stream<Item = async_graphql::Result<i32>> {
        stream::iter([Ok(1), Err(async_graphql::Error::new("broken"))])
    }

    async fn panics(&self) -> impl Stream<Item = i32> {
        stream::iter([1, 2]).map(|item| {
            if item == 2 {
                panic!("secret detail")
            } else {
                item
            }
        })
    }
}
