//! `regie serve`: the server, until it is told to stop.

use std::path::PathBuf;

use api::http::graphiql::{Source, source};
use clap::Args;
use engine::clock::Clock;

use super::CommandError;
use crate::config::Config;
use crate::server::Server;
use crate::{logging, signals};

/// What `serve` takes from the command line; the rest is settings.
#[derive(Debug, Args)]
#[command(after_help = crate::config::help())]
pub(crate) struct ServeArgs {
    /// Run only the documents of this JSON file, which graphql-codegen or relay-compiler writes
    /// [default: the setting trusted_documents; without it any document runs]
    #[arg(long, value_name = "FILE")]
    trusted_documents: Option<PathBuf>,
}

/// Serves until SIGINT or SIGTERM.
pub(crate) async fn run(args: &ServeArgs, config: Config) -> Result<(), CommandError> {
    let config = &config.trusting(args.trusted_documents.as_deref());
    logging::start(config.log.as_str(), config.log_format);
    let server = Server::open(config, Clock::system()).await?;
    let stop = signals::stop()?;
    let graphiql = match (config.graphiql, source()) {
        (false, _) => "off",
        (true, Source::Bundled) => "bundled",
        (true, Source::Missing) => "missing: built without npm",
    };
    let address = server.address();
    tracing::info!(graphiql, "listening on http://{address}/graphql");
    server.run(stop).await?;
    tracing::info!("stopped");
    Ok(())
}
