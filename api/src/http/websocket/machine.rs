//! The protocol as a state machine: what a message leads to, and which operations run.
//!
//! Pure: no socket, no clock, no task. The connection does what each [`Step`] says.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::close::Close;
use super::message::{self, ClientMessage};
use crate::graphql::engine::GraphQlRequest;
use crate::graphql::gate::limit_exceeded;
use auth::bearer_token;
use domain::Code;

/// One run of an operation. An id may be used again; the number tells its runs apart, so that
/// results of an ended run are never taken for those of the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) id: Arc<str>,
    number: u64,
}

/// What a message leads to.
#[derive(Debug)]
pub(super) enum Step {
    /// Nothing.
    Nothing,
    /// Check this token; then [`Machine::acknowledge`], or close.
    Authenticate(String),
    /// Check this token, and go on by it if it is one of the same subject; say so in a pong.
    Refresh(String),
    /// Send this text.
    Send(Vec<u8>),
    /// Run this operation.
    Start(Run, Box<GraphQlRequest>),
    /// Stop this operation and send nothing more of it.
    Stop(Run),
    /// Close the socket.
    Close(Close),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// No `connection_init` yet.
    New,
    /// `connection_init` came; its token is being checked.
    Initialised,
    /// Acknowledged.
    Ready,
}

/// One connection.
#[derive(Debug)]
pub(super) struct Machine {
    phase: Phase,
    running: HashMap<Arc<str>, u64>,
    started: u64,
    at_once: usize,
}

impl Machine {
    /// A new connection that may run so many operations at once.
    pub(super) fn new(at_once: usize) -> Self {
        Self {
            phase: Phase::New,
            running: HashMap::new(),
            started: 0,
            at_once,
        }
    }

    /// A text message came.
    pub(super) fn receive(&mut self, text: &str) -> Step {
        match ClientMessage::parse(text) {
            Err(problem) => Step::Close(Close::invalid(problem)),
            Ok(ClientMessage::ConnectionInit(payload)) => self.init(payload.as_ref()),
            Ok(ClientMessage::Ping(payload)) => self.ping(payload),
            Ok(ClientMessage::Pong) => Step::Nothing,
            Ok(ClientMessage::Subscribe(id, request)) => self.subscribe(id.into(), request),
            Ok(ClientMessage::Complete(id)) => self.complete(&id),
        }
    }

    /// A ping that brings a token is answered by what came of it, any other by its own payload: a
    /// token is never sent back.
    fn ping(&self, payload: Option<Map<String, Value>>) -> Step {
        let brings = |payload: &Map<String, Value>| {
            let mut places = TOKEN_PLACES.iter();
            places.any(|place| payload.contains_key(*place))
        };
        if !payload.as_ref().is_some_and(brings) {
            return Step::Send(message::pong(payload));
        }
        if self.phase != Phase::Ready {
            let why = "connection_init comes first";
            return Step::Send(message::token_refused(Code::Unauthenticated, why));
        }
        if let Ok(token) = token(payload.as_ref()) {
            return Step::Refresh(token);
        }
        let why = "payload.token must be a token, or payload.authorization: \"Bearer TOKEN\"";
        Step::Send(message::token_refused(Code::InvalidInput, why))
    }

    fn init(&mut self, payload: Option<&Map<String, Value>>) -> Step {
        if self.phase != Phase::New {
            return Step::Close(Close::TOO_MANY_INITS);
        }
        self.phase = Phase::Initialised;
        match token(payload) {
            Ok(token) => Step::Authenticate(token),
            Err(close) => Step::Close(close),
        }
    }

    fn subscribe(&mut self, id: Arc<str>, request: Box<GraphQlRequest>) -> Step {
        if self.phase != Phase::Ready {
            return Step::Close(Close::UNAUTHORIZED);
        }
        if self.running.contains_key(&id) {
            return Step::Close(Close::already_exists(&id));
        }
        if self.running.len() >= self.at_once {
            let (allowed, found) = (self.at_once as u64, self.running.len() as u64 + 1);
            let error = limit_exceeded(
                "operationsPerSocket",
                "operations at once on one WebSocket",
                allowed,
                found,
            );
            return Step::Send(message::error(&id, &[error]));
        }
        self.started += 1;
        let number = self.started;
        self.running.insert(Arc::clone(&id), number);
        Step::Start(Run { id, number }, request)
    }

    fn complete(&mut self, id: &str) -> Step {
        match self.running.remove_entry(id) {
            Some((id, number)) => Step::Stop(Run { id, number }),
            // It may have ended while this message was under way.
            None => Step::Nothing,
        }
    }

    /// The token was accepted: the message to send.
    pub(super) fn acknowledge(&mut self) -> Vec<u8> {
        self.phase = Phase::Ready;
        message::connection_ack()
    }

    /// A result of this run: the message to send, none when it was stopped before.
    pub(super) fn next(&self, run: &Run, payload: &[u8]) -> Option<Vec<u8>> {
        self.runs(run).then(|| message::next(&run.id, payload))
    }

    /// The run failed: its last message, none when it was stopped before.
    pub(super) fn failed(
        &mut self,
        run: &Run,
        errors: &[async_graphql::ServerError],
    ) -> Option<Vec<u8>> {
        self.end(run).then(|| message::error(&run.id, errors))
    }

    /// The run ended: its last message, none when it was stopped before.
    pub(super) fn ended(&mut self, run: &Run) -> Option<Vec<u8>> {
        self.end(run).then(|| message::complete(&run.id))
    }

    fn runs(&self, run: &Run) -> bool {
        self.running.get(&run.id) == Some(&run.number)
    }

    fn end(&mut self, run: &Run) -> bool {
        self.runs(run) && self.running.remove(&run.id).is_some()
    }
}

/// Where a payload may have a token.
const TOKEN_PLACES: [&str; 3] = ["token", "authorization", "Authorization"];

/// The token of a `connection_init` or a ping: `authorization` (or `Authorization`) as in the HTTP header,
/// or `token` bare.
fn token(payload: Option<&Map<String, Value>>) -> Result<String, Close> {
    let text = |key| payload?.get(key)?.as_str();
    if let Some(header) = text("authorization").or_else(|| text("Authorization")) {
        return bearer_token(header)
            .map(str::to_owned)
            .map_err(|refused| Close::forbidden(refused.shown()));
    }
    text("token").map(str::to_owned).ok_or_else(|| {
        Close::forbidden("connection_init needs payload.authorization: \"Bearer TOKEN\"")
    })
}
