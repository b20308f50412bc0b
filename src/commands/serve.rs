//! `regie serve`: the server, until it is told to stop.

use api::clock::Clock;
use api::http::graphiql::{Source, source};

use super::CommandError;
use crate::config::Config;
use crate::server::Server;
use crate::{logging, signals};

/// Serves until SIGINT or SIGTERM.
pub(crate) async fn run(config: &Config) -> Result<(), CommandError> {
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
