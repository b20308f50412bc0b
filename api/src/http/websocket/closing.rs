//! How a WebSocket ends, and the close frames on it.

use std::ops::ControlFlow;
use std::time::Duration;

use axum::extract::ws::WebSocket;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Error as SocketError;
use tokio_tungstenite::tungstenite::error::ProtocolError;

use super::super::metrics;
use super::close::Close;

/// How long the exchange of close frames may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// How a connection ends.
pub(super) enum End {
    /// The server closes it.
    Close(Close),
    /// The client closes it, or is gone.
    Gone,
}

/// Whether it goes on.
pub(super) type Flow = ControlFlow<End>;

/// Sends the close frame and reads until the client has answered it: a connection that is dropped
/// with unread input is reset, and the client would never see the code.
pub(super) async fn close(socket: &mut WebSocket, close: Close) {
    Box::pin(close_handshake(socket, End::Close(close))).await;
}

/// The same, for every end.
pub(super) async fn close_handshake(socket: &mut WebSocket, end: End) {
    let exchange = async {
        if let End::Close(close) = &end {
            metrics::socket_closed(close.code);
            socket.send(close.message()).await.ok()?;
        }
        while socket.recv().await?.is_ok() {}
        None::<()>
    };
    let _ = timeout(CLOSE_TIMEOUT, exchange).await;
}

/// The server closes it.
pub(super) const fn close_with(close: Close) -> Flow {
    ControlFlow::Break(End::Close(close))
}

/// What a failed read means.
pub(super) fn end_of(error: axum::Error) -> End {
    match error.into_inner().downcast::<SocketError>().as_deref() {
        // A connection that broke is no breach of the protocol.
        Ok(SocketError::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => End::Gone,
        Ok(SocketError::Capacity(_)) => End::Close(Close::TOO_BIG),
        Ok(SocketError::Utf8(_)) => End::Close(Close::NOT_UTF8),
        Ok(SocketError::Protocol(_)) => End::Close(Close::PROTOCOL_ERROR),
        _ => End::Gone,
    }
}
