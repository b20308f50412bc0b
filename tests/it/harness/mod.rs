//! A server for one test, and clients of every kind.

pub mod binary;
pub mod cursors;
mod database;
pub mod figures;
mod sign;
mod socket;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use api::graphql::engine::Engine;
use api::graphql::gate::GateOptions;
use api::http::{HttpOptions, router};
use auth::{AuthConfig, Authenticator, Secret, VerifyingKey};
use engine::app::App;
use engine::clock::Clock;
use engine::store::{Retention, Store};
use sentiment::LinearScorer;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use database::Database;
pub use sign::{SECRET, Token};
pub use socket::{Next, Socket};

/// Waits for something that a server does by itself.
pub async fn eventually<F: Future<Output = bool>>(what: &str, look: impl FnMut() -> F) {
    within(Duration::from_secs(30), what, look).await;
}

/// Waits for something that is due within a second; on a machine that is busy with other tests, some more.
pub async fn soon<F: Future<Output = bool>>(what: &str, look: impl FnMut() -> F) {
    within(Duration::from_secs(5), what, look).await;
}

/// Fails when the time is over and enough looks were made in it, so that a pause of the machine, in
/// which the server could do nothing either, is not held against the server.
async fn within<F: Future<Output = bool>>(time: Duration, what: &str, mut look: impl FnMut() -> F) {
    let pause = Duration::from_millis(20);
    let enough = time.as_millis() / pause.as_millis() / 2;
    let (since, mut looks) = (Instant::now(), 0);
    while !look().await {
        looks += 1;
        let over = since.elapsed() >= time && looks >= enough;
        assert!(!over, "not within {time:?} and {looks} looks: {what}");
        tokio::time::sleep(pause).await;
    }
}

/// A running server with its database and clock.
pub struct Server {
    pub url: String,
    pub clock: Clock,
    pub app: Arc<App>,
    statements: Arc<AtomicUsize>,
    database: Database,
    shutdown: CancellationToken,
    sockets: TaskTracker,
    http: reqwest::Client,
    serving: tokio::task::JoinHandle<()>,
}

impl Server {
    /// A server on a fresh `SQLite` database.
    pub async fn start() -> Self {
        Self::on(Database::sqlite()).await
    }

    /// A server on this database, which another server may have used before.
    pub async fn on(database: Database) -> Self {
        Self::at(database, Clock::system()).await
    }

    /// A server on this database that goes by this clock.
    pub async fn at(database: Database, clock: Clock) -> Self {
        Self::with(
            database,
            clock,
            GateOptions::default(),
            HttpOptions::default(),
        )
        .await
    }

    /// A server that accepts these tokens.
    pub async fn accepting(auth: AuthConfig, database: Database, clock: Clock) -> Self {
        let (gate, options) = (GateOptions::default(), HttpOptions::default());
        Self::made(auth, database, clock, gate, options).await
    }

    /// A server on this database whose gate and transports have these options.
    pub async fn with(
        database: Database,
        clock: Clock,
        gate: GateOptions,
        options: HttpOptions,
    ) -> Self {
        let key = VerifyingKey::secret(&Secret::new(SECRET).unwrap());
        let mut auth = AuthConfig::new(key);
        // Tests let months pass with the tokens that they began with.
        auth.rules.max_lifetime = chrono::TimeDelta::days(36_500);
        Self::made(auth, database, clock, gate, options).await
    }

    async fn made(
        auth: AuthConfig,
        database: Database,
        clock: Clock,
        gate: GateOptions,
        options: HttpOptions,
    ) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let statements = Arc::new(AtomicUsize::new(0));
        let mut store = Store::open(&database.url).await.unwrap();
        let counter = statements.clone();
        // What a server does by itself, now and then, is none of a request's statements.
        let unasked = |sql: &str| {
            let tables = [
                "timers",
                "agent_connections",
                "revocations",
                "reassessments",
                "search_fillings",
                // Figures: of buckets, hands and how far they are counted.
                "insight_",
            ];
            tables.iter().any(|table| sql.contains(table))
        };
        store.observe(move |sql: &str| {
            if unasked(sql) {
                return;
            }
            counter.fetch_add(1, Ordering::SeqCst);
        });
        let scorer = Arc::new(LinearScorer::new());
        let app = App::start(store, clock.clone(), scorer, Retention::default());
        // So that what tests wait for is not too large.
        let app = Box::pin(app).await.unwrap();
        let app = Arc::new(app);
        let authenticator = Arc::new(Authenticator::new(auth));
        let now = clock.clone();
        authenticator.keep_keys(move || now.now()).await;
        let engine = Engine::new(app.clone(), authenticator, gate);
        cursors::keep(app.cursors.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/graphql", listener.local_addr().unwrap());
        let (shutdown, sockets) = (options.shutdown.clone(), options.sockets.clone());
        let routes = router(engine, options);
        let stopped = shutdown.clone().cancelled_owned();
        let serving = tokio::spawn(async move {
            let serve = axum::serve(listener, routes).with_graceful_shutdown(stopped);
            serve.await.unwrap();
        });
        let http = reqwest::Client::new();
        Self {
            url,
            clock,
            app,
            statements,
            database,
            shutdown,
            sockets,
            http,
            serving,
        }
    }

    /// Ends this server as a crash would, and starts another on what it left.
    pub async fn restart(self) -> Self {
        self.restart_by(Clock::system()).await
    }

    /// The same, and the other goes by this clock.
    pub async fn restart_by(self, clock: Clock) -> Self {
        let database = self.database.clone();
        self.serving.abort();
        drop(self);
        Self::at(database, clock).await
    }

    /// Ends this server as a crash would.
    pub async fn crash(self) {
        let app = Arc::downgrade(&self.app);
        self.serving.abort();
        drop(self);
        eventually("nobody has the application any more", || async {
            app.strong_count() == 0
        })
        .await;
    }

    /// Stops this server as an operator does: live connections are closed, what was taken is done.
    pub async fn stop(mut self) {
        self.shutdown.cancel();
        (&mut self.serving).await.unwrap();
        self.sockets.close();
        self.sockets.wait().await;
        let mut app = self.app.clone();
        drop(self);
        loop {
            match Arc::try_unwrap(app) {
                Ok(app) => return app.stop().await,
                Err(shared) => app = shared,
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// How many SQL statements ran while this did.
    pub async fn statements_of<T>(&self, work: impl Future<Output = T>) -> (T, usize) {
        let before = self.statements.load(Ordering::SeqCst);
        let done = work.await;
        (done, self.statements.load(Ordering::SeqCst) - before)
    }

    /// The whole response to an operation.
    pub async fn post(&self, token: &str, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let request = self.http.post(&self.url).bearer_auth(token).json(&body);
        request.send().await.unwrap().json().await.unwrap()
    }

    /// The data of an operation that must have no top-level errors.
    pub async fn data(&self, token: &str, query: &str, variables: Value) -> Value {
        let response = self.post(token, query, variables).await;
        assert!(response.get("errors").is_none(), "{query}\n{response:#}");
        response["data"].clone()
    }

    /// The payload of a mutation: `mutation(input)` with these fields selected, refused or not.
    pub async fn mutate(&self, token: &str, mutation: &str, input: Value, fields: &str) -> Value {
        let kind = input_type(mutation);
        let query = format!(
            "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {fields} errors {{ code message path }} }} }}"
        );
        let data = self.data(token, &query, json!({ "input": input })).await;
        data[mutation].clone()
    }

    /// A mutation that must be done.
    pub async fn done(&self, token: &str, mutation: &str, input: Value, fields: &str) -> Value {
        let payload = self.mutate(token, mutation, input.clone(), fields).await;
        assert_eq!(
            payload["errors"],
            json!([]),
            "{mutation} {input}: {payload:#}"
        );
        payload
    }

    /// The code with which a mutation must be refused.
    pub async fn code(&self, token: &str, mutation: &str, input: Value) -> String {
        let payload = self.mutate(token, mutation, input.clone(), "").await;
        let code = payload["errors"][0]["code"].as_str();
        code.unwrap_or_else(|| panic!("{mutation} {input} was done: {payload:#}"))
            .to_owned()
    }

    /// An operation's event stream, open for as long as the answer is kept.
    pub async fn events(&self, token: &str, query: &str, variables: Value) -> reqwest::Response {
        let body = json!({ "query": query, "variables": variables });
        let request = self.http.post(&self.url).bearer_auth(token).json(&body);
        let request = request.header("Accept", "text/event-stream");
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        response
    }

    /// A WebSocket that has been let in with this token.
    pub async fn socket(&self, token: &str) -> Socket {
        Socket::open(&self.url, token).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// What an event stream is refused with: it is accepted, says so in its only event, and is complete.
pub async fn refused_stream(response: reqwest::Response) -> Value {
    assert_eq!(response.status(), 200);
    let text = response.text().await.unwrap();
    let data = text.strip_prefix("event: next\ndata: ");
    let data = data.and_then(|rest| rest.strip_suffix("\n\nevent: complete\ndata:\n\n"));
    let data = data.unwrap_or_else(|| panic!("it is not refused: {text}"));
    let refused: Value = serde_json::from_str(data).unwrap();
    assert_eq!(refused.get("data"), None, "{refused}");
    refused
}

/// The name of a mutation's input type.
pub fn input_type(mutation: &str) -> String {
    match mutation {
        "addQueueMember" | "removeQueueMember" => "QueueMemberInput".to_owned(),
        name => format!("{}{}Input", name[..1].to_uppercase(), &name[1..]),
    }
}
