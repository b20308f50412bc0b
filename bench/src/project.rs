//! Regie itself, put together as `regie serve` does, with events on demand.

use std::sync::Arc;
use std::time::Duration;

use api::graphql::engine::Engine;
use api::graphql::gate::GateOptions;
use api::http::HttpOptions;
use auth::Authenticator;
use domain::{Change, ConversationId, QueueId, State, Subject, Viewer, World};
use engine::app::{App, Terms};
use engine::clock::Clock;
use engine::store::{Retention, Store};
use sentiment::LinearScorer;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::pace::pace;
use crate::people::{self, People};
use crate::process::{Ask, Told, asked, listen, settled, tell};
use crate::seed::{self, Organisation};
use crate::{Result, measure};

/// Conversations whose customers write while the view is asked for.
const CHURNING: usize = 40;
/// Pings would be counted as work, and a bench is over before anybody is missed.
const KEEP_ALIVE: Duration = Duration::from_mins(10);

/// The application on this database, once it has counted the time since somebody last ran it: else that is measured.
pub async fn open(url: &str) -> Result<Arc<App>> {
    let store = Store::open(url).await?;
    let scorer = Arc::new(LinearScorer::new());
    let app = App::start(store, Clock::system(), scorer, Retention::default()).await?;
    settled(std::process::id()).await?;
    Ok(Arc::new(app))
}

/// Serves until the parent goes.
pub async fn serve(url: &str) -> Result<()> {
    let app = open(url).await?;
    let engine = Engine::new(
        app.clone(),
        Authenticator::new(people::auth()?),
        // All subscribers of a bench are a few subjects.
        GateOptions {
            held_bytes: usize::MAX,
            ..GateOptions::default()
        },
    );
    let options = HttpOptions {
        keep_alive: KEEP_ALIVE,
        ..HttpOptions::default()
    };
    listen(api::http::router(engine, options)).await?;
    let mut asks = asked();
    let mut emitter: Option<Arc<Emitter>> = None;
    let mut churn = None;
    while let Some(ask) = asks.recv().await {
        let told = match ask {
            Ask::Emit { count, rate } => {
                if emitter.is_none() {
                    emitter = Some(Emitter::primed(&app).await?);
                }
                let emitter = emitter.as_ref().ok_or("no emitter")?;
                let positions = emitter.emit(count, rate).await?;
                Told::Emitted { positions }
            }
            Ask::Churn { rate } => {
                churn = Some(Churn::begin(&app, Emitter::everywhere(&app)?, rate));
                Told::Done
            }
            Ask::ChurnOf { rate, agents } => {
                churn = Some(Churn::begin(&app, Emitter::of_agents(&app, &agents)?, rate));
                Told::Done
            }
            Ask::Rest => {
                let churn: Churn = churn.take().ok_or("nothing to end")?;
                churn.end(&app)
            }
        };
        tell(&told)?;
    }
    Ok(())
}

/// Customers who write for as long as they are let.
struct Churn {
    task: JoinHandle<Result<()>>,
    from: i64,
    since: Instant,
}

impl Churn {
    fn begin(app: &App, emitter: Arc<Emitter>, rate: f64) -> Self {
        Self {
            from: app.log.head().position,
            since: Instant::now(),
            task: tokio::spawn(async move { emitter.send(u64::MAX, rate).await }),
        }
    }

    fn end(self, app: &App) -> Told {
        self.task.abort();
        Told::Rested {
            seconds: self.since.elapsed().as_secs_f64(),
            events: app.log.head().position - self.from,
        }
    }
}

/// Customers who write, each message changing the sentiment of its conversation.
struct Emitter {
    app: Arc<App>,
    gateway: Arc<Viewer>,
    conversations: Vec<ConversationId>,
    sent: std::sync::atomic::AtomicU64,
}

impl Emitter {
    /// In the first queue; after a first message each, every further one changes the level.
    async fn primed(app: &Arc<App>) -> Result<Arc<Self>> {
        let queue = app
            .board
            .read(|board| Organisation::of(&board.world))?
            .queues
            .first()
            .copied();
        let emitter = Self::new(app, |state, in_queue| {
            state == State::Active && Some(in_queue) == queue
        })?;
        emitter
            .send(measure::count(emitter.conversations.len()), 0.0)
            .await?;
        Ok(emitter)
    }

    /// A few all over the board, so that soon each message changes the level of its conversation.
    fn everywhere(app: &Arc<App>) -> Result<Arc<Self>> {
        let all = Self::new(app, |state, _| state == State::Active)?;
        let step = all.conversations.len().div_ceil(CHURNING);
        let few = all.conversations.iter().step_by(step).copied().collect();
        Ok(Arc::new(Self {
            app: app.clone(),
            gateway: all.gateway.clone(),
            conversations: few,
            sent: 0.into(),
        }))
    }

    /// One of each of these agents.
    fn of_agents(app: &Arc<App>, agents: &[String]) -> Result<Arc<Self>> {
        let all = Self::new(app, |state, _| state == State::Active)?;
        let one_of = |world: &World, subject: &String| {
            let agent = world.agent_of(&Subject::new(subject)?)?.id;
            let theirs = |id: &&ConversationId| {
                let conversation = world.conversations.get(*id);
                conversation.is_some_and(|conversation| conversation.primary_agent() == Some(agent))
            };
            all.conversations.iter().find(theirs).copied()
        };
        let of_each = |board: &engine::board::State| {
            let each = agents.iter();
            each.filter_map(|subject| one_of(&board.world, subject))
                .collect::<Vec<_>>()
        };
        let conversations = app.board.read(of_each);
        if conversations.len() < agents.len() {
            return Err("an agent has no conversation".into());
        }
        Ok(Arc::new(Self {
            app: app.clone(),
            gateway: all.gateway.clone(),
            conversations,
            sent: 0.into(),
        }))
    }

    fn new(app: &Arc<App>, which: impl Fn(State, QueueId) -> bool) -> Result<Arc<Self>> {
        let conversations = app.board.read(|board| seed::ongoing(&board.world, which));
        if conversations.is_empty() {
            return Err("nobody is in conversation".into());
        }
        Ok(Arc::new(Self {
            app: app.clone(),
            gateway: People::new()?.gateway()?,
            conversations,
            sent: 0.into(),
        }))
    }

    /// Makes so many changes and says where they are in the log.
    async fn emit(self: &Arc<Self>, count: u64, rate: f64) -> Result<Vec<i64>> {
        let mut position = self.app.log.head().position;
        self.send(count, rate).await?;
        let mut positions = Vec::new();
        loop {
            let entries = self.app.log.after(position).await?;
            let Some(last) = entries.last() else {
                return Ok(positions);
            };
            position = last.position;
            let changes = entries.iter();
            let changes =
                changes.filter(|entry| matches!(entry.change, Change::SentimentChanged { .. }));
            positions.extend(changes.map(|entry| entry.position));
        }
    }

    async fn send(self: &Arc<Self>, count: u64, rate: f64) -> Result<()> {
        pace(count, rate, || self.clone().one()).await
    }

    async fn one(self: Arc<Self>) -> Result<()> {
        let number = self.sent.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let number = usize::try_from(number)?;
        let conversation = self.conversations[number % self.conversations.len()];
        // The sign turns with each time round.
        let round = number / self.conversations.len();
        let felt = if round.is_multiple_of(2) { 1.0 } else { -1.0 };
        let message = seed::message("I wonder how this is going to end.", felt)?;
        let command = seed::act(conversation, message);
        let terms = Terms::default();
        self.app.carry_out(&self.gateway, command, terms).await?;
        Ok(())
    }
}
