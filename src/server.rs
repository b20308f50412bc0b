//! A server: database, application, API and listener, put together once for `serve` and `demo`.
//!
//! Invariants: what cannot work fails before the first request is taken, as one line with the
//! setting and the mend; a stop lets requests that run finish, closes live connections, and ends
//! only after the writer's queue is carried out, each for a bounded time.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use api::graphql::engine::Engine;
use api::http::HttpOptions;
use api::http::pages::{desk, graphiql};
use auth::Authenticator;
use axum::Router;
use engine::app::{App, Times};
use engine::clock::Clock;
use engine::store::{Claim, Retention, Store, StoreError};
use sentiment::LinearScorer;
use tokio::net::TcpListener;
use tokio::task::JoinError;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{Config, ConfigError};
use crate::learning;
use crate::listener::{self, Bounds};
use crate::scorer::HttpScorer;

/// How long requests that run may take to finish after a stop.
const DRAIN: Duration = Duration::from_secs(10);
/// How long closed web sockets may take to go.
const SOCKETS: Duration = Duration::from_secs(5);
/// How long the application may still be in use after that.
const LAST_USES: Duration = Duration::from_secs(5);
/// How often the metrics' samples are folded where nobody fetches them.
const UPKEEP: Duration = Duration::from_secs(5);

/// Why no server starts, or why it ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServerError {
    /// A setting that a server needs.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database is not to be had, or not as it should be.
    #[error(
        "database_url: cannot be used: {0} (REGIE_DATABASE_URL names it: is it there, is it \
         reachable, and may this user write it?)"
    )]
    Database(#[from] StoreError),
    /// Nobody can listen there.
    #[error(
        "listen: cannot listen on {address}: {error} (stop what listens there, or name another \
         address, with port 0 for any that is free)"
    )]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        error: io::Error,
    },
    /// No TLS is to be had.
    #[error("sentiment_scorer_url: no HTTPS client: {0}")]
    Scorer(reqwest::Error),
    /// The listener is gone, by a panic.
    #[error("the server ended: {0}")]
    Ended(JoinError),
}

/// A server that listens and takes no request yet.
pub(crate) struct Server {
    app: Arc<App>,
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
    bounds: Bounds,
    shutdown: CancellationToken,
    sockets: TaskTracker,
    /// Held until everything is written.
    claim: Claim,
}

impl Server {
    /// Binds, opens the database, brings its schema up to date, and loads what is ongoing.
    pub(crate) async fn open(config: &Config, clock: Clock) -> Result<Self, ServerError> {
        let mut pages = Router::new();
        if config.desk {
            pages = pages.merge(desk::routes(&config.desk_options));
        }
        if config.graphiql {
            pages = pages.merge(graphiql::routes());
        }
        Self::open_with(config, clock, pages).await
    }

    /// The same with these pages, for a demo.
    pub(crate) async fn open_with(
        config: &Config,
        clock: Clock,
        pages: Router,
    ) -> Result<Self, ServerError> {
        let auth = config.auth()?;
        let gate = config.gate()?;
        let refused = |error| ServerError::Listen {
            address: config.listen,
            error,
        };
        // First, so that a server that is started twice does not touch the database twice.
        let listener = listener::bind(config.listen).map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let url = config.database_url.as_str();
        let mut claim = Claim::take(url)?;
        let store = Store::open(url).await?;
        claim.confirm()?;
        let times = Times {
            retention: Retention {
                events: config.event_retention,
                idempotency: config.idempotency,
                removed_texts: config.removed_texts,
                ..Retention::default()
            },
            agent_grace: config.agent_grace,
            longest_life: config.token_rules.max_lifetime,
            clock_skew: config.token_rules.clock_skew,
        };
        let scorer = Arc::new(LinearScorer::new());
        let learnt = learning::load(&store, &scorer).await?;
        let app = Arc::new(App::start(store, clock, scorer.clone(), times).await?);
        tokio::spawn(learning::follow(Arc::downgrade(&app), scorer, learnt));
        if let Some(address) = &config.sentiment_scorer {
            app.ask_later(HttpScorer::new(address).map_err(ServerError::Scorer)?);
        }

        let authenticator = Arc::new(Authenticator::new(auth));
        let clock = app.clock.clone();
        authenticator.keep_keys(move || clock.now()).await;
        let options = http_options(config, &app, &authenticator);
        let (shutdown, sockets) = (options.shutdown.clone(), options.sockets.clone());
        let engine = Engine::new(app.clone(), authenticator, gate);
        let router = api::http::router(engine, options).merge(pages);
        Ok(Self {
            app,
            listener,
            address,
            router,
            bounds: Bounds {
                connections: config.max_connections,
                head: listener::HEAD,
                taking: listener::TAKING,
            },
            shutdown,
            sockets,
            claim,
        })
    }

    /// Where it listens; the port is a real one, also when port 0 was asked for.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Puts something before every route.
    pub(crate) fn guarded(mut self, guard: impl FnOnce(Router) -> Router) -> Self {
        self.router = guard(self.router);
        self
    }

    /// Serves until told to stop, and then until everything that was taken is carried out.
    pub(crate) async fn run(self, stop: CancellationToken) -> Result<(), ServerError> {
        let stopping = self.shutdown.clone();
        let router = api::http::with_headers(self.router);
        let serve = listener::serve(self.listener, router, self.bounds, stopping);
        let mut serving = tokio::spawn(serve);
        let ended = tokio::select! {
            ended = &mut serving => Some(ended),
            () = stop.cancelled() => None,
        };
        self.shutdown.cancel();
        let ended = match ended {
            Some(ended) => Ok(ended),
            None => timeout(DRAIN, &mut serving).await,
        };
        if ended.is_err() {
            tracing::warn!("requests still ran after {DRAIN:?} and are dropped");
            serving.abort();
        }
        self.sockets.close();
        if timeout(SOCKETS, self.sockets.wait()).await.is_err() {
            tracing::warn!("web sockets were still open after {SOCKETS:?} and are dropped");
        }
        finish(self.app).await;
        drop(self.claim);
        match ended {
            Ok(Err(panic)) => Err(ServerError::Ended(panic)),
            Ok(Ok(())) | Err(_) => Ok(()),
        }
    }
}

/// Stops the application once nobody uses it any more.
async fn finish(mut app: Arc<App>) {
    let deadline = Instant::now() + LAST_USES;
    loop {
        match Arc::try_unwrap(app) {
            Ok(app) => return app.stop().await,
            Err(shared) if Instant::now() < deadline => {
                app = shared;
                sleep(Duration::from_millis(10)).await;
            }
            Err(_) => {
                tracing::warn!("an operation still ran after {LAST_USES:?} and is dropped");
                return;
            }
        }
    }
}

fn http_options(config: &Config, app: &Arc<App>, tokens: &Arc<Authenticator>) -> HttpOptions {
    let metrics = api::http::install_metrics()
        .inspect_err(|error| tracing::warn!(%error, "there are no metrics"))
        .ok();
    if let Some(metrics) = metrics.clone() {
        tokio::spawn(async move {
            loop {
                sleep(UPKEEP).await;
                metrics.run_upkeep();
            }
        });
    }
    let shutdown = CancellationToken::new();
    let stopping = shutdown.clone();
    let serving = Arc::downgrade(app);
    let tokens = Arc::clone(tokens);
    config.limits.over(HttpOptions {
        body_bytes: config.max_body_bytes,
        allowed_origins: config.allowed_origins.clone(),
        metrics,
        ready: Arc::new(move || {
            !stopping.is_cancelled()
                && serving
                    .upgrade()
                    .is_some_and(|app| app.is_ready() && tokens.has_keys(app.clock.now()))
        }),
        shutdown,
        ..HttpOptions::default()
    })
}
