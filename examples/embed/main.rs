//! Regie in an axum program of your own: behind its own router, and behind async-graphql-axum's handlers.
//!
//!     REGIE_JWT_SECRET=$(head -c 32 /dev/urandom | base64) cargo run --example embed
//!
//! docs/embedding.md says what each of them does.

use std::error::Error;
use std::io::Write as _;
use std::sync::Arc;

use api::graphql::engine::Engine;
use api::graphql::gate::GateOptions;
use api::http::{HttpOptions, router};
use auth::{AuthConfig, Authenticator, Secret, VerifyingKey};
use axum::Router;
use axum::routing::get;
use engine::app::App;
use engine::clock::Clock;
use engine::store::{Claim, Retention, Store};
use sentiment::LinearScorer;

mod stock;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let secret = std::env::var("REGIE_JWT_SECRET").map_err(|_| "set REGIE_JWT_SECRET")?;

    // The database, served by this process alone for as long as the claim lives, and what is ongoing in it.
    let url = "sqlite://embedded.db?mode=rwc";
    let mut claim = Claim::take(url)?;
    let store = Store::open(url).await?;
    claim.confirm()?;
    let scorer = Arc::new(LinearScorer::new());
    let app = App::start(store, Clock::system(), scorer, Retention::default()).await?;
    let app = Arc::new(app);

    // Who is accepted, and what runs operations.
    let key = VerifyingKey::secret(&Secret::new(secret)?);
    let authenticator = Authenticator::new(AuthConfig::new(key));
    let engine = Engine::new(app.clone(), authenticator, GateOptions::default());

    let options = HttpOptions::default();
    let shutdown = options.shutdown.clone();
    let routes = Router::new()
        .route(
            "/",
            get(|| async { "Your own program. Regie: /graphql. The stock handlers: /stock." }),
        )
        .merge(stock::routes(engine.clone()))
        .merge(router(engine, options));

    let listener = tokio::net::TcpListener::bind("127.0.0.1:8081").await?;
    writeln!(std::io::stdout(), "http://{}", listener.local_addr()?)?;
    let stop = async move {
        let _ = tokio::signal::ctrl_c().await;
        // Live connections end with it, and clients come back elsewhere.
        shutdown.cancel();
    };
    axum::serve(listener, routes)
        .with_graceful_shutdown(stop)
        .await?;
    drop(claim);
    Ok(())
}
