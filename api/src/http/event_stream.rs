//! Operations over server-sent events: `next` events with results, one `complete` at the end
//! (the distinct-connections mode of the graphql-sse protocol).
//!
//! A stream that ends without `complete` was cut: by the network or by a server that stops. Its
//! client subscribes again with the last cursor it saw.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::ServerError;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use tokio_util::sync::CancellationToken;

use super::App;
use super::expiry::Watch;
use super::graphql;
use super::metrics::{self, Open};
use super::negotiate::MediaType;
use super::operations::Operations;
use super::respond::{self, Outcome};
use crate::domain::Viewer;
use crate::domain::refusal::Code;
use crate::graphql::engine::{OperationKind, SubscriptionItem};
use crate::graphql::gate::coded;

/// Runs the operation. What is refused at the start is a plain response.
pub(super) async fn answer<E: Operations>(
    app: &Arc<App<E>>,
    prepared: E::Prepared,
    viewer: Arc<Viewer>,
) -> Response {
    let media = MediaType::EventStream;
    let items = if E::kind(&prepared) == OperationKind::Subscription {
        match app.engine.subscribe(prepared, Arc::clone(&viewer)).await {
            Ok(items) => {
                metrics::subscription("ok");
                items
            }
            Err(errors) => {
                metrics::subscription("refused");
                let refused = Outcome::Refused(respond::with_codes(errors));
                return respond::outcome(media, &refused);
            }
        }
    } else {
        match graphql::run(app, prepared, Arc::clone(&viewer)).await {
            Ok(Outcome::Executed(result, _)) => {
                stream::iter([SubscriptionItem::Next(result)]).boxed()
            }
            Ok(refused) => return respond::outcome(media, &refused),
            Err(fault) => return respond::fault(media, fault),
        }
    };
    let events = Events {
        items,
        expiry: app.expiries.watch(viewer.expires_at()),
        shutdown: app.options.shutdown.clone(),
        keep_alive: app.options.keep_alive,
        over: false,
        _held: (Open::event_stream(), app.connected(&viewer)),
    };
    let body = stream::unfold(events, |mut events| async move {
        let event = events.next().await?;
        Some((Ok::<_, Infallible>(event), events))
    });
    let mut response = Response::new(Body::from_stream(body));
    *response.status_mut() = StatusCode::OK;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media.content_type());
    respond::guard(headers);
    // A proxy that collects the answer before it passes it on would defeat it.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

struct Events<H> {
    items: BoxStream<'static, SubscriptionItem>,
    expiry: Watch,
    shutdown: CancellationToken,
    keep_alive: Duration,
    over: bool,
    _held: H,
}

impl<H> Events<H> {
    /// The next piece of the body.
    async fn next(&mut self) -> Option<Bytes> {
        if self.over {
            return None;
        }
        let item = tokio::select! {
            () = self.shutdown.cancelled() => return None,
            () = self.expiry.expired() => {
                Some(SubscriptionItem::Failed(vec![token_expired()]))
            }
            item = self.items.next() => item,
            () = tokio::time::sleep(self.keep_alive) => {
                return Some(Bytes::from_static(b":\n\n"));
            }
        };
        Some(match item {
            Some(SubscriptionItem::Next(payload)) => next(&payload),
            Some(SubscriptionItem::Failed(errors)) => {
                self.over = true;
                let mut event = next(&respond::errors_body(&errors)).to_vec();
                event.extend_from_slice(COMPLETE);
                event.into()
            }
            None => {
                self.over = true;
                Bytes::from_static(COMPLETE)
            }
        })
    }
}

const COMPLETE: &[u8] = b"event: complete\ndata:\n\n";

/// A payload of one line of JSON.
fn next(payload: &[u8]) -> Bytes {
    [b"event: next\ndata: ", payload, b"\n\n"].concat().into()
}

/// What a stream says whose token ended.
fn token_expired() -> ServerError {
    coded(Code::Unauthenticated, "Token expired.", None)
}
