//! Operations over server-sent events: `next` events with results, one `complete` at the end
//! (the distinct-connections mode of the graphql-sse protocol).
//!
//! Each event whose place in the log is known has its cursor as `id`, so that `Last-Event-ID` goes on
//! after it: a browser's `EventSource` does so by itself.
//!
//! A stream that ends without `complete` was cut: by the network, by a server that stops (which cuts
//! subscriptions only: the answer to anything else is waited for), or because its client took nothing for as long as the send time-out. Where a WebSocket names the reason in
//! its close code, server-sent events have no place to say it. The client subscribes again with the
//! last cursor it saw.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;

use async_graphql::ServerError;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt};
use tokio::sync::mpsc::{OwnedPermit, Sender, channel};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::App;
use super::expiry::Watch;
use super::fault::Fault;
use super::graphql;
use super::metrics::{self, Open};
use super::negotiate::MediaType;
use super::operations::{Operations, has_ended};
use super::respond::{self, Outcome};
use crate::graphql::engine::{Held, OperationKind, Payload, Place, SubscriptionItem};
use crate::graphql::gate::{coded, with_codes};
use domain::Viewer;
use domain::refusal::Code;
use engine::log::ShownCursor;

/// Pieces that wait until the connection takes them, beside what it holds itself.
const WAITING: usize = 1;
/// Events that are ready together are one piece, up to so many bytes.
const PORTION: usize = 16 * 1024;

/// Runs the operation. What is refused at the start is a stream of that alone; a fault is a plain response.
pub(super) async fn answer<E: Operations>(
    app: &Arc<App<E>>,
    prepared: E::Prepared,
    viewer: Arc<Viewer>,
) -> Response {
    let media = MediaType::EventStream;
    // An answer that is there is sent, whenever; what goes on, goes on with the token and the server.
    let (mut connected, mut place, mut held, mut goes_on) = (None, None, None, false);
    let mut cut = CancellationToken::new();
    let mut expiry = app.expiries.watch_nothing();
    let items = if E::kind(&prepared) == OperationKind::Subscription {
        match app.admission.connect(&viewer) {
            Ok(one) => place = Some(one),
            Err(refused) => return respond::fault(media, Fault::TooManyConnections(refused)),
        }
        match app.engine.hold(&prepared, &viewer) {
            Ok(one) => held = Some(one),
            Err(error) => {
                metrics::subscription("refused");
                return respond::outcome(media, &Outcome::Refused(vec![error]));
            }
        }
        // Its token is the request's, and stays so: a client that has a new one asks again.
        let (_, whose) = watch::channel(Arc::clone(&viewer));
        match app.engine.subscribe(prepared, whose).await {
            Ok(items) => {
                metrics::subscription("ok");
                // One answer as a stream is no connection; what goes on is.
                connected = app.connected(&viewer);
                goes_on = true;
                cut = app.options.shutdown.clone();
                expiry = app.expiries.watch(&viewer);
                items
            }
            Err(errors) => {
                metrics::subscription("refused");
                let refused = Outcome::Refused(with_codes(errors));
                return respond::outcome(media, &refused);
            }
        }
    } else {
        match graphql::run(app, prepared, Arc::clone(&viewer)).await {
            Ok(Outcome::Executed(json, _)) => {
                let answer = Payload::alone(json);
                stream::iter([SubscriptionItem::Next(answer, None)]).boxed()
            }
            Ok(refused) => return respond::outcome(media, &refused),
            Err(fault) => return respond::fault(media, fault),
        }
    };
    let (pieces, body) = channel(WAITING);
    let events = Events {
        source: Source::Stream(items),
        viewer,
        app: Arc::clone(app),
        goes_on,
        cut,
        expiry,
        pieces,
        held: Some((Open::event_stream(), connected, place, held)),
    };
    tokio::spawn(events.run());
    let state = (body, Vec::new());
    let body = stream::unfold(state, |(mut body, counted)| async move {
        let piece: Piece = body.recv().await?;
        // What came before has gone out.
        drop(counted);
        Some((Ok::<_, Infallible>(piece.bytes), (body, piece.counted)))
    });
    stream_of(Body::from_stream(body))
}

/// A stream that says why its operation is refused, and ends.
pub(super) fn refused(errors: &[ServerError]) -> Response {
    let mut bytes = Vec::new();
    next(&mut bytes, None, &respond::errors_body(errors));
    bytes.extend_from_slice(COMPLETE);
    stream_of(Body::from(bytes))
}

fn stream_of(body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::OK;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, MediaType::EventStream.content_type());
    respond::guard(headers);
    // A proxy that collects the answer before it passes it on would defeat it.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// What is sent at once, and what counts its large payloads until it is.
#[derive(Default)]
struct Piece {
    bytes: Bytes,
    counted: Vec<Held>,
}

/// A running stream, in a task of its own: the body alone would not be asked for anything while its
/// client does not read, and so could not notice how long that lasts.
struct Events<E, H> {
    source: Source,
    viewer: Arc<Viewer>,
    app: Arc<App<E>>,
    /// Whether it ends with its viewer's token.
    goes_on: bool,
    /// When it ends with the server that stops, if it does.
    cut: CancellationToken,
    expiry: Watch,
    pieces: Sender<Piece>,
    held: Option<H>,
}

impl<E: Operations, H> Events<E, H> {
    /// Sends piece after piece until the stream ends, is cut, or nobody takes it.
    async fn run(mut self) {
        while let Some((piece, last)) = self.next().await {
            let Some(place) = self.place().await else {
                return;
            };
            // The wait may have been long.
            let over = self.goes_on && has_ended(&self.app.engine, &self.viewer);
            let piece = if over { self.farewell() } else { piece };
            place.send(piece);
            if over || last {
                return;
            }
        }
    }

    /// The last words of a stream whose token has ended, or was taken back.
    fn farewell(&self) -> Piece {
        let message = if self.app.engine.is_revoked(&self.viewer) {
            "Token revoked."
        } else {
            "Token expired."
        };
        let error = coded(Code::Unauthenticated, message, None);
        let (mut bytes, mut counted) = (Vec::new(), Vec::new());
        let last = Some(SubscriptionItem::Failed(vec![error]));
        write(&mut bytes, &mut counted, last);
        let bytes = bytes.into();
        Piece { bytes, counted }
    }

    /// The next piece of the body, and whether it is the last; none when the stream is cut.
    async fn next(&mut self) -> Option<(Piece, bool)> {
        let item = tokio::select! {
            // In this order: whatever is ready, what the token no longer allows is not sent.
            biased;
            () = self.cut.cancelled() => return None,
            () = self.pieces.closed() => return None,
            () = self.expiry.expired() => return Some((self.farewell(), true)),
            item = self.source.next(&self.viewer) => item,
            () = tokio::time::sleep(self.app.options.keep_alive) => {
                let bytes = Bytes::from_static(b":\n\n");
                return Some((Piece { bytes, ..Piece::default() }, false));
            }
        };
        let (mut bytes, mut counted) = (Vec::new(), Vec::new());
        let mut last = write(&mut bytes, &mut counted, item);
        while !last
            && bytes.len() < PORTION
            && let Some(item) = self.source.next(&self.viewer).now_or_never()
        {
            last = write(&mut bytes, &mut counted, item);
        }
        let bytes = bytes.into();
        Some((Piece { bytes, counted }, last))
    }

    /// Room for a piece; none when the client did not take what came before in time. Where the token ends
    /// meanwhile everything but the last words does.
    async fn place(&mut self) -> Option<OwnedPermit<Piece>> {
        let patience = self.app.options.send_timeout;
        let place = timeout(patience, self.pieces.clone().reserve_owned());
        let mut place = pin!(place);
        tokio::select! {
            biased;
            () = self.cut.cancelled() => return None,
            place = &mut place => return place.ok()?.ok(),
            () = self.expiry.expired() => {}
        }
        self.source = Source::Stream(stream::empty().boxed());
        drop(self.held.take());
        tokio::select! {
            biased;
            () = self.cut.cancelled() => None,
            place = place => place.ok()?.ok(),
        }
    }
}

/// Where the events of a stream come from.
enum Source {
    Stream(BoxStream<'static, SubscriptionItem>),
    Group(Place),
}

impl Source {
    /// What comes next. The wait can be given up at any time.
    async fn next(&mut self, viewer: &Arc<Viewer>) -> Option<SubscriptionItem> {
        loop {
            match self {
                Self::Stream(items) => match items.next().await? {
                    SubscriptionItem::Joined(place) => *self = Self::Group(place),
                    SubscriptionItem::Replaced => {}
                    item => return Some(item),
                },
                Self::Group(place) => {
                    if let Some(item) = poll_fn(|cx| place.poll_next(cx)).await {
                        return Some(item);
                    }
                    let nothing = Self::Stream(stream::empty().boxed());
                    if let Self::Group(place) = std::mem::replace(self, nothing) {
                        let (_, whose) = watch::channel(Arc::clone(viewer));
                        *self = Self::Stream(place.alone(whose));
                    }
                }
            }
        }
    }
}

/// Writes an item; whether it is the last.
fn write(piece: &mut Vec<u8>, counted: &mut Vec<Held>, item: Option<SubscriptionItem>) -> bool {
    match item {
        Some(SubscriptionItem::Next(payload, held)) => {
            counted.extend(held.map(|held| *held));
            next(piece, payload.cursor.as_ref(), &payload.json);
            return false;
        }
        Some(SubscriptionItem::Failed(errors)) => next(piece, None, &respond::errors_body(&errors)),
        // A source yields none of these.
        Some(SubscriptionItem::Replaced | SubscriptionItem::Joined(_)) | None => {}
    }
    piece.extend_from_slice(COMPLETE);
    true
}

const COMPLETE: &[u8] = b"event: complete\ndata:\n\n";

/// A payload of one line of JSON.
fn next(piece: &mut Vec<u8>, cursor: Option<&ShownCursor>, payload: &[u8]) {
    piece.extend_from_slice(b"event: next\n");
    if let Some(cursor) = cursor {
        for part in ["id: ", cursor.as_str(), "\n"] {
            piece.extend_from_slice(part.as_bytes());
        }
    }
    piece.extend_from_slice(b"data: ");
    piece.extend_from_slice(payload);
    piece.extend_from_slice(b"\n\n");
}
