//! Regie itself, put together as `regie serve` does, with events on demand.

use std::sync::Arc;
use std::time::Duration;

use api::graphql::engine::Engine;
use api::graphql::gate::GateOptions;
use api::http::HttpOptions;
use auth::Authenticator;
use domain::{Change, ConversationId, QueueId, State, Viewer};
use engine::app::{App, Terms};
use engine::clock::Clock;
use engine::store::{Retention, Store};
use sentiment::LexiconScorer;
use tokio::time::Instant;

use crate::pace::pace;
use crate::people::{self, People};
use crate::process::{Ask, Told, asked, listen, tell};
use crate::seed::{self, Organisation};
use crate::{Result, measure};

/// Conversations whose customers write while the view is asked for.
const CHURNING: usize = 40;
/// Pings would be counted as work, and a bench is over before anybody is missed.
const KEEP_ALIVE: Duration = Duration::from_mins(10);

/// The application on this database.
pub async fn open(url: &str) -> Result<Arc<App>> {
    let store = Store::open(url).await?;
    let scorer = Arc::new(LexiconScorer::default());
    let app = App::start(store, Clock::system(), scorer, Retention::default()).await?;
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
                let churner = Emitter::everywhere(&app)?;
                let (from, since) = (app.log.head().position, Instant::now());
                let task = tokio::spawn(async move { churner.send(u64::MAX, rate).await });
                churn = Some((task, from, since));
                Told::Done
            }
            Ask::Rest => {
                let (task, from, since) = churn.take().ok_or("nothing to end")?;
                task.abort();
                let seconds = since.elapsed().as_secs_f64();
                let events = app.log.head().position - from;
                Told::Rested { events, seconds }
            }
        };
        tell(&told)?;
    }
    Ok(())
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
