//! Which agents are connected (domain.md section 2, "Agent connection"), for several servers at once.
//!
//! Each server counts its own streams in memory and keeps a row per agent in the database: a lease,
//! `connected_until`, that lies ahead while a stream is open here, is the instant at which the last
//! one closed, and passes by itself when the server dies. An agent is disconnected when every row of
//! theirs has passed, and the grace counts from the latest.
//!
//! Invariants: a stream is counted when it opens, and its row follows in batches, off its path. An
//! agent whose grace has passed is brought to the writer, which asks the rows again under the log's
//! head and takes them away in the transaction that acts: once, never lost, never on who came back.
//! Only a server whose own lease is in force acts on others'.
//!
//! What it must not do: decide what being disconnected leads to (`domain::decide`).

mod away;
mod keep;
mod rows;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use super::{Store, StoreError};
use crate::board::Board;
use crate::clock::Clock;
use domain::{AgentKind, Role, Subject, Viewer, World};
use keep::Lease;

pub(super) use away::Away;
use domain::ids::AgentId;
pub(super) use keep::EVERY;

/// Who is connected at this server, and what the database says of all.
#[derive(Debug)]
pub struct Connections {
    /// This run of this server.
    server: Uuid,
    board: Arc<Board>,
    clock: Clock,
    grace: TimeDelta,
    state: Mutex<State>,
    lease: Mutex<Lease>,
    changed: Notify,
    /// Up to which change the rows are written.
    written: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    /// How many streams of whom are open here.
    open: HashMap<Subject, u32>,
    /// Whose row is not what it should be: none, a stream opened; some, the last closed then.
    unwritten: HashMap<Subject, Option<DateTime<Utc>>>,
    /// How many changes there were.
    changes: u64,
}

/// Counts one stream for as long as it is kept.
#[derive(Debug)]
pub struct Connected {
    subject: Subject,
    of: Arc<Connections>,
}

impl Drop for Connected {
    fn drop(&mut self) {
        self.of.closed(&self.subject);
    }
}

impl Connections {
    /// Nobody is connected here yet. `grace`: how long an agent may have no stream.
    pub fn new(board: Arc<Board>, clock: Clock, grace: TimeDelta) -> Self {
        Self {
            server: Uuid::now_v7(),
            lease: Mutex::new(Lease::not_yet(clock.now())),
            board,
            clock,
            grace,
            state: Mutex::default(),
            changed: Notify::new(),
            written: watch::Sender::new(0),
        }
    }

    /// A stream of this viewer opened; none when it is not an agent's. Who is no agent yet is
    /// counted too, so that an agent who is created under an open stream is connected.
    pub fn opened(self: &Arc<Self>, viewer: &Viewer) -> Option<Connected> {
        if !viewer.has_role(Role::Agent) {
            return None;
        }
        let subject = viewer.subject().clone();
        let mut state = self.state();
        let streams = state.open.entry(subject.clone()).or_default();
        *streams += 1;
        if *streams == 1 {
            state.note(subject.clone(), None);
            self.changed.notify_one();
        }
        drop(state);
        Some(Connected {
            subject,
            of: self.clone(),
        })
    }

    fn closed(&self, subject: &Subject) {
        let mut state = self.state();
        let Some(streams) = state.open.get_mut(subject) else {
            return;
        };
        *streams -= 1;
        if *streams == 0 {
            state.open.remove(subject);
            state.note(subject.clone(), Some(self.clock.now()));
            self.changed.notify_one();
        }
    }

    /// A server starts: for whoever is disconnected, the grace begins again.
    pub async fn restart_grace(&self, store: &Store) -> Result<(), StoreError> {
        let transaction = store.write.begin().await?;
        rows::restart_grace(&transaction, self.clock.now()).await?;
        Ok(transaction.commit().await?)
    }

    /// Keeps the rows, for ever.
    pub async fn run(self: Arc<Self>, store: Store) {
        self.keep(&store).await;
    }

    /// A server stops: nobody is connected here from now on.
    pub async fn close(&self, store: &Store) -> Result<(), StoreError> {
        self.write_changes(store).await?;
        let transaction = store.write.begin().await?;
        rows::close(&transaction, self.server, self.clock.now()).await?;
        Ok(transaction.commit().await?)
    }

    /// Ready once what opened and closed here up to now stands in the rows.
    pub async fn settled(&self) {
        let changes = self.state().changes;
        let mut written = self.written.subscribe();
        // The sender lives as long as this.
        let _ = written.wait_for(|written| *written >= changes).await;
    }

    /// Whether a stream of this agent is open here.
    fn is_open_here(&self, agent: AgentId) -> bool {
        let subject = self.board.read(|board| {
            let agent = board.world.agents.get(&agent);
            agent.map(|agent| agent.subject.clone())
        });
        subject.is_some_and(|subject| self.state().open.contains_key(&subject))
    }

    /// A panic under the lock leaves counts that are whole: each change is one step.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn note(&mut self, subject: Subject, closed_at: Option<DateTime<Utc>>) {
        self.unwritten.insert(subject, closed_at);
        self.changes += 1;
    }
}

/// The agent whose connections count: a person's, since a bot has no presence.
fn person(world: &World, subject: &Subject) -> Option<AgentId> {
    let agent = world.agent_of(subject)?;
    (agent.kind == AgentKind::Human).then_some(agent.id)
}
