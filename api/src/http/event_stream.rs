//! Operations over server-sent events: `next` events with results, one `complete` at the end
//! (the distinct-connections mode of the graphql-sse protocol).
//!
//! A stream that ends without `complete` was cut: by the network, by a server that stops, or because
//! its client took nothing for as long as the send time-out. Where a WebSocket names the reason in
//! its close code, server-sent events have no place to say it. The client subscribes again with the
//! last cursor it saw.

use std::convert::Infallible;
use std::sync::Arc;

use async_graphql::ServerError;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use tokio::sync::mpsc::{OwnedPermit, Sender, channel};
use tokio::sync::watch;
use tokio::time::timeout;

use super::App;
use super::expiry::Watch;
use super::fault::Fault;
use super::graphql;
use super::metrics::{self, Open};
use super::negotiate::MediaType;
use super::operations::Operations;
use super::respond::{self, Outcome};
use crate::domain::Viewer;
use crate::domain::refusal::Code;
use crate::graphql::engine::{OperationKind, SubscriptionItem};
use crate::graphql::gate::coded;

/// Pieces that wait until the connection takes them, beside what it holds itself.
const WAITING: usize = 1;

/// Runs the operation. What is refused at the start is a plain response.
pub(super) async fn answer<E: Operations>(
    app: &Arc<App<E>>,
    prepared: E::Prepared,
    viewer: Arc<Viewer>,
) -> Response {
    let media = MediaType::EventStream;
    // An answer that is there is sent, whenever; what goes on, goes on with the token.
    let (mut connected, mut place, mut expires_at) = (None, None, DateTime::<Utc>::MAX_UTC);
    let mut expiry = app.expiries.watch_nothing();
    let items = if E::kind(&prepared) == OperationKind::Subscription {
        match app.admission.connect(&viewer) {
            Ok(one) => place = Some(one),
            Err(refused) => return respond::fault(media, Fault::TooManyConnections(refused)),
        }
        // Its token is the request's, and stays so: a client that has a new one asks again.
        let (_, whose) = watch::channel(Arc::clone(&viewer));
        match app.engine.subscribe(prepared, whose).await {
            Ok(items) => {
                metrics::subscription("ok");
                // One answer as a stream is no connection; what goes on is.
                connected = app.connected(&viewer);
                expires_at = viewer.expires_at();
                expiry = app.expiries.watch(&viewer);
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
    let (pieces, body) = channel(WAITING);
    let events = Events {
        items,
        app: Arc::clone(app),
        expires_at,
        expiry,
        pieces,
        _held: (Open::event_stream(), connected, place),
    };
    tokio::spawn(events.run());
    let body = stream::unfold(body, |mut body| async move {
        let piece: Bytes = body.recv().await?;
        Some((Ok::<_, Infallible>(piece), body))
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

/// A running stream, in a task of its own: the body alone would not be asked for anything while its
/// client does not read, and so could not notice how long that lasts.
struct Events<E, H> {
    items: BoxStream<'static, SubscriptionItem>,
    app: Arc<App<E>>,
    expires_at: DateTime<Utc>,
    expiry: Watch,
    pieces: Sender<Bytes>,
    _held: H,
}

impl<E: Operations, H> Events<E, H> {
    /// Sends piece after piece until the stream ends, is cut, or nobody takes it.
    async fn run(mut self) {
        while let Some((piece, last)) = self.next().await {
            let Some(place) = self.place().await else {
                return;
            };
            // The wait may have been long. The watch looks at the clock twice a second; nothing is sent
            // in between.
            let over = !last && self.app.engine.now() >= self.expires_at;
            let piece = if over {
                failed(&[token_expired()])
            } else {
                piece
            };
            place.send(piece);
            if over || last {
                return;
            }
        }
    }

    /// The next piece of the body, and whether it is the last; none when the stream is cut.
    async fn next(&mut self) -> Option<(Bytes, bool)> {
        let item = tokio::select! {
            // In this order: whatever is ready, what the token no longer allows is not sent.
            biased;
            () = self.app.options.shutdown.cancelled() => return None,
            () = self.pieces.closed() => return None,
            () = self.expiry.expired() => Some(SubscriptionItem::Failed(vec![token_expired()])),
            item = self.items.next() => item,
            () = tokio::time::sleep(self.app.options.keep_alive) => {
                return Some((Bytes::from_static(b":\n\n"), false));
            }
        };
        Some(match item {
            Some(SubscriptionItem::Next(payload)) => (next(&payload), false),
            Some(SubscriptionItem::Failed(errors)) => (failed(&errors), true),
            None => (Bytes::from_static(COMPLETE), true),
        })
    }

    /// Room for a piece; none when the client did not take what came before in time.
    async fn place(&mut self) -> Option<OwnedPermit<Bytes>> {
        let options = &self.app.options;
        let place = timeout(options.send_timeout, self.pieces.clone().reserve_owned());
        tokio::select! {
            biased;
            () = options.shutdown.cancelled() => None,
            place = place => place.ok()?.ok(),
        }
    }
}

/// The last words of a stream that failed.
fn failed(errors: &[ServerError]) -> Bytes {
    let mut event = next(&respond::errors_body(errors)).to_vec();
    event.extend_from_slice(COMPLETE);
    event.into()
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
