//! `regie demo`: a throw-away database, a sample organisation, and conversations that keep moving
//! by themselves, all through the public API.
//!
//! Invariants: it listens on this machine only and answers nobody who was led here by another
//! name; the database is gone when it ends; whatever a person does to the conversations, it goes on.

#![expect(
    clippy::doc_markdown,
    reason = "clap prints these doc comments as help, where Markdown has no place"
)]

mod host;
mod media;
mod people;
mod print;
mod ready;
mod tokens;

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use auth::{KeyRefused, SignRefused};
use clap::Args;
use engine::clock::Clock;
use tokio::task::JoinHandle;
use tools::demo::{AGO, BEFORE_THE_CURTAIN, Organisation, OrganisationError, Past, People, World};
use tools::{Client, ClientError, Now, Url, replay};

use super::CommandError;
use super::address::listen;
use crate::config::{Config, DatabaseUrl, LogFormat};
use crate::server::{Server, ServerError};
use crate::{logging, signals};
use ready::Ready;
use tokens::Key;

/// How the demo runs.
#[derive(Clone, Debug, Args)]
pub(crate) struct DemoArgs {
    /// Make the same choices as another run with this number
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// How fast conversations move: 1 is a realistic pace, 5 is five times as fast
    #[arg(long, value_name = "SPEED", default_value = "1", value_parser = replay::speed)]
    speed: f64,

    /// The loopback address and port to listen on [default: REGIE_LISTEN, or 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS", value_parser = listen)]
    listen: Option<SocketAddr>,

    /// Print a link that signs in, with its token, for each sample user
    #[arg(long)]
    tokens: bool,
}

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    /// Others could reach it.
    #[error(
        "listen: {0} is not an address of this machine only, and the demo is for nobody else \
         (write --listen 127.0.0.1:8080)"
    )]
    NotLoopback(SocketAddr),
    /// No place for the database.
    #[error("no folder for the throw-away database: {0} (TMPDIR names where it goes)")]
    Folder(std::io::Error),
    /// No key.
    #[error(transparent)]
    Key(#[from] KeyRefused),
    /// No token.
    #[error(transparent)]
    Sign(#[from] SignRefused),
    /// No client.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// No organisation.
    #[error(transparent)]
    Organisation(#[from] OrganisationError),
}

/// Runs until SIGINT or SIGTERM, and leaves nothing behind.
pub(crate) async fn run(args: &DemoArgs, config: &Config) -> Result<(), CommandError> {
    logging::start("warn", LogFormat::Text);
    let listen = args.listen.unwrap_or(config.listen);
    if !listen.ip().is_loopback() {
        return Err(DemoError::NotLoopback(listen).into());
    }
    let stop = signals::stop()?;
    let folder = tempfile::Builder::new().prefix("regie-demo-").tempdir();
    let folder = folder.map_err(DemoError::Folder)?;
    let (config, key) = tokens::with_key(config).map_err(DemoError::from)?;
    let config = Config {
        listen,
        database_url: DatabaseUrl::of_file(&folder.path().join("demo.db")),
        desk: true,
        graphiql: true,
        ..config.open_to_any_document()
    };

    let clock = Clock::system();
    clock.advance(-AGO);
    let people = Arc::new(OnceLock::new());
    let pages = people::pages(key, &people, &config.desk_options).merge(media::routes());
    let server = Server::open_with(&config, clock.clone(), pages).await?;
    let address = server.address();
    let ready = Ready::default();
    let server = server.guarded(|router| {
        // The host is looked at first.
        host::only_this_machine(ready.before(router), address.port())
    });
    let server = tokio::spawn(server.run(stop.clone()));

    let shown = tokio::select! {
        shown = show(args, &config, key, address, clock, &people, &ready) => shown,
        () = stop.cancelled() => Ok(()),
    };
    stop.cancel();
    let ended = ended(server).await;
    // Its drop would hide that the folder cannot be removed.
    folder.close().map_err(DemoError::Folder)?;
    shown.and(ended)
}

/// Makes the organisation, plays its past and its first minutes, prints who can sign in, and goes on for ever.
async fn show(
    args: &DemoArgs,
    config: &Config,
    key: Key,
    address: SocketAddr,
    clock: Clock,
    people: &OnceLock<People>,
    ready: &Ready,
) -> Result<(), CommandError> {
    let mint = tokens::mint(config)?;
    let url = Url::parse(&format!("http://{address}/graphql"))
        .map_err(|error| DemoError::Client(ClientError::Setup(error.to_string())))?;
    let client = Client::new(url).map_err(DemoError::from)?;
    let seed = args
        .seed
        .unwrap_or_else(|| u64::from(rand::random::<u32>()));
    let advance = |by| clock.advance(by);
    let organisation = Organisation::make(&client, &mint).await;
    let organisation = organisation.map_err(DemoError::from)?;
    let there = clock.clone();
    let there: Now = Arc::new(move || there.now());
    let past = Past::play(organisation, &client, &mint, (seed, &there), advance).await;
    let (past, organisation) = past.map_err(DemoError::from)?;
    let everybody = People::new(&organisation.service(), mint);
    let page = print::Page::new(address, key, seed, &everybody, args.tokens);
    let page = page.map_err(DemoError::from)?;
    let mut world = World::new(organisation, past, there, seed);
    world.until_now(BEFORE_THE_CURTAIN, advance).await;
    let accepted = ready.once_accepted(&client, page.people()).await;
    accepted.map_err(DemoError::from)?;
    // Not before there is something to see.
    let _ = people.set(everybody);
    page.print()?;
    world.live(args.speed).await;
    Ok(())
}

async fn ended(server: JoinHandle<Result<(), ServerError>>) -> Result<(), CommandError> {
    match server.await {
        Ok(ended) => Ok(ended?),
        Err(panic) => Err(ServerError::Ended(panic).into()),
    }
}
