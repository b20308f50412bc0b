//! The commands, one file each: its arguments, and what it does.

pub(crate) mod token;

use api::auth::SignRefused;

use crate::cli::{Cli, Command};
use crate::config::{Config, ConfigError};

/// Why a command failed, as one line for standard error.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// A setting is wrong or lacking.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The token was not made.
    #[error("{0}")]
    Sign(#[from] SignRefused),
    /// Standard output is closed or full.
    #[error("standard output: {0}")]
    Output(#[from] std::io::Error),
}

/// Does what the command line asks.
pub(crate) fn run(cli: &Cli) -> Result<(), CommandError> {
    let config = Config::load(cli.config.as_deref(), std::env::vars_os())?;
    match &cli.command {
        Command::Token(args) => token::run(args, &config),
    }
}
