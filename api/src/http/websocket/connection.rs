//! A WebSocket from its first message to its close: does what the state machine says.
//!
//! One task reads, writes and watches the clock, so nothing is shared. What is ready together goes out
//! together. A write that does not get through within the send time-out ends the connection, and with
//! it everything it holds.

use std::future::{pending, poll_fn};
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use async_graphql::ServerError;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use bytes::Bytes;
use futures_util::SinkExt;
use tokio::time::{Instant, Interval, MissedTickBehavior, Sleep, interval_at, sleep, timeout};
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::super::App;
use super::super::metrics;
use super::super::operations::{Operations, has_ended};
use super::close::Close;
use super::closing::{End, Flow, close_handshake, close_with, end_of};
use super::machine::{Machine, Run, Step};
use super::message;
use super::operation::{Output, OutputKind};
use super::session::{Session, expired};
use super::work::Work;
use crate::graphql::engine::{GraphQlRequest, Held};
use domain::Code;

/// Bytes that are put together for one time-out of sending: what is ready at once goes out together, and
/// a client that takes this many in that time is not too slow.
const PORTION: usize = 64 * 1024;
/// Signs of life without an answer until the peer counts as gone.
const SILENT_TICKS: u32 = 2;

struct Connection<E> {
    app: Arc<App<E>>,
    /// In a box, as it is large and handed on: every place that it passes would be kept for it.
    socket: Box<WebSocket>,
    machine: Machine,
    session: Option<Session>,
    work: Work,
    stopping: Pin<Box<WaitForCancellationFutureOwned>>,
    /// Until it is acknowledged.
    init_due: Option<Pin<Box<Sleep>>>,
    keep_alive: Interval,
    silent: u32,
    /// Whether a token was accepted and the client is not told yet.
    refreshed: bool,
    /// What counts large payloads until they have gone out.
    outgoing: Vec<Held>,
}

/// What a connection waits for while it lives.
enum Event {
    Output(Output),
    Received(Option<Result<Message, axum::Error>>),
    Tick,
}

/// Serves the socket to its end.
pub(super) async fn serve<E: Operations>(app: Arc<App<E>>, socket: Box<WebSocket>) {
    let options = &app.options;
    let mut connection = Connection {
        socket,
        machine: Machine::new(options.operations_per_socket),
        session: None,
        work: Work::default(),
        stopping: Box::pin(options.shutdown.clone().cancelled_owned()),
        init_due: Some(Box::pin(sleep(options.init_timeout))),
        keep_alive: signs_of_life(options.keep_alive),
        silent: 0,
        refreshed: false,
        outgoing: Vec::new(),
        app,
    };
    let end = loop {
        if let ControlFlow::Break(end) = connection.step().await {
            break end;
        }
    };
    let end = connection.told(end);
    // In boxes, as are all futures that are needed once, at the end.
    let mut socket = Box::pin(connection.stop()).await;
    Box::pin(close_handshake(&mut socket, end)).await;
}

/// When to ask for a sign of life. Asking is what gives the client time to answer, so what was missed
/// while this server stood still is not made up for.
fn signs_of_life(every: Duration) -> Interval {
    let mut ticks = interval_at(Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Ready when the client should have introduced itself; never once it has.
async fn overdue(init_due: &mut Option<Pin<Box<Sleep>>>) {
    match init_due {
        Some(init_due) => init_due.as_mut().await,
        None => pending().await,
    }
}

impl<E: Operations> Connection<E> {
    /// Ends everything but the socket: operations stop before the close handshake, which may take a while.
    async fn stop(self) -> Box<WebSocket> {
        // Its place among the viewer's connections is free once nothing runs any more.
        let Self {
            socket,
            work,
            session,
            ..
        } = self;
        work.stop_all().await;
        drop(session);
        socket
    }

    /// Why the connection ends, as the client is told.
    fn told(&self, end: End) -> End {
        match (end, &self.session) {
            (End::Close(close), Some(session)) if close == Close::TOKEN_EXPIRED => {
                End::Close(session.close(&self.app.engine))
            }
            (end, _) => end,
        }
    }

    /// Waits for one thing and does it.
    async fn step(&mut self) -> Flow {
        let (work, socket, keep_alive) = (&mut self.work, &mut self.socket, &mut self.keep_alive);
        // Nothing is read while running operations take over a new token: the answer to that comes first.
        let reads = !self.refreshed;
        let event = async {
            tokio::select! {
                output = poll_fn(|cx| work.poll_output(cx)) => Event::Output(output),
                received = socket.recv(), if reads => Event::Received(received),
                _ = keep_alive.tick() => Event::Tick,
            }
        };
        let event = tokio::select! {
            // In this order: whatever is ready, what the token no longer allows is not sent.
            biased;
            () = &mut self.stopping => return close_with(Close::RESTART),
            () = expired(&mut self.session) => return close_with(Close::TOKEN_EXPIRED),
            () = overdue(&mut self.init_due) => return close_with(Close::INIT_TIMEOUT),
            event = event => event,
        };
        match event {
            Event::Output(output) => self.pass_on(output).await,
            Event::Received(received) => {
                self.silent = 0;
                match received {
                    Some(Ok(message)) => self.receive(message).await,
                    Some(Err(error)) => ControlFlow::Break(end_of(error)),
                    None => ControlFlow::Break(End::Gone),
                }
            }
            Event::Tick => self.keep_alive().await,
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
                self.work.stop(&run).await;
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
        self.init_due = None;
        let ack = self.machine.acknowledge();
        self.send_text(ack).await
    }

    /// The connection goes on by this token, if it is a valid one of the same subject; else by the
    /// one that it has. The client is told which, in a pong: that a token is accepted, once nothing
    /// that was made by the old one can follow.
    async fn refresh(&mut self, token: &str) -> Flow {
        let engine = &self.app.engine;
        let Some(session) = &mut self.session else {
            return close_with(Close::UNAUTHORIZED);
        };
        if has_ended(engine, &session.viewer) {
            return close_with(Close::TOKEN_EXPIRED);
        }
        if let Err(refused) = self.app.admission.ask(&session.viewer) {
            let pong = message::token_refused(Code::RateLimited, &refused.error().message);
            return self.send_text(pong).await;
        }
        let viewer = session.viewer.clone();
        let known = tokio::select! {
            biased;
            () = session.expired() => return close_with(Close::TOKEN_EXPIRED),
            known = engine.authenticate_next(token, &viewer) => known,
        };
        let refused = match known {
            Err(refused) => message::token_refused(Code::Unauthenticated, refused.shown()),
            Ok(viewer) if viewer.subject() != session.viewer.subject() => {
                let why = "the token is of another subject than the connection's";
                message::token_refused(Code::Unauthenticated, why)
            }
            Ok(viewer) => {
                session.replace(&self.app, viewer);
                self.work.replace(&session.viewer);
                self.refreshed = true;
                return self.finish().await;
            }
        };
        self.send_text(refused).await
    }

    async fn start(&mut self, run: Run, request: GraphQlRequest) -> Flow {
        let Some(session) = &self.session else {
            return close_with(Close::UNAUTHORIZED);
        };
        // The watch looks twice a second; nothing starts in between.
        if has_ended(&self.app.engine, &session.viewer) {
            return close_with(Close::TOKEN_EXPIRED);
        }
        if let Err(refused) = self.app.admission.ask(&session.viewer) {
            return self.fail(&run, &[refused.error()]).await;
        }
        match self.app.engine.prepare(request) {
            Ok(prepared) => {
                let viewer = session.viewer.clone();
                match self.app.engine.hold(&prepared, &viewer) {
                    Ok(held) => self.work.start(&self.app, run, prepared, viewer, held),
                    Err(error) => return self.fail(&run, &[error]).await,
                }
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

    /// Sends an output, and with it what else is ready by then.
    async fn pass_on(&mut self, first: Output) -> Flow {
        // As in `start`.
        if let Some(session) = &self.session
            && has_ended(&self.app.engine, &session.viewer)
        {
            return close_with(Close::TOKEN_EXPIRED);
        }
        let (mut output, mut bytes) = (Some(first), 0);
        while let Some(next) = output {
            if let Some(text) = self.text_of(next) {
                bytes += text.len();
                self.feed(text).await?;
            }
            if bytes >= PORTION || self.is_told() {
                break;
            }
            let ready = |cx: &mut std::task::Context<'_>| match self.work.poll_output(cx) {
                Poll::Ready(output) => Poll::Ready(Some(output)),
                Poll::Pending => Poll::Ready(None),
            };
            output = poll_fn(ready).await;
        }
        self.finish().await
    }

    /// The message for it, if there is one to send; none either when the client has ended the operation.
    fn text_of(&mut self, output: Output) -> Option<Vec<u8>> {
        let (run, session) = (&output.run, self.session.as_ref()?);
        match output.kind {
            OutputKind::Next(payload, held) => {
                self.outgoing.extend(held.map(|held| *held));
                return self.machine.next(run, &payload);
            }
            OutputKind::Replaced => self.work.replaced(run),
            OutputKind::Joined(member) => self.work.join(run, member, &session.viewer),
            OutputKind::Left => self.work.leave(run, &session.viewer),
            OutputKind::Failed(errors) => {
                self.work.forget(run);
                return self.machine.failed(run, &errors);
            }
            OutputKind::Ended => {
                self.work.forget(run);
                return self.machine.ended(run);
            }
        }
        None
    }

    /// Whether everything goes by the token that was accepted, and the client is to be told.
    fn is_told(&self) -> bool {
        self.refreshed && !self.work.is_behind()
    }

    /// Lets go out what was put together.
    async fn finish(&mut self) -> Flow {
        if self.is_told() {
            self.refreshed = false;
            return self.send_text(message::token_accepted()).await;
        }
        self.flush().await
    }

    async fn keep_alive(&mut self) -> Flow {
        if self.silent >= SILENT_TICKS {
            return ControlFlow::Break(End::Gone);
        }
        self.silent += 1;
        self.send(Some(Message::Ping(Bytes::new())), true).await
    }

    /// Sends a message with all that was fed before.
    async fn send_text(&mut self, text: Vec<u8>) -> Flow {
        self.feed(text).await?;
        self.flush().await
    }

    async fn flush(&mut self) -> Flow {
        self.send(None, true).await?;
        self.outgoing.clear();
        ControlFlow::Continue(())
    }

    /// Puts a message with what goes out next.
    async fn feed(&mut self, text: Vec<u8>) -> Flow {
        match Utf8Bytes::try_from(Bytes::from(text)) {
            Ok(text) => self.send(Some(Message::Text(text)), false).await,
            Err(error) => {
                super::super::internal_error(&error);
                ControlFlow::Break(End::Gone)
            }
        }
    }

    async fn send(&mut self, message: Option<Message>, flush: bool) -> Flow {
        let socket = &mut self.socket;
        let sending = async {
            if let Some(message) = message {
                socket.feed(message).await?;
            }
            if flush {
                socket.flush().await?;
            }
            Ok::<_, axum::Error>(())
        };
        tokio::select! {
            // Most is taken at once.
            biased;
            sent = timeout(self.app.options.send_timeout, sending) => match sent {
                Ok(Ok(())) => ControlFlow::Continue(()),
                Ok(Err(_)) => ControlFlow::Break(End::Gone),
                Err(_elapsed) => close_with(Close::TOO_SLOW),
            },
            () = &mut self.stopping => close_with(Close::RESTART),
            () = expired(&mut self.session) => close_with(Close::TOKEN_EXPIRED),
        }
    }
}
