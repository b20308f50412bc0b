//! `regie serve`: the server, until it is told to stop.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use api::http::pages::{Source, desk, graphiql};
use clap::Args;
use engine::clock::Clock;

use super::CommandError;
use super::address::listen;
use crate::config::Config;
use crate::server::Server;
use crate::{logging, signals};

/// What `serve` takes from the command line; the rest is settings.
#[derive(Debug, Args)]
#[command(after_help = crate::config::help())]
pub(crate) struct ServeArgs {
    /// The address and port to listen on [default: the setting listen]
    #[arg(long, value_name = "ADDRESS", value_parser = listen)]
    listen: Option<SocketAddr>,

    /// The database: sqlite://FILE?mode=rwc or postgres://… [default: the setting database_url]
    #[arg(long, value_name = "URL")]
    database: Option<OsString>,

    /// Run only the documents of this JSON file, which graphql-codegen or relay-compiler writes
    /// [default: the setting trusted_documents; without it any document runs]
    #[arg(long, value_name = "FILE")]
    trusted_documents: Option<PathBuf>,
}

impl ServeArgs {
    /// What the command line says of settings, as variables, which are checked where they are read.
    pub(crate) fn variables(&self) -> Vec<(OsString, OsString)> {
        let listen = self.listen.map(|listen| listen.to_string().into());
        let said = [
            ("REGIE_LISTEN", listen),
            ("REGIE_DATABASE_URL", self.database.clone()),
        ];
        let given = |(name, value): (&str, Option<OsString>)| Some((name.into(), value?));
        said.into_iter().filter_map(given).collect()
    }
}

/// Serves until SIGINT or SIGTERM.
pub(crate) async fn run(args: &ServeArgs, config: Config) -> Result<(), CommandError> {
    let config = &config.trusting(args.trusted_documents.as_deref());
    logging::start(config.log.as_str(), config.log_format);
    let server = Server::open(config, Clock::system()).await?;
    let stop = signals::stop()?;
    let page = |on: bool, source: Source| if on { source.words() } else { "off" };
    let desk = page(config.desk, desk::source());
    let graphiql = page(config.graphiql, graphiql::source());
    let address = server.address();
    tracing::info!(desk, graphiql, "listening on http://{address}/graphql");
    server.run(stop).await?;
    tracing::info!("stopped");
    Ok(())
}
