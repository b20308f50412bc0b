//! Regie, running: what a request needs, in one place, and the one way to carry out a command.
//!
//! Queries read the board (or, for what is only in the database, the store); commands go to the
//! writer, which checks them where it writes. What a command needs before it is queued (a score for
//! a customer's message) is made here.

mod fingerprint;
pub mod insights;
pub mod late;
mod looking_back;
pub mod many;
mod revoking;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::board::Board;
use crate::clock::Clock;
use crate::log::Cursors;
use crate::store::{
    Answer, Connected, Connections, EventLog, Idempotency, Order, OrderError, Retention, Store,
    StoreError, Watch, Writer, keep_house, run_disconnected, run_filling, run_indexing,
    run_insights, run_reassessing, run_timers,
};
use domain::SentimentScorer;
use domain::conversation::Monitor;
use domain::directory::AGENT_GRACE_SECONDS;
use domain::fold::is_blank;
use domain::revocation::{CLOCK_SKEW_SECONDS, MAX_TOKEN_LIFETIME_HOURS, Revocations};
use domain::world::Key;
use domain::{
    Act, Asker, Command, ConversationId, MessageAct, MessageScore, ScoreSource, Viewer,
    WorkstreamId, World,
};

use late::{Asked, Late, OperatorScorer};
use looking_back::LookingBack;
use revoking::Revoking;

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
    /// What makes and opens the texts of cursors.
    pub cursors: Cursors,
    /// How long a token that is accepted now may go on: one whose issuer's clock runs ahead outlasts one of
    /// this clock.
    pub longest_life: TimeDelta,
    revocations: Arc<Revocations>,
    writer: Writer,
    scorer: Arc<dyn SentimentScorer>,
    late: OnceLock<Late>,
    connections: Arc<Connections>,
    writing: Option<JoinHandle<()>>,
    looking_back: LookingBack,
    figures_moved: watch::Receiver<u64>,
    counting: Option<JoinHandle<()>>,
    stop_counting: CancellationToken,
    helpers: [JoinHandle<()>; 8],
}

/// What an operator sets of the time that things take.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// For how long old rows are kept.
    pub retention: Retention,
    /// How long an agent may have no stream open before they count as gone.
    pub agent_grace: TimeDelta,
    /// How long a token may live.
    pub longest_life: TimeDelta,
    /// How far an issuer's clock may run ahead.
    pub clock_skew: TimeDelta,
}

impl From<Retention> for Times {
    fn from(retention: Retention) -> Self {
        Self {
            retention,
            agent_grace: TimeDelta::seconds(AGENT_GRACE_SECONDS.into()),
            longest_life: TimeDelta::hours(MAX_TOKEN_LIFETIME_HOURS),
            clock_skew: TimeDelta::seconds(CLOCK_SKEW_SECONDS),
        }
    }
}

/// Where a customer's message is, as far as its command says.
#[derive(Clone, Copy)]
enum Place {
    Conversation(ConversationId),
    Workstream(WorkstreamId),
    Unknown,
}

/// How long a command waits for what its asker did just before to be written.
const PATIENCE: Duration = Duration::from_secs(1);

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
    /// Loads the board and starts the writer, the timers, the housekeeping, and the watch over
    /// agents' connections.
    pub async fn start(
        store: Store,
        clock: Clock,
        scorer: Arc<dyn SentimentScorer>,
        times: impl Into<Times>,
    ) -> Result<Self, StoreError> {
        let times = times.into();
        let watch = Watch::begin(&store).await?;
        let state = store.load().await?;
        let cursors = store.cursors().await?;
        let log = Arc::new(EventLog::new(store.clone(), state.head));
        let board = Arc::new(Board::new(state));
        let connections = Connections::new(board.clone(), clock.clone(), times.agent_grace);
        let connections = Arc::new(connections);
        connections.restart_grace(&store).await?;
        let revocations = Arc::new(Revocations::new(times.clock_skew));
        let revoking = Revoking::load(revocations.clone(), &store).await?;
        let (writer, writing) = Writer::start(
            store.clone(),
            watch,
            board.clone(),
            log.clone(),
            clock.clone(),
            connections.clone(),
            revocations.clone(),
        );
        let timers = tokio::spawn(run_timers(store.clone(), writer.clone(), clock.clone()));
        let house = keep_house(store.clone(), board.clone(), clock.clone(), times.retention);
        let house = tokio::spawn(house);
        let watching = tokio::spawn(connections.clone().run(store.clone()));
        let away = run_disconnected(connections.clone(), store.clone(), writer.clone());
        let away = tokio::spawn(away);
        let looking = tokio::spawn(revoking.run(store.clone(), clock.clone()));
        let reassessing = tokio::spawn(run_reassessing(store.clone(), writer.clone()));
        let filling = tokio::spawn(run_filling(store.clone()));
        let indexing = tokio::spawn(run_indexing(store.clone()));
        let (moved, figures_moved) = watch::channel(0);
        let (one, other) = (log.clone(), board.clone());
        let stop_counting = CancellationToken::new();
        let stop = stop_counting.clone();
        let counting = run_insights(store.clone(), one, other, clock.clone(), moved, stop);
        let counting = tokio::spawn(counting);
        Ok(Self {
            clock,
            store,
            board,
            log,
            cursors,
            writer,
            scorer,
            late: OnceLock::new(),
            longest_life: times.longest_life + times.clock_skew,
            revocations,
            connections,
            writing: Some(writing),
            looking_back: LookingBack::default(),
            figures_moved,
            counting: Some(counting),
            stop_counting,
            helpers: [
                timers,
                house,
                watching,
                away,
                looking,
                reassessing,
                filling,
                indexing,
            ],
        })
    }

    /// Stops: timers and housekeeping at once, the writer when its queue is carried out. Agents who
    /// were connected here are not from now on.
    pub async fn stop(mut self) {
        let (writing, store) = (self.writing.take(), self.store.clone());
        let connections = self.connections.clone();
        self.stop_counting.cancel();
        if let Some(mut counting) = self.counting.take()
            && timeout(PATIENCE, &mut counting).await.is_err()
        {
            // Another server counts when the lease has passed.
            counting.abort();
        }
        // The writer ends when its last handle is gone; ours and the timers' go with this.
        drop(self);
        if let Some(writing) = writing {
            let _ = writing.await;
        }
        if let Err(error) = connections.close(&store).await {
            // Their leases pass by themselves.
            tracing::warn!(%error, "cannot write that agents are disconnected");
        }
        store.close().await;
    }

    /// Asks this scorer, too, from now on: after the other one has scored, and without waiting for it. The first one stays.
    pub fn ask_later(&self, scorer: Arc<dyn OperatorScorer>) {
        self.late
            .get_or_init(|| Late::start(scorer, self.writer.clone()));
    }

    /// A number that moves whenever figures may be others: when more of the log is counted, by whatever server, and with
    /// each minute.
    pub fn figures_moved(&self) -> watch::Receiver<u64> {
        self.figures_moved.clone()
    }

    /// Whether commands are carried out.
    pub fn is_ready(&self) -> bool {
        self.writer.is_ready()
    }

    /// Waits until the board knows who was a member of what after this position, which it does but
    /// for what happened before this server started.
    pub async fn know_members_since(&self, position: i64) -> Result<(), StoreError> {
        let read = |position, until| self.log.memberships_between(position, until);
        self.looking_back.to(&self.board, position, read).await
    }

    /// Carries out a command and says what came of it, or why not.
    pub async fn carry_out(
        &self,
        viewer: &Arc<Viewer>,
        command: Command,
        terms: Terms,
    ) -> Result<Answer, OrderError> {
        if let Command::SetPresence(_) | Command::SetPresenceOf(_) = command {
            // Who closed their last stream and then sets their presence is exempt from now on.
            let _ = timeout(PATIENCE, self.connections.settled()).await;
        }
        let command = self.understood(command);
        let later = self.late.get().zip(asked_later(&command));
        let given = self.writer.give(Order {
            asker: Asker::Viewer(viewer.clone()),
            command,
            expected_version: terms.expected_version,
            reason: terms.reason,
            idempotency: terms.idempotency,
        });
        let answer = given.await?;
        if let Some((late, asked)) = later
            && let Some(message) = answer.outcome.message
        {
            late.ask(message, asked);
        }
        Ok(answer)
    }

    /// The tokens that were taken back.
    pub fn revocations(&self) -> &Revocations {
        &self.revocations
    }

    /// Whether this viewer's token outlives one that holds a running look of theirs. Cheap: most
    /// subjects have none.
    pub fn holds_older_looks(&self, viewer: &Viewer) -> bool {
        let subject = viewer.subject();
        let now = self.clock.now();
        let older = |look: &Monitor| now < look.ends_at() && look.until < viewer.expires_at();
        self.board.read(|board| {
            let mut watched = board.world.concerning(Key::Supervisor(subject));
            watched.any(|conversation| conversation.look_of(subject).is_some_and(older))
        })
    }

    /// A token that was not seen before takes over the looks that an earlier one holds.
    pub async fn token_refreshed(&self, viewer: &Arc<Viewer>) -> Result<(), OrderError> {
        let given = self.carry_out(viewer, Command::TokenRefreshed, Terms::default());
        given.await.map(drop)
    }

    /// Counts a stream of this viewer as open for as long as the answer is kept; none when it is
    /// not an agent's.
    pub fn stream_opened(&self, viewer: &Viewer) -> Option<Connected> {
        self.connections.opened(viewer)
    }

    /// What a customer wrote or edited is read here, outside the writer, and gets its score unless its gateway gave one.
    fn understood(&self, mut command: Command) -> Command {
        let (text, score, meaning, place) = match &mut command {
            Command::Act {
                act: Act::CustomerMessage(message),
                conversation,
            } => (
                &message.content.text,
                &mut message.score,
                &mut message.meaning,
                Place::Conversation(*conversation),
            ),
            Command::Receive(receive) => {
                let message = &mut receive.message;
                (
                    &message.content.text,
                    &mut message.score,
                    &mut message.meaning,
                    Place::Workstream(receive.start.workstream),
                )
            }
            Command::OnMessage(on) => match &mut on.act {
                MessageAct::Edit(edit) => (
                    &edit.text,
                    &mut edit.score,
                    &mut edit.meaning,
                    Place::Unknown,
                ),
                _ => return command,
            },
            _ => return command,
        };
        if !is_blank(text)
            && let Some(expected) = self.board.read(|board| {
                let analyses = board.world.settings.sentiment_analysis;
                analyses.then(|| expected(&board.world, place))
            })
        {
            let understood = self.scorer.understand(text, expected.as_deref());
            score.get_or_insert(understood.score);
            *meaning = understood.meaning;
        }
        command
    }
}

/// The language that a message there is probably in: that of the conversation's earlier messages, else of its
/// workstream.
fn expected(world: &World, place: Place) -> Option<Arc<str>> {
    let (found, workstream) = match place {
        Place::Conversation(id) => {
            let found = world.kept(id);
            (found, found.map(|found| found.workstream))
        }
        Place::Workstream(workstream) => (None, Some(workstream)),
        Place::Unknown => (None, None),
    };
    let spoken = found.and_then(|found| found.sentiment.language.clone());
    spoken.or_else(|| world.workstreams.get(&workstream?)?.language.clone())
}

/// What the operator's scorer is asked about this command: what Regie's own has scored.
fn asked_later(command: &Command) -> Option<Asked> {
    let (text, score): (&Arc<str>, &Option<MessageScore>) = match command {
        Command::Act {
            act: Act::CustomerMessage(message),
            ..
        } => (&message.content.text, &message.score),
        Command::Receive(receive) => (&receive.message.content.text, &receive.message.score),
        Command::OnMessage(on) => match &on.act {
            MessageAct::Edit(edit) => (&edit.text, &edit.score),
            _ => return None,
        },
        _ => return None,
    };
    let score = score.as_ref()?;
    (score.source == ScoreSource::Default).then(|| Asked {
        text: text.clone(),
        language: score.language.clone(),
    })
}

impl Drop for App {
    fn drop(&mut self) {
        // The writer ends by itself when the last handle is gone, its queue finished.
        for helper in self.helpers.iter().chain(&self.counting) {
            helper.abort();
        }
    }
}
