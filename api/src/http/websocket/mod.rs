//! `/graphql` over WebSocket, subprotocol `graphql-transport-ws`
//! (PROTOCOL.md of the graphql-ws project).
//!
//! Besides what that document says: the token comes in the payload of `connection_init`; a silent
//! connection gets a WebSocket ping every 30 seconds, which every WebSocket library answers by
//! itself, and is given up after two without an answer; the [`close`] codes say the rest.

mod close;
mod closing;
mod connection;
mod machine;
mod message;
mod operation;
mod session;
mod work;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use super::App;
use super::fault::Fault;
use super::metrics::Open;
use super::negotiate::MediaType;
use super::operations::Operations;
use super::{origin, respond};
use close::Close;

const SUBPROTOCOL: &str = "graphql-transport-ws";
/// Held by every socket for as long as it is open; the default of the library is 128 KiB. Grows with
/// what a client sends.
const READ_BUFFER: usize = 1024;
/// Messages that are ready together are put together up to so many bytes, and then written. Held by every
/// socket that has sent so much at once.
const WRITE_BUFFER: usize = 4 * 1024;

/// Whether the request asks for a WebSocket.
pub(super) fn is_upgrade(headers: &HeaderMap) -> bool {
    headers
        .get(header::UPGRADE)
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Opens the WebSocket. A client without the subprotocol gets one too, to be told by its close
/// code what is missing.
pub(super) async fn upgrade<E: Operations>(app: Arc<App<E>>, parts: &mut Parts) -> Response {
    if !origin::may_open_socket(&parts.headers, &app.options.allowed_origins) {
        return respond::fault(MediaType::Json, Fault::Origin);
    }
    if app.options.shutdown.is_cancelled() {
        return respond::fault(MediaType::Json, Fault::Stopping);
    }
    let upgrade = match WebSocketUpgrade::from_request_parts(parts, &()).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let upgrade = upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_message_size(app.options.body_bytes)
        .max_frame_size(app.options.body_bytes)
        .protocols([SUBPROTOCOL]);
    let spoken = upgrade.selected_protocol().is_some();
    let tracker = app.options.sockets.clone();
    upgrade.on_upgrade(move |socket| {
        let mut socket = Box::new(socket);
        tracker.track_future(async move {
            let _open = Open::websocket();
            if spoken {
                connection::serve(app, socket).await;
            } else {
                closing::close(&mut socket, Close::SUBPROTOCOL).await;
            }
        })
    })
}

/// What is wrong with this message, for those who try any text.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn parse_socket_message(text: &str) -> Result<(), String> {
    message::ClientMessage::parse(text).map(drop)
}
