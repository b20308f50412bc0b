//! Takes connections and speaks HTTP over them, bounded where the web framework's own loop is not.
//!
//! Invariants: there are never more connections than allowed, web sockets among them; a connection
//! that neither brings the head of a request nor is being answered ends within [`HEAD`], and one whose
//! client takes nothing of its answers within [`TAKING`]; what a head may take is bounded; a stop lets
//! requests that run finish.
//!
//! What it must not do: know a path. Bodies have a time of their own where they are read, web
//! sockets where they are served.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Sleep, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long the head of a request may take to arrive, from when the connection is there or the
/// request before was answered; so also how long a connection may idle.
pub(crate) const HEAD: Duration = Duration::from_secs(30);

/// How long a client may take nothing of what is sent until its connection ends. Longer than what web sockets and
/// event streams grant by themselves, goodbye included: they can name the reason.
pub(crate) const TAKING: Duration = Duration::from_secs(20);

/// The most bytes that the head of a request may have: the longest query by GET, its token, and what
/// proxies add.
const HEAD_BYTES: usize = 128 * 1024;

/// How long to wait when the system gives no further connection: it is out of file descriptors.
const BREATH: Duration = Duration::from_millis(200);

/// How much of what is sent the system holds for a connection. A socket takes more only once a third of that is gone, so
/// with the megabytes that systems grow to, a slow client would seem to take nothing for longer than [`TAKING`]. So a
/// connection gets about this much in the time that a signal goes to its client and back: a megabyte a second over 100 ms.
const SENDING: u32 = 128 * 1024;

/// How many connections wait to be taken.
const BACKLOG: u32 = 1024;

/// Listens here.
pub(crate) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    if cfg!(unix) {
        // A server that was stopped may start again at once.
        socket.set_reuseaddr(true)?;
    }
    // Connections have it from the one that listens.
    socket.set_send_buffer_size(SENDING)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// What a listener grants.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Connections at once, web sockets among them. Further ones wait until one has ended.
    pub(crate) connections: usize,
    /// See [`HEAD`].
    pub(crate) head: Duration,
    /// See [`TAKING`].
    pub(crate) taking: Duration,
}

/// Serves until told to stop, and then until every request that was taken is answered.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    stop: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(bounds.connections));
    let taken = TaskTracker::new();
    loop {
        let next = async {
            // The semaphore is never closed.
            let place = places.clone().acquire_owned().await.ok()?;
            Some(CountedConnection {
                stream: accept(&listener).await,
                taking: bounds.taking,
                stuck: None,
                _place: place,
            })
        };
        let held = tokio::select! {
            () = stop.cancelled() => break,
            held = next => held,
        };
        let Some(held) = held else { break };
        // Small answers shall not wait for the acknowledgement of the one before.
        let _ = held.stream.set_nodelay(true);
        taken.spawn(speak(held, router.clone(), bounds.head, stop.clone()));
    }
    // Whoever connects now shall try another server.
    drop(listener);
    taken.close();
    taken.wait().await;
}

/// The next connection. One that ended before it was taken is passed over.
async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "no connection can be taken");
                sleep(BREATH).await;
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

async fn speak(held: CountedConnection, router: Router, head: Duration, stop: CancellationToken) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(held), TowerToHyperService::new(router))
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended");
    }
}

/// A connection and its place among those allowed, which it keeps when it becomes a web socket.
struct CountedConnection {
    stream: TcpStream,
    /// How long its client may take nothing.
    taking: Duration,
    /// There while it takes nothing: ready when that has lasted too long.
    stuck: Option<Pin<Box<Sleep>>>,
    _place: OwnedSemaphorePermit,
}

impl CountedConnection {
    /// What came of writing, or an error where nothing was taken for too long.
    fn in_time(
        &mut self,
        written: Poll<io::Result<usize>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.stuck = None;
            return written;
        }
        let taking = self.taking;
        let stuck = self.stuck.get_or_insert_with(|| Box::pin(sleep(taking)));
        let over = stuck.as_mut().poll(context);
        over.map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for CountedConnection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, into)
    }
}

impl AsyncWrite for CountedConnection {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let held = self.get_mut();
        let written = Pin::new(&mut held.stream).poll_write(context, bytes);
        held.in_time(written, context)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let held = self.get_mut();
        let written = Pin::new(&mut held.stream).poll_write_vectored(context, parts);
        held.in_time(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
