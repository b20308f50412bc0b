//! Regie, running: what a request needs, in one place, and the one way to carry out a command.
//!
//! Queries read the board (or, for what is only in the database, the store); commands go to the
//! writer, which checks them where it writes. What a command needs before it is queued (a score for
//! a customer's message) is made here.

mod fingerprint;

use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::board::Board;
use crate::clock::Clock;
use crate::domain::{Act, Asker, Command, Viewer};
use crate::sentiment::SentimentScorer;
use crate::store::{
    Answer, EventLog, Idempotency, Order, OrderError, Retention, Store, StoreError, Writer,
    keep_house, run_timers,
};

/// Everything that serves requests.
pub struct App {
    /// The one clock.
    pub clock: Clock,
    /// What is only in the database.
    pub store: Store,
    /// What is ongoing.
    pub board: Arc<Board>,
    /// What happened.
    pub log: Arc<EventLog>,
    writer: Writer,
    scorer: Arc<dyn SentimentScorer>,
    scribe: Option<JoinHandle<()>>,
    helpers: [JoinHandle<()>; 2],
}

/// Under which conditions a command is given.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// Only at this version of the conversation.
    pub expected_version: Option<u32>,
    /// Why, in the viewer's words.
    pub reason: Option<String>,
    /// At most once under this key.
    pub idempotency: Option<Idempotency>,
}

impl Terms {
    /// Binds the key, if there is one, to this command as it was parsed, and to these conditions. Before it is
    /// carried out: what Regie adds to a command of its own (a score) is no part of the input.
    pub fn bind(&mut self, command: &Command) -> Result<(), serde_json::Error> {
        if let Some(idempotency) = &mut self.idempotency {
            let (version, reason) = (self.expected_version, self.reason.as_deref());
            idempotency.input = fingerprint::fingerprint(command, version, reason)?;
        }
        Ok(())
    }
}

impl App {
    /// Loads the board and starts the writer, the timers and the housekeeping.
    pub async fn start(
        store: Store,
        clock: Clock,
        scorer: Arc<dyn SentimentScorer>,
        retention: Retention,
    ) -> Result<Self, StoreError> {
        let state = store.load().await?;
        let log = Arc::new(EventLog::new(store.clone(), state.head));
        let board = Arc::new(Board::new(state));
        let (writer, scribe) =
            Writer::start(store.clone(), board.clone(), log.clone(), clock.clone());
        let timers = tokio::spawn(run_timers(store.clone(), writer.clone(), clock.clone()));
        let house = tokio::spawn(keep_house(store.clone(), clock.clone(), retention));
        Ok(Self {
            clock,
            store,
            board,
            log,
            writer,
            scorer,
            scribe: Some(scribe),
            helpers: [timers, house],
        })
    }

    /// Stops: timers and housekeeping at once, the writer when its queue is carried out.
    pub async fn stop(mut self) {
        let (scribe, store) = (self.scribe.take(), self.store.clone());
        // The writer ends when its last handle is gone; ours and the timers' go with this.
        drop(self);
        if let Some(scribe) = scribe {
            let _ = scribe.await;
        }
        store.close().await;
    }

    /// Whether commands are carried out.
    pub fn is_ready(&self) -> bool {
        self.writer.is_ready()
    }

    /// Carries out a command and says what came of it, or why not.
    pub async fn carry_out(
        &self,
        viewer: &Arc<Viewer>,
        command: Command,
        terms: Terms,
    ) -> Result<Answer, OrderError> {
        self.writer
            .give(Order {
                asker: Asker::Viewer(viewer.clone()),
                command: self.scored(command),
                expected_version: terms.expected_version,
                reason: terms.reason,
                idempotency: terms.idempotency,
            })
            .await
    }

    /// A customer's message gets its score here, outside the writer, unless its gateway gave one.
    fn scored(&self, mut command: Command) -> Command {
        let analyses = || {
            self.board
                .read(|board| board.world.settings.sentiment_analysis)
        };
        if let Command::Act {
            act: Act::CustomerMessage { text, score, .. },
            ..
        } = &mut command
            && score.is_none()
            && analyses()
        {
            *score = Some(self.scorer.score(text));
        }
        command
    }
}

impl Drop for App {
    fn drop(&mut self) {
        // The writer ends by itself when the last handle is gone, its queue finished.
        for helper in &self.helpers {
            helper.abort();
        }
    }
}
