//! A WebSocket from its first message to its close: does what the state machine says.
//!
//! One task reads, writes and watches the clock, so nothing is shared. A write that does not get
//! through within the send time-out ends the connection, and with it everything it holds.

use std::any::Any;
use std::collections::HashMap;
use std::future::pending;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::ServerError;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use bytes::Bytes;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::watch;
use tokio::time::{Instant, Interval, interval_at, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Error as SocketError;
use tokio_tungstenite::tungstenite::error::ProtocolError;

use super::super::App;
use super::super::admission::Place;
use super::super::expiry::Watch;
use super::super::metrics;
use super::super::operations::Operations;
use super::close::Close;
use super::machine::{Machine, Run, Step};
use super::message;
use super::operation::{self, Said, Task, What};
use crate::domain::{Code, Viewer};
use crate::graphql::engine::GraphQlRequest;

/// Results that wait to be sent, over all operations of a connection. Each operation holds at most
/// one more.
const QUEUE: usize = 16;
/// How long a closing socket may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);
/// Signs of life without an answer until the peer counts as gone.
const SILENT_TICKS: u32 = 2;

/// How a connection ends.
enum End {
    /// The server closes it.
    Close(Close),
    /// The client closes it, or is gone.
    Gone,
}

type Flow = ControlFlow<End>;

/// Whose connection it is, while the token lasts.
struct Session {
    /// Told to running operations when the token is replaced.
    whose: watch::Sender<Arc<Viewer>>,
    hold: Hold,
    _place: Place,
}

/// What is held for one token.
struct Hold {
    expiry: Watch,
    _connected: Option<Box<dyn Any + Send + Sync>>,
}

impl Hold {
    fn of<E>(app: &App<E>, viewer: &Arc<Viewer>) -> Self {
        Self {
            expiry: app.expiries.watch(viewer),
            _connected: app.connected(viewer),
        }
    }
}

impl Session {
    fn of<E>(app: &App<E>, viewer: Arc<Viewer>, place: Place) -> Self {
        Self {
            hold: Hold::of(app, &viewer),
            _place: place,
            whose: watch::Sender::new(viewer),
        }
    }

    fn viewer(&self) -> Arc<Viewer> {
        self.whose.borrow().clone()
    }

    /// Goes on by another token of the same subject. What is held for it is taken before that of the
    /// old one is let go, so that the connection counts throughout.
    fn replace<E>(&mut self, app: &App<E>, viewer: Arc<Viewer>) {
        self.hold = Hold::of(app, &viewer);
        self.whose.send_replace(viewer);
    }
}

struct Connection<E> {
    app: Arc<App<E>>,
    socket: WebSocket,
    machine: Machine,
    session: Option<Session>,
    tasks: HashMap<Arc<str>, Task>,
    queue: Sender<Said>,
    said: Receiver<Said>,
    init_due: Instant,
    keep_alive: Interval,
    silent: u32,
}

/// Serves the socket to its end.
pub(super) async fn serve<E: Operations>(app: Arc<App<E>>, socket: WebSocket) {
    let options = &app.options;
    let (queue, said) = channel(QUEUE);
    let mut connection = Connection {
        socket,
        machine: Machine::new(options.operations_per_socket),
        session: None,
        tasks: HashMap::new(),
        queue,
        said,
        init_due: Instant::now() + options.init_timeout,
        keep_alive: interval_at(Instant::now() + options.keep_alive, options.keep_alive),
        silent: 0,
        app,
    };
    let end = loop {
        if let ControlFlow::Break(end) = connection.step().await {
            break end;
        }
    };
    goodbye(connection.into_socket(), end).await;
}

/// Sends the close frame and reads until the client has answered it: a connection that is dropped
/// with unread input is reset, and the client would never see the code.
pub(super) async fn close(socket: WebSocket, close: Close) {
    goodbye(socket, End::Close(close)).await;
}

async fn goodbye(mut socket: WebSocket, end: End) {
    let farewell = async {
        if let End::Close(close) = &end {
            metrics::socket_closed(close.code);
            socket.send(close.message()).await.ok()?;
        }
        while socket.recv().await?.is_ok() {}
        None::<()>
    };
    let _ = timeout(GOODBYE, farewell).await;
}

/// Ready when the token ends; never before there is one.
async fn expired(session: Option<&Session>) {
    match session {
        Some(session) => session.hold.expiry.expired().await,
        None => pending().await,
    }
}

impl<E: Operations> Connection<E> {
    /// Ends everything but the socket: operations stop before the goodbye, which may take a while.
    fn into_socket(self) -> WebSocket {
        self.socket
    }

    /// Waits for one thing and does it.
    async fn step(&mut self) -> Flow {
        tokio::select! {
            () = self.app.options.shutdown.cancelled() => close_with(Close::RESTART),
            () = expired(self.session.as_ref()) => close_with(Close::TOKEN_EXPIRED),
            () = sleep_until(self.init_due), if !self.machine.is_ready() => {
                close_with(Close::INIT_TIMEOUT)
            }
            Some(said) = self.said.recv() => self.say(said).await,
            received = self.socket.recv() => {
                self.silent = 0;
                match received {
                    Some(Ok(message)) => self.receive(message).await,
                    Some(Err(error)) => ControlFlow::Break(end_of(error)),
                    None => ControlFlow::Break(End::Gone),
                }
            }
            _ = self.keep_alive.tick() => self.keep_alive().await,
        }
    }

    async fn receive(&mut self, message: Message) -> Flow {
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => {
                return close_with(Close::invalid("Invalid message: send text, not bytes"));
            }
            Message::Close(_) => return ControlFlow::Break(End::Gone),
            // The library has answered the ping.
            Message::Ping(_) | Message::Pong(_) => return ControlFlow::Continue(()),
        };
        match self.machine.receive(&text) {
            Step::Nothing => ControlFlow::Continue(()),
            Step::Authenticate(token) => self.authenticate(&token).await,
            Step::Refresh(token) => self.refresh(&token).await,
            Step::Send(text) => self.send_text(text).await,
            Step::Start(run, request) => self.start(run, *request).await,
            Step::Stop(run) => {
                self.tasks.remove(&run.id);
                ControlFlow::Continue(())
            }
            Step::Close(close) => close_with(close),
        }
    }

    async fn authenticate(&mut self, token: &str) -> Flow {
        let viewer = match self.app.engine.authenticate(token).await {
            Ok(viewer) => viewer,
            Err(refused) => return close_with(Close::forbidden(refused.shown())),
        };
        let Ok(place) = self.app.admission.connect(&viewer) else {
            return close_with(Close::TOO_MANY_CONNECTIONS);
        };
        self.session = Some(Session::of(&self.app, viewer, place));
        let ack = self.machine.acknowledge();
        self.send_text(ack).await
    }

    /// The connection goes on by this token, if it is a valid one of the same subject; else by the
    /// one that it has. The client is told which, in a pong.
    async fn refresh(&mut self, token: &str) -> Flow {
        let engine = &self.app.engine;
        let Some(session) = &mut self.session else {
            return close_with(Close::UNAUTHORIZED);
        };
        if has_ended(engine, &session.viewer()) {
            return close_with(Close::TOKEN_EXPIRED);
        }
        if let Err(refused) = self.app.admission.ask(&session.viewer()) {
            let pong = message::token_refused(Code::RateLimited, &refused.error().message);
            return self.send_text(pong).await;
        }
        let known = tokio::select! {
            biased;
            () = session.hold.expiry.expired() => return close_with(Close::TOKEN_EXPIRED),
            known = engine.authenticate(token) => known,
        };
        let pong = match known {
            Err(refused) => message::token_refused(Code::Unauthenticated, refused.shown()),
            Ok(viewer) if viewer.subject() != session.viewer().subject() => {
                let why = "the token is of another subject than the connection's";
                message::token_refused(Code::Unauthenticated, why)
            }
            Ok(viewer) => {
                session.replace(&self.app, viewer);
                message::token_accepted()
            }
        };
        self.send_text(pong).await
    }

    async fn start(&mut self, run: Run, request: GraphQlRequest) -> Flow {
        let Some(session) = &self.session else {
            return close_with(Close::UNAUTHORIZED);
        };
        // The watch looks twice a second; nothing starts in between.
        if has_ended(&self.app.engine, &session.viewer()) {
            return close_with(Close::TOKEN_EXPIRED);
        }
        if let Err(refused) = self.app.admission.ask(&session.viewer()) {
            return self.fail(&run, &[refused.error()]).await;
        }
        match self.app.engine.prepare(request) {
            Ok(prepared) => {
                let whose = session.whose.subscribe();
                let id = Arc::clone(&run.id);
                let task = operation::start(&self.app, run, prepared, whose, self.queue.clone());
                self.tasks.insert(id, task);
                ControlFlow::Continue(())
            }
            Err(refusal) => {
                metrics::refused_at_gate("websocket");
                self.fail(&run, &refusal.errors).await
            }
        }
    }

    /// An operation did not start.
    async fn fail(&mut self, run: &Run, errors: &[ServerError]) -> Flow {
        match self.machine.failed(run, errors) {
            Some(text) => self.send_text(text).await,
            None => ControlFlow::Continue(()),
        }
    }

    /// Passes on what an operation says, unless the client has ended it.
    async fn say(&mut self, said: Said) -> Flow {
        let run = &said.run;
        let (text, last) = match &said.what {
            What::Next(payload) => (self.machine.next(run, payload), false),
            What::Failed(errors) => (self.machine.failed(run, errors), true),
            What::Ended => (self.machine.ended(run), true),
        };
        let Some(text) = text else {
            return ControlFlow::Continue(());
        };
        if last {
            self.tasks.remove(&run.id);
        }
        self.send_text(text).await
    }

    async fn keep_alive(&mut self) -> Flow {
        if self.silent >= SILENT_TICKS {
            return ControlFlow::Break(End::Gone);
        }
        self.silent += 1;
        self.send(Message::Ping(Bytes::new())).await
    }

    async fn send_text(&mut self, text: Vec<u8>) -> Flow {
        match Utf8Bytes::try_from(Bytes::from(text)) {
            Ok(text) => self.send(Message::Text(text)).await,
            Err(error) => {
                super::super::internal_error(&error);
                ControlFlow::Break(End::Gone)
            }
        }
    }

    async fn send(&mut self, message: Message) -> Flow {
        let options = &self.app.options;
        tokio::select! {
            () = options.shutdown.cancelled() => close_with(Close::RESTART),
            () = expired(self.session.as_ref()) => close_with(Close::TOKEN_EXPIRED),
            sent = timeout(options.send_timeout, self.socket.send(message)) => match sent {
                Ok(Ok(())) => ControlFlow::Continue(()),
                Ok(Err(_)) => ControlFlow::Break(End::Gone),
                Err(_elapsed) => close_with(Close::TOO_SLOW),
            },
        }
    }
}

/// Whether this viewer's token has ended, or was taken back.
fn has_ended(engine: &impl Operations, viewer: &Viewer) -> bool {
    viewer.expires_at() <= engine.now() || engine.is_revoked(viewer)
}

const fn close_with(close: Close) -> Flow {
    ControlFlow::Break(End::Close(close))
}

/// What a failed read means.
fn end_of(error: axum::Error) -> End {
    match error.into_inner().downcast::<SocketError>().as_deref() {
        // A connection that broke is no breach of the protocol.
        Ok(SocketError::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => End::Gone,
        Ok(SocketError::Capacity(_)) => End::Close(Close::TOO_BIG),
        Ok(SocketError::Protocol(_) | SocketError::Utf8(_)) => End::Close(Close::PROTOCOL_ERROR),
        _ => End::Gone,
    }
}
