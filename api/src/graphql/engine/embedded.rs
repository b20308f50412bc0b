//! Regie behind somebody else's integration: an [`Executor`], as async-graphql's own handlers take it.
//!
//! Everything passes the same gate, limits and rules as over Regie's transports, and a subscription ends with its viewer's
//! token. What those transports do beside that, the integration has to do or goes without: `docs/embedding.md` has the
//! list.

use std::any::TypeId;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Data, Executor, Request, Response, ServerError};
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use tokio::sync::watch;
use tokio::time::{Instant, Interval, interval_at};

use super::{
    Answer, Engine, GraphQlRequest, OperationKind, Place, Prepared, SubscriptionItem, failed,
};
use crate::graphql::gate::{coded, with_codes};
use domain::Viewer;
use domain::refusal::Code;

/// How often a running subscription looks whether its token still holds.
const LOOK: Duration = Duration::from_millis(500);

/// Runs operations for whom the request's data names: an `Arc<Viewer>` from [`Engine::authenticate`], put there by the
/// handler of a request, or for a WebSocket into the data of its session.
#[derive(Clone)]
pub struct Embedded(pub(super) Engine);

impl Embedded {
    /// Whose request it is, and the operation that passed; or why not.
    fn admit(
        &self,
        request: Request,
        session: Option<&Data>,
    ) -> Result<(Prepared, Arc<Viewer>), Vec<ServerError>> {
        let viewer = viewer_in(&request.data).or_else(|| session.and_then(viewer_in));
        let viewer = viewer.filter(|viewer| !self.has_ended(viewer));
        let viewer = viewer.ok_or_else(|| vec![unauthenticated()])?;
        let prepared = self.0.prepare(GraphQlRequest {
            query: Some(request.query).filter(|query| !query.is_empty()),
            operation_name: request.operation_name,
            variables: request.variables,
            extensions: request.extensions,
            ..GraphQlRequest::default()
        });
        let prepared = prepared.map_err(|refusal| refusal.errors)?;
        Ok((prepared, viewer))
    }

    fn has_ended(&self, viewer: &Viewer) -> bool {
        viewer.expires_at() <= self.0.now() || self.0.is_revoked(viewer)
    }

    async fn answer(&self, prepared: Prepared, viewer: Arc<Viewer>) -> Response {
        let mut response = match self.0.execute(prepared, viewer).await {
            Answer::Executed(response) => response,
            Answer::Ready(json) => match serde_json::from_slice(&json) {
                Ok(response) => response,
                Err(error) => failed(&error),
            },
        };
        response.errors = with_codes(response.errors);
        response
    }
}

impl Executor for Embedded {
    async fn execute(&self, request: Request) -> Response {
        match self.admit(request, None) {
            Ok((prepared, _)) if prepared.kind == OperationKind::Subscription => {
                let message = "Subscriptions run over a WebSocket here.";
                refused(vec![coded(Code::InvalidInput, message, None)])
            }
            Ok((prepared, viewer)) => self.answer(prepared, viewer).await,
            Err(errors) => refused(errors),
        }
    }

    fn execute_stream(
        &self,
        request: Request,
        session_data: Option<Arc<Data>>,
    ) -> BoxStream<'static, Response> {
        let embedded = self.clone();
        let run = async move {
            let (prepared, viewer) = match embedded.admit(request, session_data.as_deref()) {
                Ok(admitted) => admitted,
                Err(errors) => return once(refused(errors)),
            };
            if prepared.kind != OperationKind::Subscription {
                return once(embedded.answer(prepared, viewer).await);
            }
            let (_, whose) = watch::channel(viewer.clone());
            match embedded.0.subscribe(prepared, whose).await {
                Ok(items) => Running::new(embedded, viewer, items).into_stream(),
                Err(errors) => once(refused(with_codes(errors))),
            }
        };
        stream::once(run).flatten().boxed()
    }
}

/// A subscription on its way.
struct Running {
    embedded: Embedded,
    viewer: Arc<Viewer>,
    source: Source,
    look: Interval,
    /// An agent is at work for as long as it is open.
    _connected: Option<engine::store::Connected>,
}

enum Source {
    Stream(BoxStream<'static, SubscriptionItem>),
    Group(Box<Place>),
    Ended,
}

impl Running {
    fn new(
        embedded: Embedded,
        viewer: Arc<Viewer>,
        items: BoxStream<'static, SubscriptionItem>,
    ) -> Self {
        Self {
            _connected: embedded.0.stream_opened(&viewer),
            look: interval_at(Instant::now() + LOOK, LOOK),
            source: Source::Stream(items),
            embedded,
            viewer,
        }
    }

    fn into_stream(self) -> BoxStream<'static, Response> {
        stream::unfold(self, |mut running| async move {
            let response = running.next().await?;
            Some((response, running))
        })
        .boxed()
    }

    async fn next(&mut self) -> Option<Response> {
        loop {
            let item = tokio::select! {
                // First, so that nothing is delivered by a token that has ended.
                biased;
                _ = self.look.tick() => {
                    if self.embedded.has_ended(&self.viewer) {
                        return self.end(vec![unauthenticated()]);
                    }
                    continue;
                }
                item = self.source.next(&self.viewer) => item?,
            };
            if self.embedded.has_ended(&self.viewer) {
                return self.end(vec![unauthenticated()]);
            }
            return match item {
                SubscriptionItem::Next(payload, _) => match serde_json::from_slice(&payload.json) {
                    Ok(response) => Some(response),
                    Err(error) => self.end(failed(&error).errors),
                },
                SubscriptionItem::Failed(errors) => self.end(errors),
                SubscriptionItem::Joined(place) => {
                    self.source = Source::Group(Box::new(place));
                    continue;
                }
                SubscriptionItem::Replaced => continue,
            };
        }
    }

    fn end(&mut self, errors: Vec<ServerError>) -> Option<Response> {
        if matches!(self.source, Source::Ended) {
            return None;
        }
        self.source = Source::Ended;
        Some(refused(with_codes(errors)))
    }
}

impl Source {
    async fn next(&mut self, viewer: &Arc<Viewer>) -> Option<SubscriptionItem> {
        loop {
            match self {
                Self::Stream(items) => return items.next().await,
                Self::Group(place) => {
                    if let Some(item) = std::future::poll_fn(|cx| place.poll_next(cx)).await {
                        return Some(item);
                    }
                    if let Self::Group(place) = std::mem::replace(self, Self::Ended) {
                        let (_, whose) = watch::channel(viewer.clone());
                        *self = Self::Stream(place.alone(whose));
                    }
                }
                Self::Ended => return None,
            }
        }
    }
}

fn viewer_in(data: &Data) -> Option<Arc<Viewer>> {
    let viewer = data.get(&TypeId::of::<Arc<Viewer>>())?;
    viewer.downcast_ref::<Arc<Viewer>>().cloned()
}

fn unauthenticated() -> ServerError {
    coded(Code::Unauthenticated, "No valid token.", None)
}

fn refused(errors: Vec<ServerError>) -> Response {
    Response::from_errors(errors)
}

fn once(response: Response) -> BoxStream<'static, Response> {
    stream::iter([response]).boxed()
}
