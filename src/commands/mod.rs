//! The commands, one file each: its arguments, and what it does.

pub(crate) mod address;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod board;
pub(crate) mod demo;
pub(crate) mod export;
pub(crate) mod init;
pub(crate) mod insights;
pub(crate) mod migrate;
pub(crate) mod replay;
pub(crate) mod schema;
pub(crate) mod sentiment;
pub(crate) mod serve;
pub(crate) mod token;

use auth::SignRefused;
use engine::store::{AuditFault, StoreError};

use crate::cli::{Cli, Command};
use crate::config::{Config, ConfigError};
use crate::server::ServerError;

/// Why a command failed, as one line for standard error.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// A setting is wrong or lacking.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The token was not made.
    #[error("{0}")]
    Sign(#[from] SignRefused),
    /// The database is not to be had, or not as it should be.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The audit trail is not whole.
    #[error("audit: {0}")]
    Audit(#[from] AuditFault),
    /// No migration was taken back.
    #[error(transparent)]
    Migrate(#[from] migrate::MigrateError),
    /// No backup was made.
    #[error(transparent)]
    Backup(#[from] backup::NoBackup),
    /// There is no export, or not all of it.
    #[error(transparent)]
    Export(#[from] export::ExportError),
    /// Nothing was exported, measured or learnt.
    #[error(transparent)]
    Sentiment(#[from] sentiment::SentimentError),
    /// The log and the state tables do not agree.
    #[error("board: {0}")]
    Board(#[from] board::Disagreement),
    /// Figures are not what the log says, or were not counted again.
    #[error("insights: {0}")]
    Insights(#[from] insights::InsightsError),
    /// The server does not start, or ended.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// There is no demo.
    #[error(transparent)]
    Demo(#[from] demo::DemoError),
    /// There is no first organisation.
    #[error("init: {0}")]
    Init(#[from] init::NoOrganisation),
    /// The replay did not end well.
    #[error(transparent)]
    Replay(#[from] replay::ReplayError),
    /// Standard output is closed or full.
    #[error("standard output: {0}")]
    Output(#[from] std::io::Error),
}

/// Does what the command line asks.
pub(crate) async fn run(cli: &Cli) -> Result<(), CommandError> {
    if matches!(cli.command, Command::Schema) {
        // The contract depends on no setting.
        return Ok(schema::run()?);
    }
    let config = Config::load(cli.config.as_deref(), cli.variables(std::env::vars_os()))?;
    match &cli.command {
        Command::Schema => Ok(schema::run()?),
        Command::Demo(args) => demo::run(args, &config).await,
        Command::Serve(args) => serve::run(args, config).await,
        Command::Init(args) => init::run(args, &config).await,
        Command::Replay(args) => replay::run(args, &config).await,
        Command::Migrate(direction) => migrate::run(*direction, &config).await,
        Command::Backup(args) => backup::run(args, &config).await,
        Command::Export(args) => export::run(args, &config).await,
        Command::Sentiment(command) => sentiment::run(command, &config).await,
        Command::Audit(command) => audit::run(command, &config).await,
        Command::Board(command) => board::run(*command, &config).await,
        Command::Insights(command) => insights::run(*command, &config).await,
        Command::Token(args) => token::run(args, &config),
    }
}
